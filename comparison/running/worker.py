"""What a process does for the one request that it is started for: describe, try, run, check.

It is a copy of a template, and what it does to itself ends with it.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from typing import Any

from comparison.results.run_json import run_to_json, spelled
from comparison.running import memory, template
from comparison.running.outbox import Outbox
from comparison.running.process_state import put_back, seed_generators
from comparison.running.shipped import CATALOGUES, register
from comparison.running.task import Preflight, Task, broken_run
from comparison.running.workplace import Workplace
from methods import METHODS
from methods.provenance import machine
from methods.result import Run
from methods.run import load_method, make_run, minimize
from problems import PROBLEMS, Budget, Unsupported
from problems.accident import Accident, accidental, present
from problems.answers import Answers
from problems.error_text import message_of
from problems.ledger import BrokenReference
from problems.options import changed, resolve
from problems.problem import VIEWS, has_view


class Usage(Exception):  # noqa: N818 - reads as what it is: the user's to mend
    """What was asked for cannot be run; the message says why."""


def serve(
    request: dict[str, Any],
    channel: socket.socket,
    points: int,
    workplace: Workplace | None = None,
) -> None:
    """Do what a request asks for and answer it; a template then goes on with its copies.

    Parameters
    ----------
    request : dict
        As `comparison.running.executor.Request` writes it.
    channel : socket
    points : int
        The descriptor of a file for trace points.
    workplace : Workplace, optional
        Where the template has built the problem already.
    """
    outbox = Outbox(channel, points)
    place = workplace or Workplace()
    task = Task.from_json(request["task"])
    register(task)
    answer = _answer(request, task, place, outbox)
    try:
        outbox.send(answer)
    except (ValueError, RecursionError) as error:  # a problem describes itself by nan, say
        outbox.send(_unsendable(request, task, one_line(error)))
        return
    if "described" in answer and request["do"] == "problem" and not answer["not_copied"]:

        def copy(request: dict[str, Any], channel: socket.socket, points: int) -> None:
            serve(request, channel, points, place)

        template.make_copies(channel, copy, place.tell)


def _answer(
    request: dict[str, Any], task: Task, place: Workplace, outbox: Outbox
) -> dict[str, Any]:
    do = request["do"]
    try:
        if do == "problem":
            told = describe_problem(task, place)
            user = "problem" in task.shipped or PROBLEMS.entry(task.problem).file is not None
            why_not = template.why_not_copied()
            return {"described": told, "not_copied": why_not, "user": user}
        if do == "method":
            return {"described": describe_method(task)}
        if do == "attempt":
            return {"unsupported": attempt(task, place, outbox)}
        if do == "random value":
            return {"random value": _random_value(task, place, outbox)}
        run = perform(task, Preflight(**request["found"]), place, outbox)
        return {"run": run_to_json(run), "batch": run.batch}
    except Usage as error:
        return {"usage": str(error)}
    except Accident as error:
        return {"ended": "killed", "message": str(error)}


def _unsendable(request: dict[str, Any], task: Task, why: str) -> dict[str, Any]:
    """Return what to answer instead of something that is no plain data."""
    if request["do"] != "run":
        return {"usage": f"{task.problem}: what it says of itself cannot be stored: {why}"}
    why = f"what it gave cannot be stored: {why}"
    run = broken_run(task, Preflight(**request["found"]), "error", why, [])
    return {"run": run_to_json(run)}


def describe_problem(task: Task, place: Workplace) -> dict[str, Any]:
    """Return the fields of a `Preflight` that are the problem's.

    Raises
    ------
    Usage
        When it cannot be built, for a reason that the user can mend.
    Accident
        When it could not be built for a reason that may be gone the next time.
    """
    with _as_usage(task.problem):
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
    with _as_usage(task.method):
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


@contextlib.contextmanager
def _as_usage(name: str) -> Iterator[None]:
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
    with _as_usage(task.problem):
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


def _random_value(task: Task, place: Workplace, outbox: Outbox) -> float | None:
    place.build(task)
    outbox.send({"started": None})
    return place.warm()


def perform(task: Task, found: Preflight, place: Workplace, outbox: Outbox) -> Run:
    """Make a run; whatever the method or the problem does, a `Run` comes back."""
    counts = False
    try:
        changed = _changed(task, found)
        if changed:
            return broken_run(task, found, "killed", changed, [])
        problem = place.build(task)
        seed_generators(task.seed)
        outbox.send({"started": None})  # building was not the method's doing
        counts = memory.forget_peak()
        with put_back():
            run = make_run(
                problem,
                task.method,
                task.budget,
                seed=task.seed,
                listener=outbox.keep,
                **task.method_options,
            )
    except Unsupported as reason:
        run = broken_run(task, found, "unsupported", str(reason), [])
    except BrokenReference as error:  # its value refutes what is called proven
        run = error.run or broken_run(task, found, "error", one_line(error), outbox.points())
    except BaseException as error:
        ended = "killed" if accidental(error) else "error"
        run = broken_run(task, found, ended, one_line(error), outbox.points())
    run.provenance = machine()
    run.memory = memory.peak() if counts else None
    return run


def _changed(task: Task, found: Preflight) -> str:
    """Say which file of the user's is not the one that was described, if any is."""
    for which, digest in found.files().items():
        kind = which.removesuffix("_file")
        catalogue, name = CATALOGUES[kind], getattr(task, kind)
        if kind not in task.shipped and not present(name):
            return f"{name}: its file is not there now"
        entry = catalogue.entry(name)
        if entry.digest() != digest:
            return f"{entry.name}: its file has changed meanwhile, or differs between machines"
    return ""


def one_line(error: BaseException) -> str:
    """Return an error's message in one line, with its kind where the kind says more."""
    text = message_of(error) or "no message"
    return text if isinstance(error, ValueError) else f"{type(error).__name__}: {text}"
