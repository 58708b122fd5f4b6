"""What a process of a comparison says: answers as JSON lines, and its curve point by point."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import struct
from typing import Any

import numpy as np

from comparison.results.trace import KINDS, TRACE, as_points
from problems.core.accident import accidental
from problems.core.error_text import one_line
from problems.core.ledger import TracePoint

#: As they are before a method can change them.
_dumps, _number = json.dumps, os.getpid

#: A trace point as bytes, as `TRACE` has it.
_POINT = struct.Struct("<Bddqqddqd")
_KIND = {kind: number for number, kind in enumerate(KINDS)}


class Outbox:
    """What a process says to whoever asked it.

    A point is in a file that the asker holds as soon as it is kept, so that a run that is
    killed has its curve; there is no thread that writes, for a method may fork.

    Parameters
    ----------
    channel : socket
    points : int
        The descriptor of a file for trace points.
    """

    def __init__(self, channel: socket.socket, points: int) -> None:
        self.channel = channel
        self._points = points
        self._owner, self._leave = os.getpid(), os._exit

    def keep(self, point: TracePoint) -> None:
        """Keep a trace point, where this process may die before it answers."""
        if os.getpid() != self._owner:
            return
        _, *numbers = values = vars(point).values()
        # A point that is no number, by a problem's own fault, is told by the run.
        with contextlib.suppress(struct.error, OSError):
            os.write(self._points, _POINT.pack(_KIND[next(iter(values))], *numbers))

    def points(self) -> list[TracePoint]:
        """Return the points that were kept."""
        return read_points(self._points)

    def send(self, message: dict[str, Any]) -> None:
        """Send one message now; a copy of the process that reached the end of a run ends."""
        if _number() != self._owner:
            self._leave(0)
        text = _dumps(message, allow_nan=False, default=str)
        self.channel.sendall(text.encode() + b"\n")


def give_up(channel: socket.socket, error: BaseException) -> None:
    """Answer that a process can do nothing more, as its method left it; the run is an error.

    Whoever asked has the points that were kept. Where this fails, the process ends unheard.
    """
    ended = "killed" if accidental(error) else "error"
    what = f"what is left of the run's process cannot end it: {one_line(error)}"
    with contextlib.suppress(BaseException):
        text = _dumps({"ended": ended, "message": what})
        channel.sendall(text.encode() + b"\n")


def read_points(file: int) -> list[TracePoint]:
    """Return the finite points that were kept in a file."""
    size = os.fstat(file).st_size // TRACE.itemsize * TRACE.itemsize
    array = np.frombuffer(os.pread(file, size, 0), TRACE)
    sound = array["kind"] < len(KINDS)
    for name in TRACE.names or ():
        sound &= np.isfinite(array[name])
    return as_points(array[sound])
