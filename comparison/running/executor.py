"""What can be asked of whoever serves a comparison's requests, on this machine or others."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from comparison.results.run_json import run_from_json
from comparison.running.task import Preflight, Task, broken_run
from methods.result import Run


class ExecutorLost(Exception):  # noqa: N818 - reads as what happened
    """Whoever served the requests is gone; the message says who."""


@dataclass(frozen=True)
class Request:
    """One thing to do in a worker process.

    Attributes
    ----------
    do : str
        ``problem`` or ``method``: describe it; ``attempts``: try cells at budget 0;
        ``run``: make a run.
    task : Task
    found : Preflight, optional
        What is known of the cell; for a run.
    tasks : sequence of Task
        The cells, of one problem, that are tried.
    """

    do: str
    task: Task
    found: Preflight | None = None
    tasks: Sequence[Task] = ()

    def to_json(self) -> dict[str, Any]:
        """Return plain data, as `comparison.running.worker` takes it."""
        found = self.found and vars(self.found)
        tasks = [task.to_json() for task in self.tasks]
        return {"do": self.do, "task": self.task.to_json(), "found": found, "tasks": tasks}


class Executor(ABC):
    """Serves a comparison's requests; use it in a ``with`` statement.

    Attributes
    ----------
    jobs : int
        How many requests are served at a time.
    """

    jobs: int

    @abstractmethod
    def serve(self, requests: Iterable[Request]) -> Iterator[tuple[Request, dict[str, Any]]]:
        """Serve requests and yield them with their answers, in no particular order.

        A request is asked for when there is somebody to serve it. An answer is
        `comparison.running.child.Child.serve`'s.

        Raises
        ------
        ExecutorLost
        """

    def __enter__(self) -> Executor:
        return self

    @abstractmethod
    def __exit__(self, *exception: object) -> None:
        """End what is being served, and all processes."""

    def describe(self, cells: Sequence[Task]) -> Iterator[tuple[Task, Preflight | str]]:
        """Find out what identifies cells: names, options, files and data.

        Each method and each problem is asked for once, however many cells it is in, and
        no method is tried.

        Yields
        ------
        task : Task
        found : Preflight or str
            A string is what is wrong with the request.
        """
        asked = {_half(do, cell): Request(do, cell) for do in HALVES for cell in cells}
        told: dict[str, Any] = {}
        for request, answer in self.serve(asked.values()):
            what = _half(request.do, request.task)
            described = answer.get("described")
            told[what] = described if isinstance(described, dict) else _why_not(request, answer)
        for cell in cells:
            halves = [told[_half(do, cell)] for do in HALVES]
            wrong = next((half for half in halves if isinstance(half, str)), None)
            yield cell, wrong or Preflight(**halves[0], **halves[1])

    def attempt(
        self, cells: Iterable[tuple[Task, Preflight]]
    ) -> Iterator[tuple[Task, Preflight | str]]:
        """Try described cells at budget 0.

        The built-in methods on a problem share a process; a user's has its own.

        Yields
        ------
        task : Task
        found : Preflight or str
            A string is what is wrong with the request. That a method hangs or
            kills its process is not: its runs will show it.
        """
        cells = list(cells)
        known = {id(task): found for task, found in cells}
        groups: dict[str, list[Task]] = {}
        for task, _ in cells:
            alone = "" if _built_in(task) else str(id(task))
            groups.setdefault(f"{_half('problem', task)} {alone}", []).append(task)
        asked = (Request("attempts", tasks[0], tasks=tasks) for tasks in groups.values())
        for request, answer in self.serve(asked):
            answers = answer.get("attempts")
            if not isinstance(answers, list) or len(answers) != len(request.tasks):
                answers = [answer] * len(request.tasks)
            for task, told in zip(request.tasks, answers, strict=True):
                usage = told.get("usage") if isinstance(told, dict) else None
                reason = str(told.get("unsupported", "")) if isinstance(told, dict) else ""
                yield task, usage or replace(known[id(task)], unsupported=reason)

    def run(self, tasks: Iterable[tuple[Task, Preflight]]) -> Iterator[tuple[Task, Run]]:
        """Make runs and yield them as they end, in no particular order."""
        for request, answer in self.serve(Request("run", *task) for task in tasks):
            if request.found is not None:
                yield request.task, _run(request.task, request.found, answer)


#: What a cell is made of.
HALVES = ("problem", "method")


def _half(do: str, cell: Task) -> str:
    """Return what a description depends on."""
    parts = [do, getattr(cell, do), getattr(cell, f"{do}_options"), cell.shipped.get(do)]
    return json.dumps(parts, default=str)


def _built_in(task: Task) -> bool:
    """Whether neither the method nor the problem is a user's, in a file or an object."""
    return not task.shipped and not any(":" in name for name in (task.method, task.problem))


def _why_not(request: Request, answer: dict[str, Any]) -> str:
    """Return what is wrong with a request that was not answered by a description."""
    if isinstance(usage := answer.get("usage"), str):
        return usage
    why = answer["message"] if "ended" in answer else "its process gave an answer that says nothing"
    return f"{getattr(request.task, request.do)} could not be built: {why}"


def _run(task: Task, found: Preflight, answer: dict[str, Any]) -> Run:
    """Return the run of an answer, which is checked: a method can write into its channel."""
    if "ended" in answer:
        return _cut_run(task, found, answer)
    try:
        run = run_from_json(answer["run"])
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        what = " ".join(str(error).split())
        return broken_run(task, found, "error", f"what it gave cannot be stored: {what}", [])
    asked = found.method, found.problem, task.instance, task.seed, task.budget
    if (run.method, run.problem, run.instance, run.seed, run.budget) != asked:
        return broken_run(task, found, "error", "its process gave another run", [])
    if fresh := answer.get("fresh"):
        run.provenance["fresh"] = str(fresh)
    return run


def _cut_run(task: Task, found: Preflight, answer: dict[str, Any]) -> Run:
    """Return the run of a worker that did not live to report."""
    run = broken_run(task, found, answer["ended"], answer["message"], answer.get("points", []))
    run.memory = answer.get("memory")
    if run.ended == "timeout":
        run.provenance["timeout"] = repr(answer["seconds"])
    return run
