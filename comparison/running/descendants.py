"""The processes that a run starts, by itself or by forking: none outlives it."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Collection
from pathlib import Path

#: Where `multiprocessing` has the numbers of its own processes: they wait for the next
#: run that needs them, and it does not expect that somebody ends them.
HELPERS = (
    ("multiprocessing.resource_tracker", "_resource_tracker", "_pid"),
    ("multiprocessing.forkserver", "_forkserver", "_forkserver_pid"),
)


def children(pid: int) -> list[int]:
    """Return the numbers of a process's children, none where that cannot be told.

    Linux tells it in ``/proc``; one that has ended but was not waited for is among them.
    """
    found: list[int] = []
    try:
        for thread in (Path("/proc") / str(pid) / "task").iterdir():
            found += map(int, (thread / "children").read_text().split())
    except (OSError, ValueError):  # it has ended meanwhile, or this is no Linux
        return []
    return found


def end_children(besides: Collection[int]) -> None:
    """Kill and wait for the children of this process but some, and for theirs."""
    helpers = _helpers()
    for pid in children(os.getpid()):
        if pid in helpers:
            for child in children(pid):
                _end(child)
        elif pid not in besides:
            _end(pid)


def _helpers() -> set[int]:
    found = (
        getattr(getattr(sys.modules.get(module), name, None), number, None)
        for module, name, number in HELPERS
    )
    return {pid for pid in found if pid is not None}


def _end(pid: int) -> None:
    # Stopped first, so that it starts no other while its own children are ended.
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGSTOP)
    for child in children(pid):
        _end(child)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):  # a grandchild, or the method waited for it
        os.waitpid(pid, 0)
