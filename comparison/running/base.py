"""The processes that are copied for requests, seen by the process that sends the requests."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from comparison.running import wire
from comparison.running.child import BUILD_SECONDS, Child
from comparison.running.task import Request

ROOT = Path(__file__).resolve().parents[2]
#: Libraries have one thread a run, pyarrow's allocator too, which others import where it is
#: installed; it is set before they are first imported.
THREADS = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR")}
THREADS["JE_ARROW_MALLOC_CONF"] = "background_thread:false"
#: Variables that no run has: a library's warning must not become an error in one, and the other
#: changes with every test of a suite that makes comparisons.
LEFT_OUT = ("PYTHONWARNINGS", "PYTEST_CURRENT_TEST")


class Guard:
    """A guard, which forks one copy of a process after another; for one thread.

    Parameters
    ----------
    channel : socket
        It takes the requests.
    """

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel

    def copy(self, request: Request) -> Child:
        """Start a copy for a request; OSError when the guard is gone."""
        child = Child()
        try:
            wire.send(self._channel, request, child.files)
        except OSError:
            child.end()
            raise
        child.handed_over()
        return child

    def close(self) -> None:
        """Let it end; a copy that serves a request goes on."""
        self._channel.close()


class Copied:
    """A process that forks guarded copies of itself; for any thread.

    Parameters
    ----------
    channel : socket
        It takes questions, and the channels of guards.
    """

    def __init__(self, channel: socket.socket) -> None:
        self.channel = channel
        self._sending = threading.Lock()

    def send(self, message: dict[str, Any], files: Sequence[int] = ()) -> None:
        """Send a message and open files; OSError when the process is gone."""
        with self._sending:
            self.channel.setblocking(True)  # half a message would be none
            wire.send(self.channel, message, files)
            self.channel.setblocking(False)

    def guard(self, files: Sequence[int] = ()) -> Guard:
        """Start a guard of copies; OSError when the process is gone."""
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                self.send({}, [theirs.fileno(), *files])
        except OSError:
            ours.close()
            raise
        return Guard(ours)

    def copy(self, request: Request) -> Child:
        """Start a copy for one request; OSError when the process is gone."""
        with contextlib.closing(self.guard()) as guard:
            return guard.copy(request)

    def close(self) -> None:
        """Let it end; copies that serve a request go on."""
        self.channel.close()


class Base(Copied):
    """The process of which all others are copies: it has imported modules and run no method.

    It has neither the caller's standard error nor its folder once it has started: a copy is given
    those of the moment, so that a base can serve one comparison after another.

    Parameters
    ----------
    methods : iterable of str
        The built-in ones that are planned.
    modules : iterable of str
        What else is imported, of this suite.

    Attributes
    ----------
    copied : bool
        Whether it may be copied: only a process of one thread may.
    surroundings : tuple
        Those that it was started in, see `surroundings`.
    """

    def __init__(self, methods: Iterable[str], modules: Iterable[str] = ()) -> None:
        ours, theirs = socket.socketpair()
        super().__init__(ours)
        self.surroundings = surroundings()
        flags = ["-" + "O" * sys.flags.optimize] if sys.flags.optimize else []
        errors = _standard_error()
        try:
            with theirs:
                self.process = subprocess.Popen(
                    [sys.executable, *flags, "-P", "-m", "comparison.running"],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=errors,
                    start_new_session=True,  # Ctrl-C is the parent's alone
                    env=self.surroundings[0],
                )
        except BaseException:
            ours.close()
            raise
        finally:
            os.close(errors)
        self.prepare(methods, modules)

    def prepare(self, methods: Iterable[str], modules: Iterable[str] = ()) -> None:
        """Have it import what more is planned; where it died, the first request fails."""
        try:
            self.send({"methods": list(methods), "modules": list(modules)})
            threads = self._threads()
        except (OSError, ValueError):
            threads = 0
        self.copied = threads == 1

    def _threads(self) -> int:
        """Wait for its answer and return how many threads it has."""
        poll = select.poll()
        poll.register(self.channel, select.POLLIN)
        poll.poll(1000 * BUILD_SECONDS)
        return int(json.loads(self.channel.recv(1 << 10))["threads"])

    def guard(self, files: Sequence[int] = ()) -> Guard:
        """Start a guard of copies, with this process's standard error and folder."""
        given = [_standard_error(), os.open(".", os.O_RDONLY)]
        try:
            return super().guard([*given, *files])
        finally:
            for file in given:
                os.close(file)

    def end(self) -> None:
        """End it and wait for that; copies that serve a request go on."""
        self.close()
        try:
            self.process.wait(BUILD_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _standard_error() -> int:
    """Return another descriptor of it; of nothing where this process has closed it."""
    try:
        return os.dup(2)
    except OSError:
        return os.open(os.devnull, os.O_WRONLY)


def surroundings() -> tuple[dict[str, str], Any]:
    """Return the environment that a base started now has, and what else it would inherit."""
    environment = {k: v for k, v in os.environ.items() if k not in LEFT_OUT}
    path = [str(ROOT)]
    if given := os.environ.get("PYTHONPATH"):
        path += map(os.path.abspath, given.split(os.pathsep))
    environment |= {**THREADS, "PYTHONPATH": os.pathsep.join(path)}
    if sys.platform != "linux":
        return environment, None
    import resource

    limits = [getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_")]
    processors = os.sched_getaffinity(0), os.getpriority(os.PRIO_PROCESS, 0)
    return environment, (processors, [resource.getrlimit(limit) for limit in limits])


#: The base that no comparison uses now.
_idle: Base | None = None
_lock = threading.Lock()


def take_base(methods: Iterable[str], modules: Iterable[str] = ()) -> Base:
    """Return a base of the caller's own: the idle one, or a new one where that does not fit.

    It has run nothing of a user's, so that nothing comes from one comparison to the next.

    Parameters
    ----------
    methods, modules : iterable of str
        See `Base`. What another comparison has imported is imported still.
    """
    base = _exchange_idle(None)
    if base is not None:
        if base.surroundings == surroundings():
            base.prepare(methods, modules)
            if base.copied:
                return base
        base.end()
    return Base(methods, modules)


def give_back(base: Base | None) -> None:
    """Keep a base for the next comparison; the one that was kept until now ends."""
    if (other := _exchange_idle(base)) is not None:
        other.end()


def _exchange_idle(base: Base | None) -> Base | None:
    global _idle
    with _lock:
        before, _idle = _idle, base
    return before


def _forget_idle() -> None:
    """Leave the idle base to the process that this one was forked from."""
    global _idle
    if _idle is not None:
        _idle.channel.close()
        _idle = None


atexit.register(give_back, None)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_idle)
