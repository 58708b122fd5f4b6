"""Worker processes, reused and watched: none that hangs or dies holds up the rest."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from time import monotonic
from typing import Any

from comparison import memory
from comparison.task import Preflight, Task, broken_run, run_from_json
from methods.run import Run

#: Seconds that a worker has to import, to read the corpus and to build a problem.
BUILD_SECONDS = 120.0
#: Seconds beyond its budget after which a run is killed.
GRACE_SECONDS = 3.0

#: How often the memory of the workers is looked at.
WATCH_SECONDS = 0.1

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
        #: Why it was killed, where that is not for its time.
        self.excess = ""
        self._ending = threading.Lock()
        self._ended = False
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

    def watch(self, limit: float) -> None:
        """Kill the child, for a reason that is kept, when it holds more than `limit` bytes."""
        if memory.held(self.process.pid) <= limit:
            return
        with self._ending:  # a process number is another's once it has been waited for
            if not self._ended:
                self.excess = f"held more than {limit / 1e9:.3g} GB of memory, and was killed"
                os.killpg(self.process.pid, signal.SIGKILL)

    def kill(self) -> None:
        """End the child and everything that it started."""
        with self._ending:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self._ended = True
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
    limit : float, optional
        Bytes of memory that each may hold, all that it starts included; an equal share
        of most of the machine's by default. Beyond it is killed, before the system
        kills something else.
    """

    def __init__(self, jobs: int = 1, limit: float | None = None) -> None:
        self._jobs = jobs
        self._limit = memory.share(jobs) if limit is None else limit
        self._closed = threading.Event()
        self._selector = selectors.DefaultSelector()
        self._workers: list[Worker] = []

    def __enter__(self) -> Pool:
        # A thread of its own, as whoever reads the answers may be slow.
        threading.Thread(target=self._watch, daemon=True).start()
        return self

    def _watch(self) -> None:
        while not self._closed.wait(WATCH_SECONDS):
            for worker in list(self._workers):
                worker.watch(self._limit)

    def __exit__(self, *exception: object) -> None:
        self._closed.set()
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
        waiting = iter(requests)  # each is asked for when there is a worker for it
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

    def _hand_out(self, waiting: Iterator[Request]) -> None:
        idle = [worker for worker in self._workers if worker.request is None]
        while idle or len(self._workers) < self._jobs:
            request = next(waiting, None)
            if request is None:
                return
            if idle:
                worker = idle.pop()
            else:
                worker = Worker()
                self._workers.append(worker)
                self._selector.register(worker.pipe, selectors.EVENT_READ, worker)
            worker.give(request)

    def _listen(self, worker: Worker) -> Iterator[Served]:
        if worker not in self._workers:
            return
        for message in worker.messages():
            request = worker.request
            if message is None:
                self._retire(worker)
                if request is not None:
                    why = worker.excess or "the worker process died"
                    died = {"ended": "killed", "message": why}
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
