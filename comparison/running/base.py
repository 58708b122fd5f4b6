"""The processes that are copied for requests, seen by the process that sends the requests."""

from __future__ import annotations

import contextlib
import math
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from comparison.running import wire
from comparison.running.child import BUILD_SECONDS, Child, Limits
from comparison.running.task import Answer, Request

ROOT = Path(__file__).resolve().parents[2]
#: Numerical libraries have one thread a run; it is set before they are first imported.
THREADS = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR")}


class Copied:
    """A process that forks a guarded copy of itself for every request; from any thread.

    Parameters
    ----------
    channel : socket
        It takes the requests.
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

    def copy(self, request: Request) -> Child:
        """Start a copy for a request.

        Raises
        ------
        OSError
            When the process is gone.
        """
        child = Child()
        try:
            self.send(request, child.files)
        except OSError:
            child.end()
            raise
        child.handed_over()
        return child

    def end(self) -> None:
        """Let it end; copies that serve a request go on."""
        self.channel.close()


class Base(Copied):
    """The process of which all others are copies: it has imported modules and run no method.

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
    """

    def __init__(self, methods: Iterable[str], modules: Iterable[str] = ()) -> None:
        ours, theirs = socket.socketpair()
        super().__init__(ours)
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        # A library's warning must not become an error in a run.
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONWARNINGS"}
        flags = ["-" + "O" * sys.flags.optimize] if sys.flags.optimize else []
        self.process = subprocess.Popen(
            [sys.executable, *flags, "-P", "-m", "comparison.running.template"],
            stdin=theirs.fileno(),
            start_new_session=True,  # Ctrl-C is the parent's alone
            env={**environment, **THREADS, "PYTHONPATH": path},
        )
        theirs.close()
        with contextlib.suppress(OSError):  # it died: the first request fails
            self.send({"methods": list(methods), "modules": list(modules)})
        self.copied = self._threads() == 1 and sys.platform == "linux"

    def _threads(self) -> int:
        self.channel.settimeout(BUILD_SECONDS)
        try:
            return int(self.channel.recv(16) or 0)
        except (OSError, ValueError):
            return 0

    def end(self) -> None:
        """End it and wait for that; copies that serve a request go on."""
        super().end()
        try:
            self.process.wait(BUILD_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Template(Copied):
    """A process that has built a task's problem.

    Parameters
    ----------
    child : Child
    answer : dict
        How it described the problem, or how it ended.

    Attributes
    ----------
    users : int
        How many requests use it now.
    dropped : bool
        Whether it is to end when no request uses it.
    """

    def __init__(self, child: Child, answer: Answer) -> None:
        super().__init__(child.socket)
        self.child, self.answer = child, answer
        self.users = 0
        self.dropped = False
        self._random_value: tuple[float | None] | None = None
        self._asking = threading.Lock()

    @property
    def alive(self) -> bool:
        """Whether it was built, may be copied and has not ended."""
        return "described" in self.answer and not self.answer["not_copied"] and not self._gone()

    @property
    def usable(self) -> bool:
        """Whether it need not be built again: it lives, may not be copied, or cannot be built."""
        return self.alive or bool(self.answer.get("not_copied")) or "usage" in self.answer

    def _gone(self) -> bool:
        """Whether its channel has ended; what another thread waits for is left in it."""
        try:
            return not self.channel.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def random_value(self, ask: Callable[[], Answer]) -> float | None:
        """Return the value of a random point, which the first run asks for and all others share.

        Parameters
        ----------
        ask : callable
            Asks a process of its own: the evaluations may change a user's problem, or hang.
            A built-in problem is evaluated in the template, and what it caches serves all runs.
        """
        with self._asking:
            if self._random_value is None:
                answer = self._ask({}) if self._trusted else ask()
                value = answer.get("random value")
                self._random_value = (value if isinstance(value, float) else None,)
        return self._random_value[0]

    def misvalued(self, run: dict[str, Any], batch: Any) -> str:
        """Say what a run's best point is worth if the run reports another value; else nothing.

        A method may have changed the objective in its own process; the template has run no
        method. Only built-in problems are asked: an evaluation may change a user's problem.
        """
        if not self._trusted or run.get("x") is None or run.get("value") is None:
            return ""
        question = {"x": run["x"], "value": run["value"], "batch": batch}
        with self._asking:
            return str(self._ask(question).get("misvalued", ""))

    @property
    def _trusted(self) -> bool:
        """Whether it may evaluate points itself: it lives, and its problem is a built-in one."""
        return self.alive and not self.answer["user"]

    def _ask(self, question: Request) -> Answer:
        """Return the template's own answer; an empty one if it has ended."""
        try:
            self.send(question)
            return self.child.answer(Limits(math.inf))
        except OSError:
            return {}

    def standing_guard(self) -> StandingGuard:
        """Start a guard that stays; OSError when the template has ended."""
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                self.send({}, [theirs.fileno()])
        except OSError:
            ours.close()
            raise
        return StandingGuard(ours, self)

    def end(self) -> None:
        """End it and wait for that."""
        self.child.end()


class StandingGuard(Copied):
    """A guard that stays: it forks the processes of a template's runs, one after another.

    Parameters
    ----------
    channel : socket
    template : Template
        The guard ends with it.
    """

    def __init__(self, channel: socket.socket, template: Template) -> None:
        super().__init__(channel)
        self.template = template
