"""Runs, cells and comparisons made by hand, so that every number is known."""

from __future__ import annotations

import base64
import pickle
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from comparison.results import Results
from comparison.results.facts import facts_of
from comparison.results.run_json import run_to_json
from comparison.results.store import Store
from comparison.results.trace import as_points
from comparison.running.base import Base
from comparison.running.cell import Cell, Description, PlannedRun
from comparison.running.task import Task
from methods import METHODS
from methods.result import Run
from methods.run import contender
from problems.core.ledger import Budget, Ledger
from problems.core.reference import Reference

#: A user's file, and a corpus small enough for every test.
USER = Path(__file__).parent / "running" / "misbehaving.py"
CORPUS = "markov:length=5000,symbols=5"

#: The keys of a row that issue 2 lists, in its order.
KEYS = [
    "method", "family", "problem", "instance", "seeds", "value", "value_low", "value_high",
    "last", "score", "reference", "reference_kind", "gap", "bound", "work", "values",
    "gradients", "cpu_seconds", "wall_seconds", "solved", "ended",
]  # fmt: skip


def user(name: str) -> str:
    """Return the name of a thing in `misbehaving.py`."""
    return f"{USER}:{name}"


def task(method: str = "random-search", problem: str = "sphere", **changes: Any) -> Task:
    """Return a small task."""
    return Task(method, problem, **{"budget": Budget(20, 20.0), **changes})


def cell(made: Task | None = None, **facts: Any) -> Cell:
    """Return a task as it could be described; of a user's file its name alone is known.

    Parameters
    ----------
    made : Task, optional
    **facts
        See `methods.result.Facts`.
    """
    made = task() if made is None else made
    arguments = ""
    if made.method_options:
        parsed = contender(made.method, made.method_options).options
        arguments = pickled({name: parsed[name] for name in made.method_options})
    named = METHODS.named(made.method)
    method = made.method.rpartition("/")[2] if named is None else named.name
    problem, facts = made.problem.rpartition("/")[2], {"objective": "distance", **facts}
    return Cell(
        made,
        Description(method, {"population": 50}, {}, arguments=arguments),
        Description(problem, {"dimension": 3}, facts, title="a small instance"),
    )


def pickled(arguments: dict[str, Any]) -> str:
    """Return arguments as a method's description has them."""
    return base64.b64encode(pickle.dumps(arguments)).decode()


def planned(
    method: str = "random-search",
    problem: str = "sphere",
    *,
    instance: int = 0,
    seed: int = 0,
    **changes: Any,
) -> PlannedRun:
    """Return a small run of a `task`."""
    return PlannedRun(cell(task(method, problem, **changes)), instance, seed)


def run(
    method: str = "genetic", value: float | None = 1.0, *, cpu: float = 0.5, **changes: Any
) -> Run:
    """Return a finished run; its held-out score is its value plus one."""
    ledger = Ledger(work=40, values=40, cpu_seconds=cpu, wall_seconds=2 * cpu)
    default: dict[str, Any] = {
        "problem": "sphere",
        "score": None if value is None else value + 1,
        "ended": "budget",
        "ledger": ledger,
    }
    return Run(method=method, value=value, **{**default, **changes})


def certificate(value: float = 1.0, **changes: Any) -> Run:
    """Return a run of integer programming that proved its value optimal."""
    return run("integer-programming", value, **{"bound": value, "ended": "optimal", **changes})


def unsupported(method: str = "counting", why: str = "there is nothing to count", **more: Any):
    """Return the run of a method that cannot."""
    return run(method, None, **{"ended": "unsupported", "message": why, **more})


def comparison(
    *runs: Run, known: tuple[Run, ...] = (), title: str = "a small instance", **told: Any
) -> Results:
    """Return the results of a comparison that made these runs; `known` are other stored runs.

    What their problem is called is told by those that do not say it themselves.
    """
    everything = [*runs, *known]
    for i, one in enumerate(everything):
        one.key = one.key or f"run {i}"
        one.title = one.title or title
        one.anchors = one.anchors or told.get("anchors", {})
        if one.facts is None:
            facts = facts_of(one)
            one.facts = replace(facts, objective=told.get("objective", "distance"))
    return Results("comparison.sqlite", runs, known, in_order=True)


def all_but_times(run: Run) -> dict[str, Any]:
    """Return what is the same whenever and wherever a run is made: all but clocks and memory."""
    data = run_to_json(run)
    for name in ("memory", "provenance"):
        del data[name]
    for name in ("cpu_seconds", "wall_seconds"):
        del data["ledger"][name]
    data["trace"] = [(p.kind, p.value, p.work, p.values, p.gradients) for p in run.trace]
    return data


BOUND = Reference(0.5, "bound", "a relaxation")
OPTIMUM = Reference(0.0, "closed form", "an argument", 1e-8)


def wait_for(condition: Callable[[], Any], seconds: float = 30.0) -> Any:
    """Return the condition's value as soon as it is true; the limit only ends a broken test."""
    deadline = time.monotonic() + seconds
    while not (answer := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"still not so after {seconds:g} s")
        time.sleep(0.02)
    return answer


def let_no_base_be_copied(monkeypatch: Any) -> None:
    """Have each base say that it has a thread more than it has, for which it may not be copied."""
    threads = Base._threads
    monkeypatch.setattr(Base, "_threads", lambda base: 1 + threads(base))


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended but was not waited for does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] not in "ZX"


def ancestors(pid: int) -> list[int]:
    """Return the numbers of the processes that a process comes from, the nearest first."""
    found = []
    while pid > 1:
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        found.append(pid)
    return found


def noted(path: Path) -> int:
    """Wait for a process number that `misbehaving.note` writes."""
    wait_for(path.exists)
    return int(path.read_text())


def short(value: object) -> str:
    """Return a readable name for a test's parameter: the thing without its file's path."""
    return str(value).rpartition(":")[2][:40]


def with_traces(store: Store, problem_keys: Iterable[str] | None = None) -> dict[str, Run]:
    """Return stored runs by key, each with its trace."""
    runs = store.runs(problem_keys)
    for key, trace in store.traces(runs):
        runs[key].trace = as_points(trace)
    return runs
