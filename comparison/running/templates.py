"""The templates of problems: those in use, and the latest of those that were."""

from __future__ import annotations

import contextlib
import json
import math
import socket
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
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
    """

    def __init__(self, child: Child, answer: Answer) -> None:
        super().__init__(child.socket)
        self.child, self.answer = child, answer
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

    def end(self) -> None:
        """End it and wait for that."""
        self.child.end()


@dataclass
class _Place:
    """Where a template stands, or will when the first that needs it has built it."""

    template: Template | None = None
    users: int = 0
    building: threading.Lock = field(default_factory=threading.Lock)


class Templates:
    """Templates by their problem and instance; from any number of threads.

    Parameters
    ----------
    build : callable
        Returns the template of a request's problem.
    """

    def __init__(self, build: Callable[[Request], Template]) -> None:
        self._build = build
        self._places: OrderedDict[str, _Place] = OrderedDict()
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def use(self, request: Request) -> Iterator[Template]:
        """Yield the template of a request's problem, and keep it meanwhile; build it if need be."""
        task = request["task"]
        parts = [task["problem"], task["problem_options"], request["instance"]]
        key = json.dumps([*parts, task["shipped"].get("problem")])
        with self._lock:
            place = self._places.setdefault(key, _Place())
            self._places.move_to_end(key)
            place.users += 1
        try:
            with place.building:
                if place.template is None or not place.template.usable:
                    self._end([place])
                    place.template = self._build(request)
                template = place.template
            yield template
        finally:
            with self._lock:
                place.users -= 1
                left = self._left()
                if not place.users and self._places.get(key) is not place:  # closed meanwhile
                    left.append(place)
            self._end(left)

    def _left(self) -> list[_Place]:
        """Take out the places that were used least recently, beyond `KEPT`."""
        idle = [key for key, place in self._places.items() if not place.users]
        return [self._places.pop(key) for key in idle[: max(0, len(idle) - KEPT)]]

    def _end(self, places: Iterable[_Place]) -> None:
        """End the templates of places, each once, whichever thread comes first."""
        for place in places:
            with self._lock:
                template, place.template = place.template, None
            if template is not None:
                template.end()

    def close(self) -> None:
        """End all templates, those in use too."""
        with self._lock:
            places = list(self._places.values())
            self._places.clear()
        self._end(places)
