"""What a process of a comparison sends: answers as JSON lines, and its trace point by point."""

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

#: Taken before a method can replace them.
_dumps, _number = json.dumps, os.getpid

#: A trace point as bytes, as `TRACE` has it.
_POINT = struct.Struct("<Bddqqddqd")
_KIND = {kind: number for number, kind in enumerate(KINDS)}


class Outbox:
    """Sends a process's answers, and keeps its trace.

    A point is written at once to a file that the asking process holds as well, so that a run
    that is killed has its curve. No thread writes it, since a method may fork.

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
        """Keep a trace point, as this process may die before it answers."""
        if os.getpid() != self._owner:
            return
        kind, *numbers = vars(point).values()
        # The run itself reports a point that is no number.
        with contextlib.suppress(struct.error, OSError):
            os.write(self._points, _POINT.pack(_KIND[kind], *numbers))

    def points(self) -> list[TracePoint]:
        """Return the points that were kept."""
        return read_points(self._points)

    def send(self, message: dict[str, Any]) -> None:
        """Send one message now; in a copy that a method has forked, end that copy instead."""
        if _number() != self._owner:
            self._leave(0)
        text = _dumps(message, allow_nan=False, default=str)
        self.channel.sendall(text.encode() + b"\n")


def give_up(channel: socket.socket, error: BaseException) -> None:
    """Answer that the method has left the process unable to go on: the run is an error.

    The asking process has the points that were kept. Where this fails too, nothing is sent.
    """
    ended = "killed" if accidental(error) else "error"
    message = f"what is left of the run's process cannot end it: {one_line(error)}"
    with contextlib.suppress(BaseException):
        text = _dumps({"ended": ended, "message": message})
        channel.sendall(text.encode() + b"\n")


def read_points(file: int) -> list[TracePoint]:
    """Return the finite points that were kept in a file."""
    size = os.fstat(file).st_size // TRACE.itemsize * TRACE.itemsize
    array = np.frombuffer(os.pread(file, size, 0), TRACE)
    sound = array["kind"] < len(KINDS)
    for name in TRACE.names or ():
        sound &= np.isfinite(array[name])
    return as_points(array[sound])
