"""A run as it is planned: its method and its problem described, its options parsed, its key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from comparison.results.run_json import digest, limits
from comparison.running.task import Task, request
from methods.provenance import own_version
from methods.result import Facts, Run


@dataclass(frozen=True)
class MethodDescription:
    """What a process that has imported a method says of it.

    Attributes
    ----------
    name : str
        Canonical.
    options : dict
        All options, parsed, as plain data.
    arguments : str
        The parsed options that differ from the function's defaults, see
        `comparison.running.describe`.
    file : str
        The hash of a user's file; empty for a built-in method.
    family, seeded, white_box, needs, changes
        See `methods.result.Facts`.
    """

    name: str
    options: dict[str, Any]
    arguments: str = ""
    file: str = ""
    family: str = "user"
    seeded: bool = True
    white_box: bool = False
    needs: Sequence[str] = ()
    changes: Sequence[str] = ()


@dataclass(frozen=True)
class ProblemDescription:
    """What a process that has built instance 0 of a problem says of it.

    Attributes
    ----------
    name : str
        Canonical.
    options : dict
        All options, parsed, as plain data.
    fingerprint : str
        Of the problem's data, such as a corpus.
    file : str
        The hash of a user's file; empty for a built-in problem.
    title, objective : str
        For a table's heading.
    anchors : dict of str to float
    one_instance, views, changes
        See `methods.result.Facts`.
    """

    name: str
    options: dict[str, Any]
    fingerprint: str = ""
    file: str = ""
    title: str = ""
    objective: str = "value"
    anchors: dict[str, float] = field(default_factory=dict)
    one_instance: bool = False
    views: Sequence[str] = ()
    changes: Sequence[str] = ()


@dataclass(frozen=True)
class Cell:
    """A cell of the grid: a task whose method and problem are described."""

    task: Task
    method: MethodDescription
    problem: ProblemDescription

    def __str__(self) -> str:
        return f"{self.method.name} on {self.problem.name}"

    @property
    def files(self) -> dict[str, str]:
        """The hashes of the user's files, where there are any."""
        hashes = {"method_file": self.method.file, "problem_file": self.problem.file}
        return {name: value for name, value in hashes.items() if value}

    @property
    def facts(self) -> Facts:
        """What a reader of its runs has to know, so that it imports nothing."""
        method, problem = self.method, self.problem
        return Facts(
            method.family,
            method.seeded,
            method.white_box,
            tuple(method.needs),
            problem.objective,
            problem.one_instance,
            tuple(problem.views),
            tuple(method.changes),
            tuple(problem.changes),
        )

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "task": self.task.to_json(),
            "method": vars(self.method),
            "problem": vars(self.problem),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Cell:
        """Invert `to_json`."""
        return cls(
            Task.from_json(data["task"]),
            MethodDescription(**data["method"]),
            ProblemDescription(**data["problem"]),
        )


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
        method = self.cell.method
        return digest(
            method.name,
            method.options,
            method.file,
            self.problem_key,
            self.seed,
            limits(asdict(self.cell.task.budget)),
            own_version(),
        )

    def identify(self, run: Run, **provenance: str) -> Run:
        """Write on a run its key and what its cell says; return it."""
        run.key, run.facts = self.key, self.cell.facts
        run.provenance = {**run.provenance, **self.cell.files, **provenance}
        return run

    def request(self) -> dict[str, Any]:
        """Return the request that makes it."""
        task, more = self.cell.task, self.cell.to_json()
        return {**more, **request("run", task, instance=self.instance, seed=self.seed)}

    @classmethod
    def from_request(cls, data: dict[str, Any]) -> PlannedRun:
        """Invert `request`."""
        return cls(Cell.from_json(data), data["instance"], data["seed"])
