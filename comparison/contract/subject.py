"""The checks of one subject, made in a process of its own: what they run may end it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from comparison.contract.method_checks import METHOD_CHECKS
from comparison.contract.problem_checks import (
    FIRST_CHECKS,
    PROBLEM_CHECKS,
    one_by_one,
    some_points,
)
from comparison.results.run_json import spelled
from comparison.running.describe import as_usage
from comparison.running.process_state import put_back
from comparison.running.task import Task
from methods import METHODS, minimize
from problems import PROBLEMS, Budget, Problem, Unsupported, make
from problems.core.problem import VIEWS, has_view
from problems.core.usage_error import UsageError

#: The first check of a method on a problem.
SUPPORTED = "is_supported"

#: Takes findings: a ``check`` begins, its ``fault`` being None, and then ends with its fault.
Report = Callable[[dict[str, str | None]], None]


def builder(problem: str) -> Callable[[], Problem]:
    """Return a function that builds a fresh, small instance of `problem`."""
    return lambda: make(problem, **PROBLEMS.entry(problem).small)


def kind(task: Task, report: Report) -> dict[str, Any]:
    """Return whether a task's method, in a user's file, is of the ``kind`` method or problem.

    Raises
    ------
    Usage
        When it is neither, or its file raises on import.
    """
    with as_usage(task.method):
        thing = METHODS.entry(task.method).load()
        if isinstance(thing, type) and issubclass(thing, Problem):
            return {"kind": "problem"}
        if callable(thing) and not isinstance(thing, type):
            return {"kind": "method"}
        raise UsageError(f"{task.method} is neither a method (a function) nor a Problem class")


def check(task: Task, report: Report) -> dict[str, Any]:
    """Make the checks of a method on a problem, or without a method, of the problem itself.

    If a problem cannot be built, or is not deterministic, no other check is made: all would
    fail for the same reason.

    Returns
    -------
    dict
        How many checks were made, as ``checked``: none of a method that does not support the
        problem. Of a problem also its ``views``, and what `values` says.
    """
    build = builder(task.problem)
    if task.method:
        return {"checked": _check_method(task.method, build, report)}
    for number, one in enumerate(PROBLEM_CHECKS, 1):
        if _fault(report, one, build) and one in FIRST_CHECKS:
            return {"checked": number}
    has = {"views": views(task.problem), **values(task, report)}
    return {"checked": len(PROBLEM_CHECKS), **has}


def views(problem: str) -> list[str]:
    """Return the names of the optional views that a problem has."""
    cls = PROBLEMS.entry(problem).load()
    return [view for view in VIEWS if has_view(cls, view)]


def values(task: Task, report: Report) -> dict[str, Any]:
    """Return the values of some points of a problem, to be compared with another process's.

    Returns
    -------
    dict
        The ``values``, none where they cannot be had, and the ``tolerance`` within which two
        are one.
    """
    try:
        problem = builder(task.problem)()
        numbers = one_by_one(problem, some_points(problem))
        return {"values": spelled(numbers), "tolerance": float(problem.value_tolerance)}
    except Exception:
        return {"values": [], "tolerance": 0.0}


def _check_method(method: str, build: Callable[[], Problem], report: Report) -> int:
    report({"check": SUPPORTED, "fault": None})
    try:
        minimize(build(), method, Budget(0, 0))
    except Unsupported:
        return 0
    except BaseException:
        pass  # the checks report it
    for one in METHOD_CHECKS:
        _fault(report, one, method, build)
    return len(METHOD_CHECKS)


def _fault(report: Report, one: Callable[..., None], *arguments: Any) -> str:
    """Make a check and report it; return what is wrong, empty where it passed."""
    report({"check": one.__name__, "fault": None})
    fault = ""
    try:
        with put_back():
            one(*arguments)
    except BaseException as error:  # SystemExit too: the process is the check's own
        prefix = "" if isinstance(error, AssertionError) else f"{type(error).__name__}: "
        fault = prefix + " ".join(str(error).split()) or "it fails and does not say why"
    report({"check": one.__name__, "fault": fault})
    return fault
