"""The contract suite on one method or problem, and its outcome for a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from comparison.contract.method_checks import METHOD_CHECKS
from comparison.contract.problem_checks import PROBLEM_CHECKS
from methods import METHODS, minimize
from problems import PROBLEMS, Budget, Problem, Unsupported, make
from problems.options import UnknownName, closest
from problems.usage_error import UsageError


@dataclass(frozen=True)
class Finding:
    """One check's outcome: `fault` is empty where it passed."""

    subject: str
    check: str
    fault: str


def builder(problem: str) -> Callable[[], Problem]:
    """Return a function that builds a fresh, small instance of `problem`."""
    return lambda: make(problem, **PROBLEMS.entry(problem).small)


def examine(name: str) -> Iterator[Finding]:
    """Run the contract suite on one method or problem.

    Raises
    ------
    UsageError
        When `name` is neither, or needs what is not installed.
    """
    if _is_problem(name):
        PROBLEMS.expand([name])
        build = builder(name)
        for check in PROBLEM_CHECKS:
            yield Finding(name, check.__name__, _fault(check, build))
        for method in (name for name in METHODS.names() if not METHODS.entry(name).missing):
            yield from _examine_pair(method, name)
    else:
        METHODS.expand([name])
        usable = [problem for problem in PROBLEMS.names() if not PROBLEMS.entry(problem).missing]
        for problem in usable:
            yield from _examine_pair(name, problem)


def _examine_pair(method: str, problem: str) -> Iterator[Finding]:
    build = builder(problem)
    try:
        minimize(build(), method, Budget(0, 0))
    except Unsupported:
        return
    except (Exception, SystemExit):
        pass  # the checks will say so
    for check in METHOD_CHECKS:
        yield Finding(f"{method} on {problem}", check.__name__, _fault(check, method, build))


def _fault(check: Callable[..., None], *arguments: Any) -> str:
    try:
        check(*arguments)
    except (Exception, SystemExit) as error:
        prefix = "" if isinstance(error, AssertionError) else f"{type(error).__name__}: "
        return prefix + " ".join(str(error).split())
    return ""


def _is_problem(name: str) -> bool:
    if name in PROBLEMS.names():
        return True
    try:
        entry = METHODS.entry(name)
    except UnknownName:
        hint = closest(name, [*METHODS.names(), *PROBLEMS.names()])
        raise UnknownName(f"unknown method or problem {name!r}{hint}") from None
    thing = entry.load()
    if isinstance(thing, type) and issubclass(thing, Problem):
        return True
    if callable(thing) and not isinstance(thing, type):
        return False
    raise UsageError(f"{name} is neither a method (a function) nor a Problem class")


def print_report(console: Any, name: str) -> int:
    """Print every check's outcome; return 0 if all passed, else 1."""
    findings: list[Finding] = []
    for subject_findings in _by_subject(examine(name)):
        faults = [f for f in subject_findings if f.fault]
        findings += subject_findings
        verdict = "fails" if faults else "ok"
        console.print(f"{verdict}  {subject_findings[0].subject}", markup=False)
        for finding in faults:
            console.print(f"      {finding.check}: {finding.fault}", markup=False)
    faults = [finding for finding in findings if finding.fault]
    console.print(f"{len(findings)} checks, {len(faults)} failed")
    return 1 if faults or not findings else 0


def _by_subject(findings: Iterator[Finding]) -> Iterator[list[Finding]]:
    for _, group in groupby(findings, key=lambda finding: finding.subject):
        yield list(group)
