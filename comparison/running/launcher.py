"""Gives every request a process of its own, copied from a template where that is safe."""

from __future__ import annotations

import contextlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Any

from comparison.running.base import Answer, Base, Seat, Template
from comparison.running.child import DIED, Child, Limits
from comparison.running.task import claims_nothing

#: How many templates of problems wait for another run, beside those that are in use.
KEPT = 8
#: How long looks at random points of a user's problem may take at least.
LOOK_SECONDS = 10.0

Hear = Callable[[dict[str, Any]], None]


class Launcher:
    """Serves requests, each in a process of its own; from any number of threads.

    Parameters
    ----------
    limits : Limits
    methods : iterable of str
        The methods that are planned: what the built-in ones among them use is imported once.
    copies : bool
        Whether processes may be copied; else each imports and builds all anew.
    modules : iterable of str
        What else the requests use of this suite; it is imported once as well.
    """

    def __init__(
        self,
        limits: Limits,
        methods: Iterable[str] = (),
        *,
        copies: bool = True,
        modules: Iterable[str] = (),
    ) -> None:
        self.limits = limits
        self._methods, self._modules, self._copies = list(methods), list(modules), copies
        self._base: Base | None = None
        self._templates: OrderedDict[str, Future[Template]] = OrderedDict()
        self._busy: set[Child] = set()
        self._seats: dict[int, Seat] = {}  # by thread
        self._lock = threading.RLock()
        self._closed = ""

    def serve(self, request: dict[str, Any], hear: Hear | None = None) -> Answer:
        """Return the answer to a request, see `Child.answer`."""
        if request["do"] not in ("problem", "attempts", "run"):
            answer = self._alone(request, hear)
            if request["do"] == "method" and _died(answer):  # by chance, or by its own doing?
                answer = self._alone(request)
            return answer
        template = self._template(request["task"])
        try:
            if request["do"] == "problem" or "described" not in template.answer:
                return _as_answer(request, template.answer)
            value = None
            if request["do"] == "run":
                value = template.random_value(lambda: self._look(template, request))
            answer = self._from(template, request)
            if isinstance(run := answer.get("run"), dict):
                run["random_value"] = value
                if told := template.misvalued(run, answer.get("batch")):
                    answer["run"] = claims_nothing(run, f"Unverified: {told}")
            return answer
        finally:
            self._let_go(template)

    def _from(
        self, template: Template, request: dict[str, Any], limits: Limits | None = None
    ) -> Answer:
        """Serve a request in a copy of a template, or where that is not safe, anew."""
        why = template.answer["not_copied"]
        if not why:
            # Where it was killed from outside its run is made nevertheless.
            with contextlib.suppress(OSError):
                child = self._copy(template, request)
                try:
                    return self._answer(child, request, limits=limits)
                finally:
                    if not child.all_ended:
                        self._leave_seat()
        answer = self._alone(request, limits=limits)
        if why and "run" in answer:
            answer["fresh"] = why
        return answer

    def _copy(self, template: Template, request: dict[str, Any]) -> Child:
        """Start a copy of a template, a run in this thread's seat; OSError when it is gone."""
        if request["do"] != "run":
            return template.copy(request)
        seat = self._seats.get(threading.get_ident())
        if seat is not None and seat.template is template:
            with contextlib.suppress(OSError):  # it was killed meanwhile
                return seat.copy(request)
        self._leave_seat()
        seat = self._seats[threading.get_ident()] = template.seat()
        return seat.copy(request)

    def _leave_seat(self) -> None:
        """Let go of the guard that stays for this thread's runs, if there is one."""
        if seat := self._seats.pop(threading.get_ident(), None):
            seat.end()

    def _look(self, template: Template, request: dict[str, Any]) -> Answer:
        """Ask what a random point is worth, which may take as long as a run, and a little."""
        asked = {**request, "do": "random value"}
        seconds = max(LOOK_SECONDS, self.limits.seconds(_seconds(request)))
        return self._from(template, asked, Limits(self.limits.memory, seconds))

    def _alone(
        self, request: dict[str, Any], hear: Hear | None = None, limits: Limits | None = None
    ) -> Answer:
        """Serve a request in a process that shares nothing, not even a built problem."""
        for _ in range(2):
            base = self._current_base()
            try:
                return self._answer(base.copy(request), request, hear, limits)
            except OSError:
                self._forget(base)
            finally:
                if not (self._copies and base.copied):
                    base.end()
        return {"ended": "killed", "message": DIED}

    def _answer(
        self,
        child: Child,
        request: dict[str, Any],
        hear: Hear | None = None,
        limits: Limits | None = None,
    ) -> Answer:
        with self._lock:
            self._busy.add(child)
            if self._closed:
                child.kill(self._closed)
        try:
            answer = child.answer(limits or self.limits, _seconds(request), hear)
            child.end(leave="ended" not in answer)
            return answer
        finally:
            child.end()
            with self._lock:
                self._busy.discard(child)

    def _current_base(self) -> Base:
        """Return the process that is copied, or a new one where it is not to be copied."""
        with self._lock:
            if self._base is not None:
                if self._base.process.poll() is None:
                    return self._base
                self._base.end()
            base = Base(self._methods, self._modules)
            if self._copies and base.copied:
                self._base = base
            return base

    def _forget(self, base: Base) -> None:
        with self._lock:
            if self._base is base:
                self._base = None
        base.end()

    def _template(self, task: dict[str, Any]) -> Template:
        """Return the template of a task's problem, which this thread builds or waits for."""
        parts = [task[name] for name in ("problem", "problem_options", "instance")]
        key = json.dumps([*parts, task["shipped"].get("problem")])
        while True:
            with self._lock:
                future = self._templates.get(key)
                mine = future is None or (future.done() and not _usable(future))
                if mine:
                    if future is not None:
                        self._drop(key)
                    future = self._templates[key] = Future()
                self._templates.move_to_end(key)
            assert future is not None
            if mine:
                try:
                    future.set_result(self._build(task))
                except BaseException as error:
                    future.set_exception(error)
            template = future.result()
            with self._lock:
                if self._templates.get(key) is future:
                    template.users += 1
                    self._make_room()
                    return template

    def _build(self, task: dict[str, Any]) -> Template:
        """Build a template; once more where it was killed and nothing says that it must be."""
        request = {"do": "problem", "task": task, "found": None}
        for _ in range(2):
            base = self._current_base()
            try:
                child = base.copy(request)
            except OSError:
                self._forget(base)
                continue
            with self._lock:
                self._busy.add(child)
                if self._closed:
                    child.kill(self._closed)
            answer = child.answer(self.limits)
            with self._lock:
                self._busy.discard(child)
            if not base.copied or not self._copies:
                base.end()
                if "described" in answer:
                    answer["not_copied"] = answer["not_copied"] or "this system cannot copy it"
            if answer.get("not_copied") or "described" not in answer:
                child.end(leave="ended" not in answer)
            if not _died(answer) or self._closed:
                break
        else:
            answer = {"ended": "killed", "message": DIED, "points": []}
            child = Child()  # there may have been none
            child.end()
        return Template(child, answer)

    def _make_room(self) -> None:
        """Let go of the templates that were used least lately, beyond those that are kept."""
        idle = [
            key
            for key, future in self._templates.items()
            if future.done() and not future.result().users
        ]
        for key in idle[: max(0, len(idle) - KEPT)]:
            self._drop(key)

    def _drop(self, key: str) -> None:
        future = self._templates.pop(key)
        if future.done() and not future.exception():
            template = future.result()
            template.dropped = True
            if not template.users:
                template.child.end()

    def _let_go(self, template: Template) -> None:
        with self._lock:
            template.users -= 1
            if template.dropped and not template.users:
                template.child.end()

    def close(self, why: str = "the comparison is over") -> None:
        """End all that is being served, and all processes."""
        with self._lock:
            self._closed = why
            for child in self._busy:
                child.kill(why)
            futures = list(self._templates.values())
            self._templates.clear()
            base, self._base = self._base, None
        for future in futures:
            if future.done() and not future.exception():
                future.result().child.end()
        for thread in list(self._seats):
            if seat := self._seats.pop(thread, None):  # its thread may be leaving it
                seat.end()
        if base is not None:
            base.end()


def _died(answer: Answer) -> bool:
    """Whether a process ended that nothing of ours had ended."""
    return answer.get("ended") == "killed" and answer["message"] == DIED


def _usable(future: Future[Template]) -> bool:
    """Whether a template that has been built will do: it lives, or is not to be copied."""
    if future.exception() is not None:
        return False
    template = future.result()
    return template.alive or bool(template.answer.get("not_copied")) or "usage" in template.answer


def _seconds(request: dict[str, Any]) -> float:
    return float(request["task"]["budget"]["seconds"])


def _as_answer(request: dict[str, Any], answer: Answer) -> Answer:
    """Return what a template that was not built answers to a run, and to all else."""
    if request["do"] == "run" and "usage" in answer:
        return {"ended": "error", "message": answer["usage"], "points": []}
    return answer
