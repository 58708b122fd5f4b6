"""A run as a few strings and numbers: what is sent to a worker and what is stored."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

import numpy as np

from methods.best_of_n_curve import BestOfN
from methods.provenance import versions
from methods.result import Run
from problems.ledger import Budget, Ledger, TracePoint
from problems.reference import Reference


@dataclass(frozen=True)
class Task:
    """One run that is to be made.

    Attributes
    ----------
    method, problem : str
        Registered names, or ``path/to/file.py:thing``.
    method_options, problem_options : dict
        What the user set; `Preflight` resolves the rest.
    """

    method: str
    problem: str
    method_options: dict[str, Any] = field(default_factory=dict)
    problem_options: dict[str, Any] = field(default_factory=dict)
    instance: int = 0
    seed: int = 0
    budget: Budget = field(default_factory=Budget)

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


def limits(budget: dict[str, Any]) -> dict[str, Any]:
    """Return a budget's limits in one spelling: 20 seconds and 20.0 make the same run."""
    return {
        name: int(limit) if isinstance(limit, float) and limit.is_integer() else limit
        for name, limit in budget.items()
    }


def digest(*parts: Any) -> str:
    """Return a hash of plain data, the same in every process."""
    text = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def spelled(data: Any) -> Any:
    """Return plain data with infinities and nan as text: JSON has no numbers for them."""
    if isinstance(data, dict):
        return {key: spelled(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [spelled(value) for value in data]
    if isinstance(data, float) and not math.isfinite(data):
        return str(data)
    return data


# ------------------------------------------------------------- runs as plain data


def run_to_json(run: Run) -> dict[str, Any]:
    """Return a run as plain data; no nan or inf is ever written."""
    data = {f.name: getattr(run, f.name) for f in fields(run)}
    data["x"] = None if run.x is None else np.asarray(run.x).tolist()
    data["reference"] = None if run.reference is None else asdict(run.reference)
    data["budget"], data["ledger"] = asdict(run.budget), asdict(run.ledger)
    del data["draws"]
    data["best_of_n"] = [list(asdict(point).values()) for point in run.best_of_n]
    data["trace"] = [list(asdict(point).values()) for point in run.trace]
    for name in ("method_options", "problem_options", "anchors"):
        data[name] = spelled(data[name])
    return data


def run_from_json(data: dict[str, Any]) -> Run:
    """Invert `run_to_json`."""
    reference = data["reference"]
    return Run(
        **{
            **data,
            "x": None if data["x"] is None else np.array(data["x"]),
            "reference": None if reference is None else Reference(**reference),
            "budget": Budget(**data["budget"]),
            "ledger": Ledger(**data["ledger"]),
            "trace": [TracePoint(*point) for point in data["trace"]],
            "best_of_n": [BestOfN(*point) for point in data.get("best_of_n", [])],
        }
    )


def broken_run(task: Task, found: Preflight, ended: str, message: str, points: list[Any]) -> Run:
    """Return the run of a worker that did not live to report: its partial curve.

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
        message=message,
        fingerprint=found.fingerprint,
        versions=versions(),
        ledger=ledger,
        trace=trace,
    )
