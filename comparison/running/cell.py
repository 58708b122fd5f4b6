"""A run as it is planned: its method and its problem described, its options parsed, its key."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from comparison.results.run_json import digest, limits
from comparison.running.task import Request, Task, request
from methods.provenance import own_version
from methods.result import Facts, Run


@dataclass(frozen=True)
class Description:
    """What a process says of a method that it has imported, or of a problem that it has built.

    Attributes
    ----------
    name : str
        Canonical.
    options : dict
        All options, parsed, as plain data.
    facts : dict
        Those of `methods.result.Facts` that are a method's, or a problem's.
    file : str
        The hash of a user's file; empty for what is built in.
    arguments : str
        Of a method: the parsed options that differ from the function's defaults, see
        `comparison.running.describe`.
    fingerprint : str
        Of a problem's data, such as a corpus.
    title : str
        Of a problem's instance 0.
    anchors : dict of str to float
        Of a problem's instance 0.
    """

    name: str
    options: dict[str, Any]
    facts: dict[str, Any]
    file: str = ""
    arguments: str = ""
    fingerprint: str = ""
    title: str = ""
    anchors: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Cell:
    """A cell of the grid: a task whose method and problem are described."""

    task: Task
    method: Description
    problem: Description

    def __str__(self) -> str:
        return f"{self.method.name} on {self.problem.name}"

    @property
    def files(self) -> dict[str, str]:
        """The hashes of the user's files, where there are any."""
        hashes = {"method_file": self.method.file, "problem_file": self.problem.file}
        return {name: value for name, value in hashes.items() if value}

    @cached_property
    def facts(self) -> Facts:
        """What a reader of its runs has to know, so that it imports nothing."""
        facts: dict[str, Any] = {**self.method.facts, **self.problem.facts}
        for name, value in facts.items():
            facts[name] = tuple(value) if isinstance(value, list) else value
        return Facts(**facts)

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        described = {"method": vars(self.method), "problem": vars(self.problem)}
        return {"task": self.task.to_json(), **described}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Cell:
        """Invert `to_json`."""
        described = (Description(**data[kind]) for kind in ("method", "problem"))
        return cls(Task.from_json(data["task"]), *described)


@dataclass(frozen=True)
class PlannedRun:
    """One run of a cell that is to be made."""

    cell: Cell
    instance: int = 0
    seed: int = 0

    @cached_property
    def problem_key(self) -> str:
        """What all runs on the same instance of the same problem share."""
        problem = self.cell.problem
        data = f"{problem.fingerprint} {problem.file}"
        return digest(problem.name, problem.options, data, self.instance)

    @cached_property
    def key(self) -> str:
        """What identifies the run in a results file: the same key is the same run."""
        method, budget = self.cell.method, limits(asdict(self.cell.task.budget))
        own = method.name, method.options, method.file
        return digest(*own, self.problem_key, self.seed, budget, own_version())

    def identify(self, run: Run, **provenance: str) -> Run:
        """Write on a run its key and what its cell says; return it."""
        run.key, run.facts = self.key, self.cell.facts
        run.provenance = {**run.provenance, **self.cell.files, **provenance}
        return run

    def request(self) -> Request:
        """Return the request that makes it."""
        task, more = self.cell.task, self.cell.to_json()
        return {**more, **request("run", task, instance=self.instance, seed=self.seed)}

    @classmethod
    def from_request(cls, data: Request) -> PlannedRun:
        """Invert `request`."""
        return cls(Cell.from_json(data), data["instance"], data["seed"])
