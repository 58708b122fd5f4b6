"""What a process does for the one request that it is started for: describe, try, run, call.

It is a copy of a template; whatever it changes in itself ends with it.
"""

from __future__ import annotations

import importlib
import socket
from typing import Any

from comparison.results.run_json import run_to_json
from comparison.running import copies, memory
from comparison.running.broken_run import broken_run
from comparison.running.cell import Cell, PlannedRun
from comparison.running.describe import (
    Usage,
    attempt,
    describe_method,
    describe_problem,
    described_contender,
    one_line,
)
from comparison.running.outbox import Outbox
from comparison.running.problem_cache import ProblemCache
from comparison.running.process_state import put_back, seed_generators
from comparison.running.random_value import random_value
from comparison.running.shipped import CATALOGUES, register
from comparison.running.task import Answer, Request, Task
from methods.provenance import machine
from methods.result import Run
from methods.run import make_run
from problems import PROBLEMS, Unsupported
from problems.core.accident import Accident, accidental, present
from problems.core.ledger import BrokenReference


def serve(
    request: Request, channel: socket.socket, points: int, problems: ProblemCache | None = None
) -> None:
    """Do what a request asks for and answer it; a template then goes on with its copies.

    Parameters
    ----------
    request : dict
        As `comparison.running.task.request` writes it; `ACTIONS` has what it may ask for.
    channel : socket
    points : int
        The descriptor of a file for trace points.
    problems : ProblemCache, optional
        Where the template has built the problem already.
    """
    outbox, cache = Outbox(channel, points), problems or ProblemCache()
    register(Task.from_json(request["task"]))
    try:
        answer = ACTIONS[request["action"]](request, cache, outbox)
    except Usage as error:
        answer = {"usage": str(error)}
    except Accident as error:
        answer = {"ended": "killed", "message": str(error)}
    try:
        outbox.send(answer)
    except (ValueError, RecursionError) as error:  # such as the nan of a problem's description
        outbox.send(_unsendable(request, one_line(error)))
        return
    if answer.get("not_copied") == "":

        def copy(request: Request, channel: socket.socket, points: int) -> None:
            serve(request, channel, points, cache)

        copies.make_copies(channel, copy, cache.answer)


def _describe_problem(request: Request, problems: ProblemCache, outbox: Outbox) -> Answer:
    task = Task.from_json(request["task"])
    described = vars(describe_problem(task, problems, request["instance"]))
    user = "problem" in task.shipped or PROBLEMS.entry(task.problem).file is not None
    return {"described": described, "not_copied": copies.why_not_copied(), "user": user}


def _describe_method(request: Request, problems: ProblemCache, outbox: Outbox) -> Answer:
    return {"described": vars(describe_method(Task.from_json(request["task"])))}


def _try(request: Request, problems: ProblemCache, outbox: Outbox) -> Answer:
    """Try cells of one problem; report why each is unsupported, or what the user has to mend."""
    tried = []
    for cell in map(Cell.from_json, request["cells"]):
        try:
            tried.append({"unsupported": attempt(cell, problems, outbox)})
        except Usage as error:
            tried.append({"usage": str(error)})
    return {"tried": tried}


def _random_value(request: Request, problems: ProblemCache, outbox: Outbox) -> Answer:
    problem = problems.build(Task.from_json(request["task"]), request["instance"])
    outbox.send({"started": None})
    return {"random value": random_value(problem)}


def _run(request: Request, problems: ProblemCache, outbox: Outbox) -> Answer:
    run = perform(PlannedRun.from_request(request), problems, outbox)
    return {"run": run_to_json(run), "batch": run.batch}


def _call(request: Request, problems: ProblemCache, outbox: Outbox) -> Answer:
    """Call a function of the suite with the task, and with a function that sends findings."""

    def report(finding: dict[str, Any]) -> None:
        outbox.send({"finding": finding})

    outbox.send({"started": None})
    module, _, name = request["function"].partition(":")
    function = getattr(importlib.import_module(module), name)
    answer: Answer = function(Task.from_json(request["task"]), report)
    return answer


#: The actions that a request can ask for.
ACTIONS = {
    "describe problem": _describe_problem,
    "describe method": _describe_method,
    "try": _try,
    "random value": _random_value,
    "run": _run,
    "call": _call,
}


def _unsendable(request: Request, why: str) -> Answer:
    """Return the answer in place of one that is no plain data."""
    if request["action"] != "run":
        problem = request["task"]["problem"]
        return {"usage": f"{problem}: what it says of itself cannot be stored: {why}"}
    why = f"what it gave cannot be stored: {why}"
    return {"run": run_to_json(broken_run(PlannedRun.from_request(request), "error", why))}


def perform(planned: PlannedRun, problems: ProblemCache, outbox: Outbox) -> Run:
    """Make a run; whatever the method or the problem does, a `Run` comes back."""
    cell, before = planned.cell, None
    try:
        if changed := _changed_file(cell):
            return broken_run(planned, "killed", changed)
        problem = problems.build(cell.task, planned.instance)
        seed_generators(planned.seed)
        outbox.send({"started": None})  # the time to build is not the method's
        before = memory.forget_peak()
        with put_back():
            how: dict[str, Any] = {"seed": planned.seed, "listener": outbox.keep}
            how["judging"] = lambda: outbox.send({"judging": None})
            run = make_run(problem, described_contender(cell), cell.task.budget, **how)
    except Unsupported as reason:
        run = broken_run(planned, "unsupported", str(reason))
    except BrokenReference as error:  # its value refutes what is called proven
        run = error.run or broken_run(planned, "error", one_line(error), outbox.points())
    except BaseException as error:
        ended = "killed" if accidental(error) else "error"
        run = broken_run(planned, ended, one_line(error), outbox.points())
    run.provenance = machine()
    run.memory = None if before is None else problems.held + memory.grown(before)
    return run


def _changed_file(cell: Cell) -> str:
    """Say which file of the user is not the one that was described; empty if none is."""
    for kind, description in (("method", cell.method), ("problem", cell.problem)):
        name = getattr(cell.task, kind)
        if not description.file:
            continue
        if kind not in cell.task.shipped and not present(name):
            return f"{name}: its file is not there now"
        entry = CATALOGUES[kind].entry(name)
        if entry.digest() != description.file:
            return f"{entry.name}: its file has changed meanwhile, or differs between machines"
    return ""
