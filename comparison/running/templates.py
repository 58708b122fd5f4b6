"""The templates of problems: those in use, and the latest of those that were."""

from __future__ import annotations

import contextlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import Future

from comparison.running.base import Template
from comparison.running.task import Request

#: How many templates wait for another run, beside those that are in use.
KEPT = 8


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
