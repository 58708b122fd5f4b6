"""The processes that others are copied from, seen from outside."""

from __future__ import annotations

import contextlib
import math
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from comparison.running import wire
from comparison.running.child import BUILD_SECONDS, Child, Limits

ROOT = Path(__file__).resolve().parents[2]
#: Numerical libraries have one thread a run; it is set before they are first imported.
THREADS = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR")}

Answer = dict[str, Any]


class Base:
    """The process from which all others are copied: it has imported, and has run nothing.

    Parameters
    ----------
    methods : iterable of str
        The built-in ones that are planned.
    modules : iterable of str
        What else is imported, of this suite.

    Attributes
    ----------
    copied : bool
        Whether a copy of it is safe: it has one thread.
    """

    def __init__(self, methods: Iterable[str], modules: Iterable[str] = ()) -> None:
        self._socket, theirs = socket.socketpair()
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        # A library's warning must not make an error of a run.
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONWARNINGS"}
        flags = ["-" + "O" * sys.flags.optimize] if sys.flags.optimize else []
        self.process = subprocess.Popen(
            [sys.executable, *flags, "-P", "-m", "comparison.running.template"],
            stdin=theirs.fileno(),
            start_new_session=True,  # Ctrl-C is the parent's alone
            env={**environment, **THREADS, "PYTHONPATH": path},
        )
        theirs.close()
        self._lock = threading.Lock()
        with contextlib.suppress(OSError):  # it died; whoever asks it will notice
            wire.send(self._socket, {"methods": list(methods), "modules": list(modules)})
        self.copied = self._threads() == 1 and sys.platform == "linux"

    def _threads(self) -> int:
        self._socket.settimeout(BUILD_SECONDS)
        try:
            return int(self._socket.recv(16) or 0)
        except (OSError, ValueError):
            return 0
        finally:
            self._socket.settimeout(None)

    def copy(self, request: dict[str, Any]) -> Child:
        """Start a copy for a request.

        Raises
        ------
        OSError
            When the process is gone.
        """
        return _copy(self._socket, self._lock, request)

    def end(self) -> None:
        """End it; copies that serve go on."""
        self._socket.close()
        try:
            self.process.wait(BUILD_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Template:
    """A process that has built a task's problem.

    Parameters
    ----------
    child : Child
    answer : dict
        What it said of the problem, or how it ended.

    Attributes
    ----------
    users : int
        How many requests are being served from it.
    dropped : bool
        Whether it is to be ended when there are none.
    """

    def __init__(self, child: Child, answer: Answer) -> None:
        self.child, self.answer = child, answer
        self.users = 0
        self.dropped = False
        self._lock = threading.Lock()
        self._random_value: tuple[float | None] | None = None
        self._asking = threading.Lock()

    @property
    def alive(self) -> bool:
        """Whether it can be copied, as far as is known."""
        return "described" in self.answer and not self.answer["not_copied"] and not self._gone()

    def _gone(self) -> bool:
        """Whether it has ended: its channel has, though another thread may wait for an answer."""
        try:
            return not self.child.socket.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def random_value(self, ask: Callable[[], Answer]) -> float | None:
        """Return the value of a random point, which one run asks for on behalf of all.

        Parameters
        ----------
        ask : callable
            Asks a process of its own: the looks may change what a user's problem keeps,
            or hang. A built-in one looks in the template, and what it keeps warms all runs.
        """
        with self._asking:
            if self._random_value is None:
                told = self._tell({"do": "warm"}) if self._knows else ask()
                value = told.get("random value")
                self._random_value = (value if isinstance(value, float) else None,)
        return self._random_value[0]

    def misvalued(self, run: dict[str, Any], batch: Any) -> str:
        """Say what a run's best point is worth where that is not what the run says.

        A method may have changed whatever its own process computes the value with; this
        one has run none. Only of a built-in problem: a user's may keep what it is asked.
        """
        if not self._knows or run.get("x") is None or run.get("value") is None:
            return ""
        asked = {"do": "value", "x": run["x"], "value": run["value"], "batch": batch}
        with self._asking:
            return str(self._tell(asked).get("misvalued", ""))

    @property
    def _knows(self) -> bool:
        """Whether it can be asked itself: it lives, and its problem is a built-in one."""
        return self.alive and not self.answer["user"]

    def _tell(self, request: dict[str, Any]) -> Answer:
        try:
            with self._lock:
                self.child.socket.setblocking(True)
                wire.send(self.child.socket, request)
                self.child.socket.setblocking(False)
            answer = self.child.answer(Limits(math.inf))
        except OSError:
            return {}
        return answer

    def copy(self, request: dict[str, Any]) -> Child:
        """Start a copy for a request; OSError when it is gone."""
        return _copy(self.child.socket, self._lock, request)

    def seat(self) -> Seat:
        """Have it start a guard that stays; OSError when it is gone."""
        ours, theirs = socket.socketpair()
        try:
            with theirs, self._lock:
                self.child.socket.setblocking(True)
                wire.send(self.child.socket, {}, [theirs.fileno()])
        except OSError:
            ours.close()
            raise
        return Seat(self, ours)


class Seat:
    """A guard that stays: it gives runs of a template their processes, one after another.

    Parameters
    ----------
    template : Template
        It ends with this, if it was not ended before.
    channel : socket
    """

    def __init__(self, template: Template, channel: socket.socket) -> None:
        self.template = template
        self._channel, self._lock = channel, threading.Lock()

    def end(self) -> None:
        """End it after the run that it guards."""
        self._channel.close()

    def copy(self, request: dict[str, Any]) -> Child:
        """Start a copy for a request; OSError when the guard is gone."""
        return _copy(self._channel, self._lock, request)


def _copy(channel: socket.socket, lock: threading.Lock, request: dict[str, Any]) -> Child:
    child = Child()
    try:
        with lock:
            channel.setblocking(True)  # half a message would be none
            wire.send(channel, request, child.files)
    except OSError:
        child.end()
        raise
    child.handed_over()
    return child
