"""The contract suite on one method or problem, each subject in a process of its own.

A subject is a problem, or a method on a problem. One that ends its process, hangs or fills
the memory is told so, and holds up none of the others.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from comparison.contract.problem_checks import NEEDED_BY_METHODS, is_deterministic
from comparison.contract.subject import SUPPORTED, check, kind, values, views
from comparison.running import memory
from comparison.running.child import Limits
from comparison.running.launcher import Launcher
from comparison.running.task import Task, request
from methods import METHODS
from problems import PROBLEMS
from problems.core.usage_error import UsageError
from problems.naming.options import UnknownName, closest

#: Wall-clock seconds that one check may take.
CHECK_SECONDS = 60.0
#: After so many timeouts in a row a method is tried on no other problem.
MOST_TIMEOUTS = 3
#: The check without which no other can be made.
LOADED = "can_be_loaded"


@dataclass(frozen=True)
class Finding:
    """The outcome of one check: `fault` is empty if it passed."""

    subject: str
    check: str
    fault: str


class Subject:
    """What is checked in one process, and the findings that it has sent.

    Parameters
    ----------
    method : str
        Empty where the problem itself is checked.
    problem : str

    Attributes
    ----------
    findings : list of Finding
    ended : str
        How its process ended before it had answered: ``killed`` or ``timeout``; else empty.
    """

    def __init__(self, method: str, problem: str) -> None:
        self._method, self._problem = method, problem
        self._name = f"{method} on {problem}" if method else problem
        self._under_way = SUPPORTED
        self.findings: list[Finding] = []
        self.ended = ""

    def examine(self, launcher: Launcher) -> dict[str, Any]:
        """Make all its checks in a process, and return the answer of that process."""
        answer = launcher.serve(_call(check, self._method, self._problem), self._hear)
        if "ended" in answer:
            self.ended = answer["ended"]
            self._find(self._under_way, answer["message"])
        elif answer.get("checked") != len(self.findings):
            self.ended = "killed"
            self._find(self._under_way, "its process gave an answer that says nothing")
        return answer

    def _hear(self, finding: Any) -> None:
        """Note that a check begins, or its fault; anything else that a method writes is ignored."""
        if not isinstance(finding, dict) or not isinstance(name := finding.get("check"), str):
            return
        self._under_way = name
        if isinstance(fault := finding.get("fault"), str):
            self._find(name, fault)

    def _find(self, check: str, fault: str) -> None:
        self.findings.append(Finding(self._name, check, fault))

    @property
    def hopeless(self) -> bool:
        """Whether a problem's own checks failed so that no method can be tried on it."""
        needed = {check.__name__ for check in NEEDED_BY_METHODS}
        return bool(self.ended) or any(f.fault and f.check in needed for f in self.findings)


def examine(name: str) -> Iterator[Finding]:
    """Run the contract suite on one method or problem.

    Raises
    ------
    UsageError
        When `name` is neither, or needs what is not installed.
    """
    if name in PROBLEMS.names():
        is_problem = True
    elif METHODS.named(name) is not None:
        is_problem = False
    else:
        answer = _ask_kind(name)
        if "kind" not in answer:
            yield Finding(name, LOADED, answer["message"])
            return
        is_problem = answer["kind"] == "problem"
    if is_problem:
        PROBLEMS.expand([name])
        yield from _examine_problem(name)
    else:
        METHODS.expand([name])
        yield from _examine_method(name)


def _examine_problem(name: str) -> Iterator[Finding]:
    problem = Subject("", name)
    with _launcher() as launcher:
        answer = problem.examine(launcher)
    yield from problem.findings
    if problem.hopeless:
        return
    has = answer.get("views")
    methods = [
        method.name
        for method in map(METHODS.entry, METHODS.names())
        if not method.missing and isinstance(has, list) and all(v in has for v in method.needs)
    ]
    with _launcher(methods) as launcher:  # its processes hash text differently from the first
        again = launcher.serve(_call(values, "", name))
        if fault := _differ(answer, again):
            yield Finding(name, is_deterministic.__name__, fault)
            return
        for method in methods:
            subject = Subject(method, name)
            subject.examine(launcher)
            yield from subject.findings


def _differ(answer: dict[str, Any], again: dict[str, Any]) -> str:
    """Say which point has another value in another process; empty if none has."""
    tolerance, *values = answer.get("tolerance"), answer.get("values"), again.get("values")
    if not (isinstance(tolerance, float) and all(isinstance(v, list) for v in values)):
        return ""
    for a, b in zip(*values, strict=False):
        both = isinstance(a, float) and isinstance(b, float)
        if both and abs(a - b) > tolerance * max(1.0, abs(a)):
            return (
                f"the objective is not deterministic: the same point gave {a:.12g}, then {b:.12g} "
                "in another process; seed it, and not by hash(), which differs between processes"
            )
    return ""


def _examine_method(name: str) -> Iterator[Finding]:
    needs = METHODS.entry(name).needs
    late = 0
    with _launcher([name]) as launcher:
        for problem in PROBLEMS.names():
            if PROBLEMS.entry(problem).missing or (needs and not {*needs} <= {*views(problem)}):
                continue
            subject = Subject(name, problem)
            subject.examine(launcher)
            yield from subject.findings
            late = late + 1 if subject.ended == "timeout" else 0
            if late == MOST_TIMEOUTS:
                yield Finding(name, SUPPORTED, f"late {late} times in a row: no others are tried")
                return


def _ask_kind(name: str) -> dict[str, Any]:
    """Ask a process that imports a user's file what an object in it is, or how that ended."""
    try:
        METHODS.entry(name)
    except UnknownName:
        hint = closest(name, [*METHODS.names(), *PROBLEMS.names()])
        raise UnknownName(f"unknown method or problem {name!r}{hint}") from None
    with _launcher() as launcher:
        answer = launcher.serve(_call(kind, name, ""))
    if "usage" in answer:
        raise UsageError(str(answer["usage"]))
    return answer


def _call(function: Callable[..., Any], method: str, problem: str) -> dict[str, Any]:
    """Return the request to call a function of this room with a method and a problem."""
    where = f"{function.__module__}:{function.__name__}"
    return request("call", Task(method, problem), function=where)


def _launcher(methods: Iterable[str] = ()) -> contextlib.closing[Launcher]:
    limits = Limits(memory.share(1), CHECK_SECONDS)
    return contextlib.closing(Launcher(limits, methods, modules=[views.__module__]))
