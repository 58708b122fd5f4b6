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


def examine(name: str) -> Iterator[Finding]:
    """Run the contract suite on one method or problem.

    Raises
    ------
    UsageError
        When `name` is neither, or needs what is not installed.
    """
    if name in PROBLEMS.names():
        answer = {"kind": "problem"}
    elif METHODS.named(name) is not None:
        answer = {"kind": "method"}
    else:
        answer = _ask_kind(name)
    if "kind" not in answer:
        yield Finding(name, LOADED, answer["message"])
    elif answer["kind"] == "problem":
        PROBLEMS.expand([name])
        yield from _examine_problem(name)
    else:
        METHODS.expand([name])
        yield from _examine_method(name)


def _examine_problem(name: str) -> Iterator[Finding]:
    with _launcher() as launcher:
        findings, answer = _checked(launcher, "", name)
    yield from findings
    needed = {check.__name__ for check in NEEDED_BY_METHODS}
    if "ended" in answer or any(f.fault and f.check in needed for f in findings):
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
            yield from _checked(launcher, method, name)[0]


def _examine_method(name: str) -> Iterator[Finding]:
    needs = METHODS.entry(name).needs
    late = 0
    with _launcher([name]) as launcher:
        for problem in PROBLEMS.names():
            if PROBLEMS.entry(problem).missing or (needs and not {*needs} <= {*views(problem)}):
                continue
            findings, answer = _checked(launcher, name, problem)
            yield from findings
            late = late + 1 if answer.get("ended") == "timeout" else 0
            if late == MOST_TIMEOUTS:
                yield Finding(name, SUPPORTED, f"late {late} times in a row: no others are tried")
                return


def _checked(launcher: Launcher, method: str, problem: str) -> tuple[list[Finding], dict[str, Any]]:
    """Make all checks of a subject in a process of its own.

    Returns
    -------
    findings : list of Finding
    answer : dict
        The answer of `check`; where the process gave none, how it ``ended``.
    """
    subject = f"{method} on {problem}" if method else problem
    under_way = SUPPORTED
    findings = []

    def hear(finding: Any) -> None:
        """Note that a check begins, or its fault; what else a method writes is ignored."""
        nonlocal under_way
        match finding:
            case {"check": str(name), "fault": fault}:
                under_way = name
                if isinstance(fault, str):
                    findings.append(Finding(subject, name, fault))

    answer = launcher.serve(_call(check, method, problem), hear)
    if "ended" not in answer and answer.get("checked") != len(findings):
        answer = {"ended": "killed", "message": "its process gave an answer that says nothing"}
    if "ended" in answer:
        findings.append(Finding(subject, under_way, answer["message"]))
    return findings, answer


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
