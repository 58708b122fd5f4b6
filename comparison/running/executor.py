"""What can be asked of the processes of a comparison, on this machine or others."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import Self, TypeVar

from comparison.results.run_json import run_from_json
from comparison.running.broken_run import broken_run
from comparison.running.cell import Cell, Description, PlannedRun
from comparison.running.grid import GridError
from comparison.running.task import Answer, Request, Task, request
from methods.result import Run

T = TypeVar("T")

_NO_ANSWER = "its process gave an answer that says nothing"


class ExecutorLost(Exception):  # noqa: N818 - reads as what happened
    """The processes that serve a comparison are gone; the message says which."""


class Executor(ABC):
    """Serves a comparison's requests; use it in a ``with`` statement.

    Attributes
    ----------
    jobs : int
        How many requests are served at a time.
    """

    jobs: int

    @abstractmethod
    def serve(self, requests: Iterable[tuple[T, Request]]) -> Iterator[tuple[T, Answer]]:
        """Serve requests and yield their answers, in no particular order.

        Parameters
        ----------
        requests : iterable of (object, dict)
            Each request with what it is for, see `comparison.running.task.request`. One is
            taken when it can be served.

        Yields
        ------
        object, dict
            What the request was for, and the answer, see `comparison.running.child.Child`.

        Raises
        ------
        ExecutorLost
        """

    def __enter__(self) -> Self:
        return self

    @abstractmethod
    def __exit__(self, *exception: object) -> None:
        """End what is being served, and all processes."""

    def describe(self, tasks: Sequence[Task]) -> list[Cell]:
        """Describe the methods and the problems of tasks.

        Each method and each problem is asked for once, however many tasks it is in, and
        no method is tried.

        Raises
        ------
        GridError
            When a method or a problem does not exist, or not with these options.
        """
        parts = [(kind, task) for kind in ("problem", "method") for task in tasks]
        asked = {_part(kind, task): request(f"describe {kind}", task) for kind, task in parts}
        answers = dict(self.serve(asked.items()))
        cells = []
        for task in tasks:
            problem = _described(task.problem, answers[_part("problem", task)])
            method = _described(task.method, answers[_part("method", task)])
            cells.append(Cell(task, method, problem))
        return cells

    def attempt(self, cells: Iterable[Cell]) -> Iterator[tuple[Cell, str]]:
        """Try cells at budget 0.

        The built-in methods on a problem share a process; a user's has its own.

        Yields
        ------
        cell : Cell
        unsupported : str
            Why the method cannot run on the problem; empty if it can. That a method hangs or
            kills its process is no reason: its runs report it.

        Raises
        ------
        GridError
            When a method refuses its options, or misses a library.
        """
        groups: dict[str, list[Cell]] = {}
        for cell in cells:
            alone = "" if cell.task.built_in else str(id(cell))
            groups.setdefault(f"{_part('problem', cell.task)} {alone}", []).append(cell)
        requests = (
            (group, request("try", group[0].task, cells=[cell.to_json() for cell in group]))
            for group in groups.values()
        )
        for group, answer in self.serve(requests):
            tried = answer.get("tried")
            if not isinstance(tried, list) or len(tried) != len(group):
                tried = [answer] * len(group)
            for cell, outcome in zip(group, tried, strict=True):
                outcome = outcome if isinstance(outcome, dict) else {}
                if usage := outcome.get("usage"):
                    raise GridError(str(usage))
                yield cell, str(outcome.get("unsupported", ""))

    def run(self, runs: Iterable[PlannedRun]) -> Iterator[tuple[PlannedRun, Run]]:
        """Make runs and yield them as they end, in no particular order."""
        for planned, answer in self.serve((planned, planned.request()) for planned in runs):
            yield planned, _run(planned, answer)


def _part(kind: str, task: Task) -> str:
    """Return what the description of a task's method or problem depends on."""
    parts = [kind, getattr(task, kind), getattr(task, f"{kind}_options"), task.shipped.get(kind)]
    return json.dumps(parts, default=str)


def _described(name: str, answer: Answer) -> Description:
    """Return a description from an answer, which may be anything."""
    if isinstance(usage := answer.get("usage"), str):
        raise GridError(usage)
    try:
        return Description(**answer["described"])
    except (KeyError, TypeError):
        why = answer["message"] if "ended" in answer else _NO_ANSWER
        raise GridError(f"{name} could not be built: {why}") from None


def _run(planned: PlannedRun, answer: Answer) -> Run:
    """Return the run from an answer, which is checked: a method can write into its channel."""
    if "ended" in answer:
        return _cut_run(planned, answer)
    try:
        run = run_from_json(answer["run"])
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        why = " ".join(str(error).split())
        return broken_run(planned, "error", f"what it gave cannot be stored: {why}")
    cell = planned.cell
    asked = cell.method.name, cell.problem.name, planned.instance, planned.seed, cell.task.budget
    if (run.method, run.problem, run.instance, run.seed, run.budget) != asked:
        return broken_run(planned, "error", "its process gave another run")
    if fresh := answer.get("fresh"):
        run.provenance["fresh"] = str(fresh)
    return run


def _cut_run(planned: PlannedRun, answer: Answer) -> Run:
    """Return the run of a process that ended before it reported it."""
    run = broken_run(planned, answer["ended"], answer["message"], answer.get("points", ()))
    run.memory = answer.get("memory")
    if run.ended == "timeout":
        run.provenance["timeout"] = repr(answer["seconds"])
    return run
