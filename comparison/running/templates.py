"""The templates of problems: those in use, and the latest of those that were."""

from __future__ import annotations

import contextlib
import json
import math
import socket
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

from comparison.running.base import Copied
from comparison.running.child import Child, Limits
from comparison.running.task import Answer, Request

#: How many templates wait for another run, beside those that are in use.
KEPT = 8


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


class Templates:
    """Templates by their problem and instance; from any number of threads.

    Parameters
    ----------
    build : callable
        Returns the template of a request's problem.
    """

    def __init__(self, build: Callable[[Request], Template]) -> None:
        self._build = build
        self._futures: OrderedDict[str, Future[Template]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._futures)

    @contextlib.contextmanager
    def use(self, request: Request) -> Iterator[Template]:
        """Yield the template of a request's problem, and keep it meanwhile; build it if need be."""
        template = self._acquire(request)
        try:
            yield template
        finally:
            with self._lock:
                template.users -= 1
                if template.dropped and not template.users:
                    template.end()

    def _acquire(self, request: Request) -> Template:
        """Return a template, which this thread builds or waits for."""
        task = request["task"]
        parts = [task["problem"], task["problem_options"], request["instance"]]
        key = json.dumps([*parts, task["shipped"].get("problem")])
        while True:
            with self._lock:
                future = self._futures.get(key)
                mine = future is None or (future.done() and not _usable(future))
                if mine:
                    if future is not None:
                        self._drop(key)
                    future = self._futures[key] = Future()
                self._futures.move_to_end(key)
            assert future is not None
            if mine:
                try:
                    future.set_result(self._build(request))
                except BaseException as error:
                    future.set_exception(error)
            template = future.result()
            with self._lock:
                if self._futures.get(key) is future:
                    template.users += 1
                    self._make_room()
                    return template

    def _make_room(self) -> None:
        """End the templates that were used least recently, beyond `KEPT`."""
        idle = [
            key
            for key, future in self._futures.items()
            if future.done() and not future.exception() and not future.result().users
        ]
        for key in idle[: max(0, len(idle) - KEPT)]:
            self._drop(key)

    def _drop(self, key: str) -> None:
        future = self._futures.pop(key)
        if future.done() and not future.exception():
            template = future.result()
            template.dropped = True
            if not template.users:
                template.end()

    def close(self) -> None:
        """End all templates, those in use too."""
        with self._lock:
            futures = list(self._futures.values())
            self._futures.clear()
        for future in futures:
            if future.done() and not future.exception():
                future.result().end()


def _usable(future: Future[Template]) -> bool:
    return future.exception() is None and future.result().usable
