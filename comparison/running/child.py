"""A worker process seen from outside: it is given requests, watched, and killed."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from comparison.running import memory

#: Seconds that a worker has to import, to read the corpus and to build a problem.
BUILD_SECONDS = 120.0
#: Seconds beyond its budget after which a run is killed, if nothing else is said.
GRACE_SECONDS = 3.0
#: How often a worker's memory is looked at.
WATCH_SECONDS = 0.1

DIED = "the worker process died"
LATE = "gave no answer when its time was up, and was killed"


@dataclass(frozen=True)
class Limits:
    """What a run is killed for.

    Parameters
    ----------
    memory : float
        Bytes that it may hold, all that it starts included.
    timeout : float, optional
        Wall seconds that it may take, whatever its budget says; by default its budget's
        and a little more.
    """

    memory: float
    timeout: float | None = None

    def seconds(self, budget: float) -> float:
        """Return the wall seconds after which a run with so many is killed."""
        return budget + GRACE_SECONDS if self.timeout is None else self.timeout


class Child:
    """One worker process; it serves a request at a time, one thread's.

    Attributes
    ----------
    process : subprocess.Popen
    ended : bool
        Whether it can serve no more.
    """

    def __init__(self) -> None:
        root = str(Path(__file__).resolve().parents[2])
        threads = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR")}
        path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
        self.process: subprocess.Popen[bytes] = subprocess.Popen(
            [sys.executable, "-P", "-m", "comparison.running.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # leads a group, and Ctrl-C is the parent's alone
            env={**os.environ, **threads, "PYTHONPATH": path},
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self._requests, self._pipe = self.process.stdin, self.process.stdout.fileno()
        os.set_blocking(self._pipe, False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._pipe, selectors.EVENT_READ)
        self._buffer = b""
        self._ending = threading.Lock()
        self.ended = False

    def serve(self, request: dict[str, Any], limits: Limits) -> dict[str, Any]:
        """Give it a request and return the answer, whatever becomes of the process.

        Parameters
        ----------
        request : dict
            As `comparison.running.worker` takes it.
        limits : Limits

        Returns
        -------
        dict
            What the worker answered. Where it did not live to: how it ``ended``
            (``killed`` or ``timeout``) and a ``message``, the trace ``points`` that it
            had streamed, the most bytes of ``memory`` that it was seen to hold, and the
            ``seconds`` that it was given.
        """
        self._give(request)
        seconds = BUILD_SECONDS
        deadline = monotonic() + seconds
        points: list[Any] = []
        peak, look = 0, monotonic() + WATCH_SECONDS
        while True:
            self._selector.select(max(0.0, min(look, deadline) - monotonic()))
            # Looked at before it is read, so that all that it has said is read.
            why, late = "" if self.alive else DIED, monotonic() > deadline
            for message in self._messages():
                if "started" in message:
                    seconds = limits.seconds(request["task"]["budget"]["seconds"])
                    deadline, late = monotonic() + seconds, False
                elif "points" in message:
                    points += message["points"]
                elif "broken" in message:
                    why = why or message["broken"]
                else:
                    return _with_peak(message, peak)
            if monotonic() > look:
                held, look = memory.held(self.process.pid), monotonic() + WATCH_SECONDS
                peak = max(peak, held)
                if held > limits.memory:
                    why = f"held more than {limits.memory / 1e9:.3g} GB of memory, and was killed"
            if why or late:
                self.end()
                ended = {"ended": "killed", "message": why}
                if not why:
                    told = LATE if limits.timeout is None else _late(limits.timeout)
                    ended = {"ended": "timeout", "message": told}
                return {**ended, "points": points, "memory": peak or None, "seconds": seconds}

    def _give(self, request: dict[str, Any]) -> None:
        with contextlib.suppress(BrokenPipeError):  # it died; reading its output will tell
            self._requests.write(json.dumps(request).encode() + b"\n")
            self._requests.flush()

    def _messages(self) -> Iterator[dict[str, Any]]:
        """Yield what has arrived; ``broken`` where no more can."""
        while True:
            try:
                chunk = os.read(self._pipe, 1 << 20)
            except BlockingIOError:
                return
            if not chunk:
                yield {"broken": DIED}
                return
            *lines, self._buffer = (self._buffer + chunk).split(b"\n")
            for line in lines:
                try:
                    message = json.loads(line)
                except ValueError:
                    message = None
                if not isinstance(message, dict):  # a number is JSON as well
                    yield {"broken": "wrote into its worker's pipe, and was killed"}
                    return
                yield message

    @property
    def alive(self) -> bool:
        """Whether the process runs, also where a copy of it, a fork, keeps its pipe open."""
        if self.ended or not hasattr(os, "waitid"):  # an older Python on macOS
            return not self.ended
        # It is not waited for: its number, which is its group's, must stay its own.
        how = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self.process.pid, how) is None

    def kill(self) -> None:
        """Kill it and everything that it started, from any thread; `serve` then returns."""
        with self._ending:  # a process number is another's once it has been waited for
            if not self.ended:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self.process.pid, signal.SIGKILL)

    def end(self) -> None:
        """Kill it and let go of it; not while another thread has it serve."""
        self.kill()
        with self._ending:
            if self.ended:
                return
            self.process.wait()
            self.ended = True
        self._selector.close()
        with contextlib.suppress(BrokenPipeError):
            self._requests.close()
        assert self.process.stdout is not None
        self.process.stdout.close()


def ready(idle: list[Child]) -> Child:
    """Take a worker out of the idle ones that has not died meanwhile, or start a new one."""
    while idle:
        child = idle.pop()
        if child.alive:
            return child
        child.end()
    return Child()


def _late(timeout: float) -> str:
    return f"gave no answer within {timeout:g} s, and was killed"


def _with_peak(answer: dict[str, Any], peak: int) -> dict[str, Any]:
    """Add what was seen of the memory of all processes to a run that knows its own's."""
    if "run" in answer:
        answer["run"]["memory"] = max(answer["run"]["memory"] or 0, peak) or None
    return answer
