"""A process of a comparison, seen by the process that asks it, watches it and ends it."""

from __future__ import annotations

import contextlib
import json
import os
import select
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import monotonic
from typing import Any

from comparison.running import memory
from comparison.running.guard import NUMBER
from comparison.running.outbox import read_points

#: Seconds that a process has to build a problem: to read its files and compute its reference.
BUILD_SECONDS = 120.0
#: Seconds that it has for what the problem says of a run's result, once the method has ended.
JUDGING_SECONDS = 120.0
#: Seconds beyond its budget after which a run is killed by default.
GRACE_SECONDS = 3.0
#: How often a process's memory is measured.
WATCH_SECONDS = 0.1
#: How long a guard may take to end everything.
END_SECONDS = 10.0
#: The most bytes of an answer.
MOST_BYTES = 1 << 30

DIED = "its process died"
LATE = "gave no answer when its time was up, and was killed"
NOISE = "wrote into the channel of its own process, and was killed"


@dataclass(frozen=True)
class Limits:
    """The memory and the time that a run may take before it is killed.

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
        """Return the wall seconds after which a run with this budget of seconds is killed."""
        return budget + GRACE_SECONDS if self.timeout is None else self.timeout


class Child:
    """A process that serves one request; it ends when this object is gone.

    Attributes
    ----------
    socket : socket
        Our end of the channel, which takes the requests to a template.
    channel, leash : socket
        The ends for the process and its guard; `handed_over` closes them here.
    points : int
        The descriptor of the file for its trace points.
    all_ended : bool
        Whether its guard has said that it and all that it started has ended.
    """

    def __init__(self) -> None:
        self.socket, self.channel = socket.socketpair()
        self._leash, self.leash = socket.socketpair()
        self.points = _file()
        self.socket.setblocking(False)
        self._poll, self._end = select.poll(), select.poll()
        self._poll.register(self.socket, select.POLLIN)
        for poll in (self._poll, self._end):
            poll.register(self._leash, select.POLLIN)
        self._buffer = b""
        self._guard = 0
        self._lock = threading.Lock()
        self._killed = ""
        self.ended = False
        self.all_ended = False

    @property
    def files(self) -> list[int]:
        """What a template passes to the process: channel, leash, and file for trace points."""
        return [self.channel.fileno(), self.leash.fileno(), self.points]

    @classmethod
    def dead(cls) -> Child:
        """Return a process that has died before it was asked."""
        child = cls()
        child.handed_over()
        return child

    def handed_over(self) -> None:
        """Keep our ends only, so that the other ends close when their holders end."""
        self.channel.close()
        self.leash.close()

    def answer(
        self,
        limits: Limits,
        budget: float = 0.0,
        listener: Callable[[Any], None] | None = None,
    ) -> dict[str, Any]:
        """Return the process's answer, or how it ended without one.

        Parameters
        ----------
        limits : Limits
        budget : float
            Seconds that its run has from when it says that it has ``started``.
        listener : callable, optional
            Called with every ``finding`` on the way.

        Returns
        -------
        dict
            The answer. If the process ended before: how it ``ended`` (``killed``, ``error`` or
            ``timeout``) and a ``message``, the trace ``points`` that it kept, the peak of its
            ``memory`` in bytes, and the ``seconds`` that it had.
        """
        seconds = BUILD_SECONDS
        deadline = monotonic() + seconds
        watch, next_measurement = memory.Watch(), monotonic() + WATCH_SECONDS
        while True:
            wait = max(0.0, min(next_measurement, deadline) - monotonic())
            ready = {file for file, _ in self._poll.poll(1000 * wait)}
            # The leash is read before the channel, so that all that was said is read.
            why, late = self._death(self._leash.fileno() in ready), monotonic() > deadline
            for message in self._messages():
                if "started" in message:
                    seconds = limits.seconds(budget)
                    deadline, late = monotonic() + seconds, False
                elif "judging" in message:
                    if limits.timeout is None:  # that limit holds whatever is done meanwhile
                        deadline, late = max(deadline, monotonic() + JUDGING_SECONDS), False
                elif "finding" in message and listener is not None:
                    listener(message["finding"])
                    deadline, late = monotonic() + seconds, False
                elif "broken" in message:
                    why = why or message["broken"]
                elif "ended" in message:  # it gave up, or says so
                    how = "killed" if message["ended"] == "killed" else "error"
                    text = str(message.get("message", "it said that it ended, and not why"))
                    return self._cut(how, text, watch)
                else:
                    return _with_peak(message, watch.peak)
            if monotonic() > next_measurement:
                held = watch.measure(self._guard, limits.memory) if self._guard else 0
                next_measurement = monotonic() + WATCH_SECONDS
                if held > limits.memory:
                    why = f"held more than {limits.memory / 1e9:.3g} GB of memory, and was killed"
            if why or late:
                self.kill()
                how, text = "killed", self._killed or why
                if not why:
                    how, text = "timeout", LATE
                    if limits.timeout is not None:
                        text = f"gave no answer within {limits.timeout:g} s, and was killed"
                self._wait()
                return {**self._cut(how, text, watch), "seconds": seconds}

    def _cut(self, ended: str, message: str, watch: memory.Watch) -> dict[str, Any]:
        """Return the answer of a process that did not live to give one."""
        points = read_points(self.points)
        peak = watch.peak or None
        return {"ended": ended, "message": message, "points": points, "memory": peak}

    def _death(self, readable: bool) -> str:
        """Read the leash: first comes the guard's number, then its end, which is returned."""
        if not readable:
            return ""
        try:
            data = self._leash.recv(NUMBER.size)
        except OSError:
            data = b""
        if len(data) == NUMBER.size:
            self._guard = NUMBER.unpack(data)[0]
            return ""
        return DIED

    def _messages(self) -> Iterator[dict[str, Any]]:
        """Yield the messages that have arrived; one with ``broken`` if no more can arrive."""
        while True:
            try:
                chunk = self.socket.recv(1 << 20)
            except BlockingIOError:
                return
            except OSError:
                chunk = b""
            if not chunk:
                yield {"broken": DIED}
                return
            *lines, self._buffer = (self._buffer + chunk).split(b"\n")
            if len(self._buffer) > MOST_BYTES:
                yield {"broken": NOISE}
                return
            for line in lines:
                try:
                    message = json.loads(line)
                except (ValueError, RecursionError):
                    message = None
                if not isinstance(message, dict):  # a number is JSON as well
                    yield {"broken": NOISE}
                    return
                yield message

    def kill(self, why: str = "") -> None:
        """Have the guard end the process and all that it started; from any thread."""
        with self._lock:
            self._killed = self._killed or why
            if not self.ended:
                with contextlib.suppress(OSError):
                    self._leash.shutdown(socket.SHUT_WR)

    def _wait(self) -> None:
        """Wait until the guard's own end says that all has ended."""
        deadline = monotonic() + END_SECONDS
        while (left := deadline - monotonic()) > 0:
            if self._end.poll(1000 * left) and self._death(True):
                self.all_ended = True
                return

    def end(self, *, leave: bool = False) -> None:
        """End the process, wait for that and close all files.

        Parameters
        ----------
        leave : bool
            Whether the process ends by itself, and is given time to.
        """
        if self.ended:
            return
        self.handed_over()
        if not leave:
            self.kill()
        self._wait()
        self.kill()
        with self._lock:
            self.ended = True
            self.socket.close()
            self._leash.close()
        os.close(self.points)


def _file() -> int:
    """Return the descriptor of a file in memory, or on disk where the system has none."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("points")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def _with_peak(answer: dict[str, Any], peak: int) -> dict[str, Any]:
    """Raise the memory that a run reports to the peak that was measured from outside."""
    run = answer.get("run")
    if isinstance(run, dict) and isinstance(run.get("memory"), int | None):
        run["memory"] = max(run["memory"] or 0, peak) or None
    return answer
