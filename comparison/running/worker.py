"""What a process does for the one request that it is started for: describe, try, run, check.

It is a copy of a template, and what it does to itself ends with it.
"""

from __future__ import annotations

import socket
from typing import Any

from comparison.results.run_json import run_to_json
from comparison.running import memory, template
from comparison.running.inquiry import (
    Usage,
    as_usage,
    attempt,
    describe_method,
    describe_problem,
    one_line,
)
from comparison.running.outbox import Outbox
from comparison.running.process_state import put_back, seed_generators
from comparison.running.shipped import CATALOGUES, register
from comparison.running.task import Preflight, Task, broken_run
from comparison.running.workplace import Workplace
from methods.provenance import machine
from methods.result import Run
from methods.run import make_run
from problems import PROBLEMS, Unsupported
from problems.core.accident import Accident, accidental, present
from problems.core.ledger import BrokenReference


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
        if do in ("kind", "check", "values"):
            return _contract(do, task, outbox)
        if do == "attempts":
            return {"attempts": [_attempted(each, place, outbox) for each in request["tasks"]]}
        if do == "random value":
            return {"random value": _random_value(task, place, outbox)}
        run = perform(task, Preflight(**request["found"]), place, outbox)
        return {"run": run_to_json(run), "batch": run.batch}
    except Usage as error:
        return {"usage": str(error)}
    except Accident as error:
        return {"ended": "killed", "message": str(error)}


def _attempted(data: dict[str, Any], place: Workplace, outbox: Outbox) -> dict[str, str]:
    try:
        return {"unsupported": attempt(Task.from_json(data), place, outbox)}
    except Usage as error:
        return {"usage": str(error)}


def _contract(do: str, task: Task, outbox: Outbox) -> dict[str, Any]:
    """Say what a thing is or is worth, or check it and tell each finding as it is made."""
    from comparison.contract import subject  # it is made of requests to processes like this

    def tell(check: str, fault: str | None) -> None:
        outbox.send({"finding": {"check": check, "fault": fault}})

    outbox.send({"started": None})
    if do == "check":
        return subject.check(task.method, task.problem, tell)
    if do == "values":
        return subject.values(task.problem)
    with as_usage(task.method):
        return {"kind": subject.kind(task.method)}


def _unsendable(request: dict[str, Any], task: Task, why: str) -> dict[str, Any]:
    """Return what to answer instead of something that is no plain data."""
    if request["do"] != "run":
        return {"usage": f"{task.problem}: what it says of itself cannot be stored: {why}"}
    why = f"what it gave cannot be stored: {why}"
    run = broken_run(task, Preflight(**request["found"]), "error", why, [])
    return {"run": run_to_json(run)}


def _random_value(task: Task, place: Workplace, outbox: Outbox) -> float | None:
    place.build(task)
    outbox.send({"started": None})
    return place.warm()


def perform(task: Task, found: Preflight, place: Workplace, outbox: Outbox) -> Run:
    """Make a run; whatever the method or the problem does, a `Run` comes back."""
    before = None
    try:
        changed = _changed(task, found)
        if changed:
            return broken_run(task, found, "killed", changed, [])
        problem = place.build(task)
        seed_generators(task.seed)
        outbox.send({"started": None})  # building was not the method's doing
        before = memory.forget_peak()
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
    run.memory = None if before is None else place.held + memory.grown(before)
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
