"""What a process finds out about a cell of the grid before its runs are made."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from comparison.results.run_json import spelled
from comparison.running.outbox import Outbox
from comparison.running.process_state import put_back
from comparison.running.task import Task
from comparison.running.workplace import Workplace
from methods import METHODS
from methods.run import load_method, minimize
from problems import PROBLEMS, Budget, Unsupported
from problems.core.accident import Accident, accidental
from problems.core.answers import Answers
from problems.core.error_text import message_of
from problems.core.problem import VIEWS, has_view
from problems.naming.options import changed, resolve


class Usage(Exception):  # noqa: N818 - reads as what it is: the user's to mend
    """What was asked for cannot be run; the message says why."""


def describe_problem(task: Task, place: Workplace) -> dict[str, Any]:
    """Return the fields of a `Preflight` that are the problem's.

    Raises
    ------
    Usage
        When it cannot be built, for a reason that the user can mend.
    Accident
        When it could not be built for a reason that may be gone the next time.
    """
    with as_usage(task.problem):
        entry, problem = PROBLEMS.entry(task.problem), place.build(task)
        answers = Answers(problem)
        heading = {
            "title": answers.title(),
            "objective": answers.objective(),
            "anchors": spelled(answers.anchors()),
        }
        if answers.faults:
            raise Usage(f"{entry.name}: {'; '.join(answers.faults)}")
        return {
            "problem": entry.name,
            "problem_options": spelled(dict(problem.options)),
            "problem_identity": f"{problem.fingerprint} {entry.digest()}",
            "one_instance": bool(problem.one_instance),
            "views": [view for view in VIEWS if has_view(problem, view)],
            "problem_changes": changed(type(problem), problem.options),
            **heading,
        }


def describe_method(task: Task) -> dict[str, Any]:
    """Return the fields of a `Preflight` that are the method's.

    Raises
    ------
    Usage
        When there is none of that name or with those options.
    Accident
        When it could not be imported for a reason that may be gone the next time.
    """
    with as_usage(task.method):
        entry = METHODS.entry(task.method)
        function = load_method(entry)
        options = resolve(entry.name, function, task.method_options)
        return {
            "method": entry.name,
            "method_options": spelled(options),
            "method_identity": entry.digest(),
            "family": entry.family,
            "seeded": entry.seeded,
            "white_box": entry.white_box,
            "needs": list(entry.needs),
            "method_changes": changed(function, options),
        }


def attempt(task: Task, place: Workplace, outbox: Outbox) -> str:
    """Try a cell at budget 0, so that views and a method's own checks are all touched.

    Returns
    -------
    str
        Why the method cannot run on this problem; empty if it can.

    Raises
    ------
    Usage
        When it could not, for a reason that the user can mend.
    """
    with as_usage(task.problem):
        problem = place.build(task)
    outbox.send({"started": None})
    entry = METHODS.entry(task.method)
    try:
        with put_back():
            minimize(problem, task.method, Budget(0, 0), **task.method_options)
    except Unsupported as reason:
        return str(reason)
    except ImportError as error:
        raise Usage(f"{entry.name}: {one_line(error)}") from error
    except ValueError as error:
        # A method refuses its options before the first look. With nothing set
        # there is nothing to mend: the fault is its own, and its runs will say so.
        if task.method_options or entry.file is None:
            raise Usage(f"{entry.name}: {one_line(error)}") from error
    except Exception:
        pass  # its runs will show it
    return ""


@contextlib.contextmanager
def as_usage(name: str) -> Iterator[None]:
    """Turn an error of what is asked for by `name` into `Usage`, or into `Accident`."""
    try:
        yield
    except Usage:
        raise
    except (Exception, SystemExit) as error:
        if accidental(error):
            raise Accident(f"{name}: {one_line(error)}") from error
        if isinstance(error, ValueError):
            raise Usage(one_line(error)) from error
        raise Usage(f"{name}: {one_line(error)}") from error


def one_line(error: BaseException) -> str:
    """Return an error's message in one line, with its kind where the kind says more."""
    text = message_of(error) or "no message"
    return text if isinstance(error, ValueError) else f"{type(error).__name__}: {text}"
