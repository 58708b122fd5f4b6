"""A results file small enough to follow by hand."""

from __future__ import annotations

from typing import Any

from comparison import load
from comparison.results import Results
from comparison.results.store import Store
from methods.result import Run
from problems.core.ledger import Budget, Ledger, TracePoint
from problems.core.reference import Reference

#: Quality is 0 at 10 and 1 at 0.
OPTIMUM = Reference(0.0, "closed form", "by hand")
RANDOM = 10.0


def step(cost: float, value: float, *, gradients: int = 0, kind: str = "value") -> TracePoint:
    """Return a point: CPU seconds are a tenth of the work, tokens a hundred times."""
    return TracePoint(
        kind,
        value,
        work=cost,
        values=int(cost) - 3 * gradients,
        gradients=gradients,
        cpu_seconds=cost / 10,
        wall_seconds=cost / 5,
        tokens=int(100 * cost),
        gradient_work=3.0 * gradients,
    )


def made(
    method: str, *points: TracePoint, spent: float = 100, gradients: int = 0, **changes: Any
) -> Run:
    """Return a run that has this trace, and whose value is the trace's best."""
    values = [point.value for point in points if point.kind == "value"]
    measured = [point.value for point in points if point.kind == "measured"]
    value = min(values or measured, default=None)
    default: dict[str, Any] = {
        "problem": "sphere",
        "value": value,
        "score": None if value is None else value + 0.5,
        "ended": "budget",
        "budget": Budget(100, 20.0),
        "reference": OPTIMUM,
        "random_value": RANDOM,
        "dimension": 9,
        "ledger": Ledger(
            work=spent,
            values=int(spent) - 3 * gradients,
            gradients=gradients,
            gradient_work=3.0 * gradients,
            cpu_seconds=spent / 10,
            wall_seconds=spent / 5,
            tokens=int(100 * spent),
        ),
        "trace": list(points),
    }
    return Run(method=method, **{**default, **changes})


def stored(folder: Any, *runs: Run) -> Results:
    """Return runs as they come out of a results file."""
    path = folder / "results.sqlite"
    with Store(path) as store:
        for i, run in enumerate(runs):
            store.add(f"key{i:03d}", f"{run.problem} {run.instance}", run)
    return load(path)
