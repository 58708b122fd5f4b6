"""Gives every request a process of its own, copied from a template where that is safe."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from comparison.running.base import Base, Guard, give_back, take_base
from comparison.running.broken_run import without_claims
from comparison.running.child import DIED, Child, Limits
from comparison.running.task import Answer, Request
from comparison.running.templates import Template, Templates

#: The least time limit for the evaluation of random points of a user's problem.
RANDOM_VALUE_SECONDS = 10.0
#: The actions that need a built problem.
ON_A_TEMPLATE = ("describe problem", "try", "run")

Listener = Callable[[Any], None]


class Launcher:
    """Serves requests, each in a process of its own; from any number of threads.

    Parameters
    ----------
    limits : Limits
    methods : iterable of str
        The methods that are planned: what the built-in ones among them use is imported once.
    modules : iterable of str
        What else the requests use of this suite; it is imported once as well.
    shared : bool
        Whether the base may have served another launcher, and may serve the next one.

    Attributes
    ----------
    templates : Templates
    """

    def __init__(
        self,
        limits: Limits,
        methods: Iterable[str] = (),
        *,
        modules: Iterable[str] = (),
        shared: bool = False,
    ) -> None:
        self.limits = limits
        self._methods, self._modules, self._shared = list(methods), list(modules), shared
        self._base: Base | None = None
        self.templates = Templates(self._build)
        self._busy: set[Child] = set()
        #: By thread, for the runs that it makes one after another.
        self._guards: dict[int, tuple[Template, Guard]] = {}
        self._lock = threading.RLock()
        self._closed = ""

    def serve(self, request: Request, listener: Listener | None = None) -> Answer:
        """Return the answer to a request, see `Child.answer`."""
        action = request["action"]
        if action not in ON_A_TEMPLATE:
            answer = self._alone(request, listener)
            once_more = action == "describe method" and _died(answer)  # it may have been chance
            return self._alone(request) if once_more else answer
        with self.templates.use(request) as template:
            if action == "describe problem":
                return template.answer
            if "described" not in template.answer:
                return _not_built(action, template.answer)
            if action == "try":
                return self._from(template, request)
            return self._run(template, request)

    def _run(self, template: Template, request: Request) -> Answer:
        """Make a run; add its random value and verify its value in a process without methods."""
        value = template.random_value(lambda: self._random_value(template, request))
        answer = self._from(template, request)
        if isinstance(run := answer.get("run"), dict):
            run["random_value"] = value
            if wrong := template.misvalued(run, answer.get("batch")):
                answer["run"] = without_claims(run, f"Unverified: {wrong}")
        return answer

    def _random_value(self, template: Template, request: Request) -> Answer:
        """Ask for the random value; that may take as long as a run."""
        seconds = max(RANDOM_VALUE_SECONDS, self.limits.seconds(_seconds(request)))
        limits = Limits(self.limits.memory, seconds)
        return self._from(template, {**request, "action": "random value"}, limits)

    def _from(self, template: Template, request: Request, limits: Limits | None = None) -> Answer:
        """Serve a request in a copy of a template, or in a new process where no copy is safe."""
        why = template.answer["not_copied"]
        if not why:
            # If something kills the template, the run is made in a new process.
            with contextlib.suppress(OSError):
                child = self._copy(template, request)
                try:
                    return self._answer(child, request, limits=limits)
                finally:
                    if not child.all_ended:
                        self._dismiss_guard(threading.get_ident())
        answer = self._alone(request, limits=limits)
        if why and "run" in answer:
            answer["fresh"] = why
        return answer

    def _copy(self, template: Template, request: Request) -> Child:
        """Start a copy of a template, of a run by this thread's guard; OSError if it has ended."""
        if request["action"] != "run":
            return template.copy(request)
        of, guard = self._guards.get(threading.get_ident(), (None, None))
        if guard is not None and of is template:
            with contextlib.suppress(OSError):  # the guard was killed
                return guard.copy(request)
        self._dismiss_guard(threading.get_ident())
        guard = template.guard()
        self._guards[threading.get_ident()] = template, guard
        return guard.copy(request)

    def _dismiss_guard(self, thread: int) -> None:
        """End the guard that stays for a thread's runs, if there is one."""
        if kept := self._guards.pop(thread, None):
            kept[1].close()

    def _alone(
        self, request: Request, listener: Listener | None = None, limits: Limits | None = None
    ) -> Answer:
        """Serve a request in a copy of the base, in which no problem is built."""
        return self._answer(self._copy_of_base(request)[0], request, listener, limits)

    def _answer(
        self,
        child: Child,
        request: Request,
        listener: Listener | None = None,
        limits: Limits | None = None,
    ) -> Answer:
        try:
            with self._killable(child):
                answer = child.answer(limits or self.limits, _seconds(request), listener)
                child.end(leave="ended" not in answer)
                return answer
        finally:
            child.end()

    @contextlib.contextmanager
    def _killable(self, child: Child) -> Iterator[None]:
        """Let `close` kill a child in the meantime."""
        with self._lock:
            self._busy.add(child)
            if self._closed:
                child.kill(self._closed)
        try:
            yield
        finally:
            with self._lock:
                self._busy.discard(child)

    def _copy_of_base(self, request: Request) -> tuple[Child, bool]:
        """Start a copy of the base, and return whether that base is copied again.

        Where a base died, and then another, what is returned is a child that has died.
        """
        for _ in range(2):
            base = self._current_base()
            try:
                child = base.copy(request)
            except OSError:
                self._forget(base)
            else:
                if not base.copied:
                    base.end()
                return child, base.copied
        return Child.dead(), False

    def _current_base(self) -> Base:
        """Return the base that all requests share, or a new one where it may not be copied."""
        with self._lock:
            if self._base is not None:
                return self._base
            base = (take_base if self._shared else Base)(self._methods, self._modules)
            if base.copied:
                self._base = base
            return base

    def _forget(self, base: Base) -> None:
        with self._lock:
            if self._base is base:
                self._base = None
        base.end()

    def _build(self, request: Request) -> Template:
        """Build a template; once more if its process died of something unknown."""
        asked = {**request, "action": "describe problem"}
        for _ in range(2):
            child, copied = self._copy_of_base(asked)
            with self._killable(child):
                answer = child.answer(self.limits)
            if "described" in answer and not copied:
                answer["not_copied"] = answer["not_copied"] or "this system cannot copy it"
            if "described" not in answer or answer["not_copied"]:
                child.end(leave="ended" not in answer)
            if not _died(answer) or self._closed:
                break
        return Template(child, answer)

    def close(self, why: str = "the comparison is over") -> None:
        """End all that is being served, and all processes."""
        with self._lock:
            self._closed = why
            for child in self._busy:
                child.kill(why)
            base, self._base = self._base, None
        self.templates.close()
        for thread in list(self._guards):
            self._dismiss_guard(thread)
        if base is not None and self._shared and base.process.poll() is None:
            give_back(base)
        elif base is not None:
            base.end()


def _died(answer: Answer) -> bool:
    """Whether a process ended that this suite did not end."""
    return answer.get("ended") == "killed" and answer["message"] == DIED


def _seconds(request: Request) -> float:
    return float(request["task"]["budget"]["seconds"])


def _not_built(action: str, answer: Answer) -> Answer:
    """Return the answer where the template could not be built: for a run, an error."""
    if action == "run" and "usage" in answer:
        return {"ended": "error", "message": answer["usage"]}
    return answer
