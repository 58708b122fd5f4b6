"""Worker processes, reused and watched: none that hangs or dies holds up the rest."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from time import monotonic
from typing import Any

from comparison.task import Preflight, Task, broken_run, run_from_json
from methods.run import Run

#: Seconds that a worker has to import, to read the corpus and to build a problem.
BUILD_SECONDS = 120.0
#: Seconds beyond its budget after which a run is killed.
GRACE_SECONDS = 3.0

LATE = "gave no answer when its time was up, and was killed"

Request = tuple[str, Task, Preflight | None]


class Worker:
    """One child process and what it is doing."""

    def __init__(self) -> None:
        root = str(Path(__file__).resolve().parent.parent)
        threads = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR")}
        path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "comparison.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # leads a group, and Ctrl-C is the parent's alone
            env={**os.environ, **threads, "PYTHONPATH": path},
        )
        self.request: Request | None = None
        self.points: list[Any] = []
        self.started: Any = None
        self.deadline = 0.0
        self._buffer = b""
        os.set_blocking(self.pipe.fileno(), False)

    @property
    def pipe(self) -> Any:
        """The child's output."""
        return self.process.stdout

    def give(self, request: Request) -> None:
        """Send the next request."""
        what, task, found = request
        self.request, self.points, self.started = request, [], None
        self.deadline = monotonic() + BUILD_SECONDS
        message = {"do": what, "task": task.to_json(), "found": found and vars(found)}
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(message).encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # it died; reading its output will tell

    def messages(self) -> Iterator[dict[str, Any] | None]:
        """Yield what has arrived; None at the end of the child's output."""
        while True:
            try:
                chunk = os.read(self.pipe.fileno(), 1 << 20)
            except BlockingIOError:
                return
            if not chunk:
                yield None
                return
            *lines, self._buffer = (self._buffer + chunk).split(b"\n")
            for line in lines:
                yield json.loads(line)

    def kill(self) -> None:
        """End the child and everything that it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        assert self.process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.pipe.close()


#: A request, its answer, and the worker, which keeps what was streamed before.
Served = tuple[Request, dict[str, Any], Worker]


class Pool:
    """Workers that serve requests; use it in a ``with`` statement.

    Parameters
    ----------
    jobs : int
        How many requests are served at a time.
    """

    def __init__(self, jobs: int = 1) -> None:
        self._jobs = jobs
        self._selector = selectors.DefaultSelector()
        self._workers: list[Worker] = []

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *exception: object) -> None:
        for worker in list(self._workers):
            self._retire(worker)
        self._selector.close()

    def preflight(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Preflight | str]]:
        """Try tasks at budget 0.

        Yields
        ------
        task : Task
        found : Preflight or str
            A string is what is wrong with the request. That a method hangs or
            kills its process is not: its runs will show it.
        """
        for (_, task, _), answer, worker in self._serve(("preflight", t, None) for t in tasks):
            if "usage" in answer:
                yield task, answer["usage"]
            elif "preflight" in answer:
                yield task, Preflight(**answer["preflight"])
            elif worker.started is not None:
                yield task, Preflight(**worker.started)
            else:
                built = f"{task.method} or {task.problem} could not be built"
                yield task, f"{built}: {answer['message']}"

    def run(self, tasks: Iterable[tuple[Task, Preflight]]) -> Iterator[tuple[Task, Run]]:
        """Make runs and yield them as they end, in no particular order."""
        for (_, task, found), answer, worker in self._serve(("run", t, f) for t, f in tasks):
            if found is None or "run" in answer:
                yield task, run_from_json(answer["run"])
            else:
                ended, message = answer["ended"], answer["message"]
                yield task, broken_run(task, found, ended, message, worker.points)

    def _serve(self, requests: Iterable[Request]) -> Iterator[Served]:
        """Yield each request with its answer and the worker that has what was streamed."""
        waiting = deque(requests)
        while True:
            self._hand_out(waiting)
            busy = [worker for worker in self._workers if worker.request is not None]
            if not busy:
                return
            patience = max(0.0, min(worker.deadline for worker in busy) - monotonic())
            for selected, _ in self._selector.select(min(patience, 1.0)):
                yield from self._listen(selected.data)
            for worker in [worker for worker in busy if monotonic() > worker.deadline]:
                # What it had said by then counts, however late it is read.
                yield from self._listen(worker)
                request = worker.request
                if request and worker in self._workers and monotonic() > worker.deadline:
                    self._retire(worker)
                    yield request, {"ended": "timeout", "message": LATE}, worker

    def _hand_out(self, waiting: deque[Request]) -> None:
        idle = [worker for worker in self._workers if worker.request is None]
        while waiting and (idle or len(self._workers) < self._jobs):
            if idle:
                worker = idle.pop()
            else:
                worker = Worker()
                self._workers.append(worker)
                self._selector.register(worker.pipe, selectors.EVENT_READ, worker)
            worker.give(waiting.popleft())

    def _listen(self, worker: Worker) -> Iterator[Served]:
        if worker not in self._workers:
            return
        for message in worker.messages():
            request = worker.request
            if message is None:
                self._retire(worker)
                if request is not None:
                    died = {"ended": "killed", "message": "the worker process died"}
                    yield request, died, worker
            elif request is None:
                continue
            elif "started" in message:
                worker.started = message["started"]
                worker.deadline = monotonic() + request[1].budget.seconds + GRACE_SECONDS
            elif "points" in message:
                worker.points += message["points"]
            else:
                worker.request = None
                yield request, message, worker

    def _retire(self, worker: Worker) -> None:
        self._workers.remove(worker)
        self._selector.unregister(worker.pipe)
        worker.kill()
