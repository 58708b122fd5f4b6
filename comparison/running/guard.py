"""A guard before a process: whatever that process starts ends with it.

A guard forks the process that it guards and waits; then the next, which saves that one the fork
of another guard. When that process has ended, or when the
other end of the leash is closed (as when its holder is killed), the guard ends everything
that is left. On Linux it adopts all orphans below it (prctl(2), PR_SET_CHILD_SUBREAPER), so
that a daemon of a run, in a session of its own, is found as well. It runs no code but
this: a process that hangs or that fills the memory does not hold it up.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import socket
import struct
import sys
from collections.abc import Callable, Collection, Iterator
from functools import cache
from typing import Any, NoReturn

#: prctl(2): the signal that a process gets when its parent dies; orphans come to this one.
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36

#: What a guard sends first: its process number.
NUMBER = struct.Struct("!Q")

#: How often a guard checks on its process where nothing wakes it.
CHECK_SECONDS = 1.0

#: A leash, the action of the guarded process, and what closes the files that only it may hold.
Guarded = tuple[socket.socket, Callable[[], object], Callable[[], object]]


def guarded(requests: Iterator[Guarded]) -> int:
    """Fork a guard that forks one process after another; return the guard's process number.

    Parameters
    ----------
    requests : iterator of (leash, action, let go)
        The guard reads it and ends with it. On a process's leash it sends its own number, and
        closes it when all has ended that the process has started; only then is the next request
        read. When the other end is closed, it ends all. The action is what the process does; what
        it raises goes to standard error. `let go` closes files that only the process may hold.
    """
    number = os.fork()
    if not number:
        _end_after(_guard, requests)
    return number


def _guard(requests: Iterator[Guarded]) -> None:
    guard = Guard()
    for leash, action, let_go in requests:
        pid = guard.fork(action, leash)
        let_go()
        guard.watch(pid, leash)
        leash.close()


def _end_after(action: Callable[..., object], *arguments: Any) -> NoReturn:
    """Call an action and end this process, without what Python does at its exit."""
    leave = os._exit  # before a method can change it
    try:
        action(*arguments)
        with contextlib.suppress(Exception):
            sys.stdout.flush()  # what was printed
        leave(0)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        leave(1)


class Guard:
    """This process as a guard, of one forked process at a time."""

    def __init__(self) -> None:
        os.setsid()
        adopt_orphans()
        self._wakes, self._woken = os.pipe()
        os.set_blocking(self._woken, False)
        os.set_blocking(self._wakes, False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(self._woken, warn_on_full_buffer=False)

    def fork(self, action: Callable[[], object], leash: socket.socket) -> int:
        """Fork a process that does the action and ends; return its process number."""
        guard = os.getpid()
        pid = os.fork()
        if pid:
            return pid
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for descriptor in (self._wakes, self._woken):
            os.close(descriptor)
        leash.close()
        os.setsid()  # a signal to its group does not reach the guard
        _control(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != guard:
            os._exit(0)
        _end_after(action)

    def watch(self, pid: int, leash: socket.socket) -> None:
        """Wait until a process ends or its leash is closed, and end all that is left."""
        with contextlib.suppress(OSError):
            leash.send(NUMBER.pack(os.getpid()))
            poll = select.poll()
            for descriptor in (leash.fileno(), self._wakes):
                poll.register(descriptor, select.POLLIN)
            while not _ended(pid):
                ready = {descriptor for descriptor, _ in poll.poll(1000 * CHECK_SECONDS)}
                if leash.fileno() in ready and not leash.recv(1):
                    break
                if self._wakes in ready:
                    os.read(self._wakes, 4096)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)  # where orphans are not adopted, no more can be ended
        end_children()


def adopt_orphans() -> None:
    """Make this process the parent of every descendant whose parent ends."""
    _control(PR_SET_CHILD_SUBREAPER, 1)


def _control(option: int, value: int) -> None:
    if sys.platform == "linux":
        _libc().prctl(option, value, 0, 0, 0)


@cache  # in the first process, for all its copies
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None)


def _ended(pid: int) -> bool:
    """Whether a child has ended; it is not reaped, so that its number is not given again."""
    try:
        status = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return True
    return status is not None


def children(pid: int) -> list[int]:
    """Return the process numbers of a process's children, none where the system does not tell.

    Linux lists them in ``/proc``, with those that have ended and are not yet reaped.
    """
    numbers: list[int] = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children") as file:
                numbers += map(int, file.read().split())
    except (OSError, ValueError):  # it has ended meanwhile, or this is no Linux
        return []
    return numbers


def end_children(kept: Collection[int] = ()) -> None:
    """Kill and reap all descendants of this process, but for the children that are kept."""
    while pids := [pid for pid in children(os.getpid()) if pid not in kept]:
        for pid in pids:
            _end(pid)
        for pid in pids:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _end(pid: int) -> None:
    # Stopped first, so that it starts no other while its own children are ended.
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGSTOP)
    for child in children(pid):
        _end(child)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
