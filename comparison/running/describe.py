"""A process describes a method or a problem, and tries them together, before runs are made."""

from __future__ import annotations

import base64
import contextlib
import pickle
from collections.abc import Iterator
from typing import Any

from comparison.results.run_json import spelled
from comparison.running.cell import Cell, Description
from comparison.running.outbox import Outbox
from comparison.running.problem_cache import ProblemCache
from comparison.running.process_state import put_back
from comparison.running.task import Task
from methods import METHODS
from methods.run import Contender, contender, load_method, make_run
from problems import PROBLEMS, Budget, Unsupported
from problems.core.accident import Accident, accidental
from problems.core.answers import Answers
from problems.core.error_text import message_of
from problems.core.problem import VIEWS, has_view
from problems.naming.options import changed, options_of


class Usage(Exception):  # noqa: N818 - the user's to mend
    """What was asked for cannot be run; the message says why."""


def describe_problem(task: Task, problems: ProblemCache, instance: int = 0) -> Description:
    """Build a problem and describe it.

    Raises
    ------
    Usage
        When it cannot be built, for a reason that the user can mend.
    Accident
        When it could not be built for a reason that may be gone the next time.
    """
    with as_usage(task.problem):
        entry, problem = PROBLEMS.entry(task.problem), problems.build(task, instance)
        answers = Answers(problem)
        title, anchors = answers.title(), spelled(answers.anchors())
        facts = {
            "objective": answers.objective(),
            "one_instance": bool(problem.one_instance),
            "views": [view for view in VIEWS if has_view(problem, view)],
            "problem_changes": changed(type(problem), problem.options),
        }
        if answers.faults:
            raise Usage(f"{entry.name}: {'; '.join(answers.faults)}")
        return Description(
            entry.name,
            spelled(dict(problem.options)),
            facts,
            entry.digest(),
            fingerprint=problem.fingerprint,
            title=title,
            anchors=anchors,
        )


def describe_method(task: Task) -> Description:
    """Import a method, parse its options and describe it.

    Raises
    ------
    Usage
        When there is none of that name or with those options.
    Accident
        When it could not be imported for a reason that may be gone the next time.
    """
    with as_usage(task.method):
        entry, parsed = METHODS.entry(task.method), contender(task.method, task.method_options)
        facts = {name: getattr(entry, name) for name in ("family", "seeded", "white_box")}
        facts["needs"] = list(entry.needs)
        facts["method_changes"] = changed(parsed.function, parsed.options)
        options, arguments = spelled(parsed.options), _pickled_arguments(parsed)
        return Description(entry.name, options, facts, entry.digest(), arguments)


def _pickled_arguments(parsed: Contender) -> str:
    """Return the options that are not the function's own defaults, for `described_contender`.

    JSON would lose what a parsed value is: an infinity, or a member of an enumeration.
    """
    defaults = options_of(parsed.function)
    differing = {
        name: value for name, value in parsed.options.items() if value is not defaults[name].default
    }
    if not differing:
        return ""
    import cloudpickle

    return base64.b64encode(cloudpickle.dumps(differing)).decode()


def described_contender(cell: Cell) -> Contender:
    """Return a described method with its options, which are not parsed again.

    The pickle is the method's own and is loaded only in a process that runs its code anyway.
    """
    entry, text = METHODS.entry(cell.task.method), cell.method.arguments
    function = load_method(entry)  # before the members of its classes are unpickled
    arguments: dict[str, Any] = pickle.loads(base64.b64decode(text)) if text else {}
    return Contender(entry.name, function, entry, cell.method.options, arguments)


def attempt(cell: Cell, problems: ProblemCache, outbox: Outbox) -> str:
    """Try a cell at budget 0, which touches the views and the method's own checks.

    Returns
    -------
    str
        Why the method cannot run on this problem; empty if it can.

    Raises
    ------
    Usage
        When it could not, for a reason that the user can mend.
    """
    with as_usage(cell.task.problem):
        problem = problems.build(cell.task, 0)
    outbox.send({"started": None})
    try:
        with put_back():
            make_run(problem, described_contender(cell), Budget(0, 0))
    except Unsupported as reason:
        return str(reason)
    except ImportError as error:
        raise Usage(f"{cell.method.name}: {one_line(error)}") from error
    except ValueError as error:
        # A method refuses its options before the first evaluation. If none is set, the user
        # has nothing to mend: the fault is the method's own, and its runs report it.
        if cell.task.method_options or METHODS.entry(cell.task.method).file is None:
            raise Usage(f"{cell.method.name}: {one_line(error)}") from error
    except Exception:
        pass  # its runs report it
    return ""


@contextlib.contextmanager
def as_usage(name: str) -> Iterator[None]:
    """Turn an error of the method or problem called `name` into `Usage` or `Accident`."""
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
