"""A run as a few strings and numbers: what is sent to a worker and what is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from comparison.results.run_json import digest, limits, spelled
from methods.provenance import versions
from methods.result import Facts, Run
from problems.core.error_text import MOST_MESSAGE, cut
from problems.core.ledger import Budget, Ledger, TracePoint


@dataclass(frozen=True)
class Task:
    """One run that is to be made.

    Attributes
    ----------
    method, problem : str
        Registered names, or ``path/to/file.py:thing``.
    method_options, problem_options : dict
        What the user set; `Preflight` resolves the rest.
    shipped : dict of str to dict
        For ``method`` and ``problem``, where it is an object of the caller's: see `ship`.
    """

    method: str
    problem: str
    method_options: dict[str, Any] = field(default_factory=dict)
    problem_options: dict[str, Any] = field(default_factory=dict)
    instance: int = 0
    seed: int = 0
    budget: Budget = field(default_factory=Budget)
    shipped: dict[str, dict[str, str]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        data: dict[str, Any] = spelled(asdict(self))
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Task:
        """Invert `to_json`."""
        return cls(**{**data, "budget": Budget(**data["budget"])})


@dataclass(frozen=True)
class Preflight:
    """What a try at budget 0 found out about a cell of the grid.

    Attributes
    ----------
    method, problem : str
        Canonical names.
    method_options, problem_options : dict
        All options, resolved.
    method_identity, problem_identity : str
        Hashes of user files, and the fingerprint of the data.
    unsupported : str
        Why the method cannot run on this problem; empty if it can.
    title, objective : str
        What the problem is, for the table's heading.
    anchors : dict of str to float
    one_instance : bool
        Whether every instance number gives the same problem.
    family, seeded, white_box, needs, views, method_changes, problem_changes
        What a reader of its runs has to know, see `methods.result.Facts`.
    """

    method: str
    problem: str
    method_options: dict[str, Any]
    problem_options: dict[str, Any]
    method_identity: str
    problem_identity: str
    title: str
    objective: str
    anchors: dict[str, float]
    unsupported: str = ""
    one_instance: bool = False
    family: str = "user"
    seeded: bool = True
    white_box: bool = False
    needs: Sequence[str] = ()
    views: Sequence[str] = ()
    method_changes: Sequence[str] = ()
    problem_changes: Sequence[str] = ()

    @property
    def cell(self) -> tuple[str, str]:
        """The names of the method and the problem."""
        return self.method, self.problem

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the problem's data."""
        return self.problem_identity.rpartition(" ")[0]

    def files(self) -> dict[str, str]:
        """Return the hashes of the user's files, if there are any."""
        problem_file = self.problem_identity.rpartition(" ")[2]
        found = {"method_file": self.method_identity, "problem_file": problem_file}
        return {name: value for name, value in found.items() if value}

    def facts(self) -> Facts:
        """Return what a reader of the runs has to know, so that it imports nothing."""
        return Facts(
            self.family,
            self.seeded,
            self.white_box,
            tuple(self.needs),
            self.objective,
            self.one_instance,
            tuple(self.views),
            tuple(self.method_changes),
            tuple(self.problem_changes),
        )

    def problem_key(self, instance: int) -> str:
        """Return what all runs on the same instance of the same problem share."""
        return digest(self.problem, self.problem_options, self.problem_identity, instance)

    def key(self, task: Task, version: str) -> str:
        """Return what identifies a run: the same key is the same run."""
        return digest(
            self.method,
            self.method_options,
            self.method_identity,
            self.problem_key(task.instance),
            task.seed,
            limits(asdict(task.budget)),
            version,
        )


def broken_run(task: Task, found: Preflight, ended: str, message: str, points: list[Any]) -> Run:
    """Return the run of a worker that did not live to report: its partial curve.

    What its problem is called it has of instance 0 only, which is the one that was described.

    Parameters
    ----------
    points : list
        What the worker had streamed, each the values of a `TracePoint`.
    """
    trace = [TracePoint(*point) for point in points]
    exact = [p.value for p in trace if p.kind == "value"]
    measured = [p.value for p in trace if p.kind == "measured"]
    bounds = [p.value for p in trace if p.kind == "bound"]
    ledger = Ledger()
    if trace:
        last = trace[-1]
        ledger = replace(
            ledger,
            work=last.work,
            values=last.values,
            gradients=last.gradients,
            tokens=last.tokens,
            gradient_work=last.gradient_work,
            cpu_seconds=last.cpu_seconds,
            wall_seconds=last.wall_seconds,
        )
    return Run(
        method=found.method,
        problem=found.problem,
        instance=task.instance,
        seed=task.seed,
        method_options=found.method_options,
        problem_options=found.problem_options,
        budget=task.budget,
        value=min(exact or measured, default=None),
        last=measured[-1] if measured else None,
        bound=max(bounds) if bounds else None,
        ended=ended,
        message=cut(message, MOST_MESSAGE),
        title="" if task.instance else found.title,
        anchors={} if task.instance else found.anchors,
        fingerprint=found.fingerprint,
        versions=versions(),
        ledger=ledger,
        trace=trace,
    )


def claims_nothing(run: dict[str, Any], message: str) -> dict[str, Any]:
    """Return a run as plain data without what it claims, ended by an error."""
    claims = ("x", "value", "last", "score", "bound", "surrogate")
    without = {**run, **dict.fromkeys(claims), "uncertainty": 0.0}
    without.update(description="", trace=[], best_of_n=[])
    return {**without, "ended": "error", "message": message}
