"""Results files made by hand."""

from __future__ import annotations

from pathlib import Path

from comparison.results import Results, load
from comparison.results.store import Store
from methods.result import Run
from problems.core.ledger import Budget, Ledger, TracePoint
from problems.core.reference import Reference
from tests.comparison.examples import run

ZERO = Reference(0.0, "closed form", "an argument")


def stored(folder: Path, *runs: Run, name: str = "results.sqlite") -> Results:
    """Return the results of a new file with these runs, whose keys are 0, 1, 2 …"""
    with Store(folder / name) as store:
        for number, one in enumerate(runs):
            store.add(f"{number:024x}", f"{one.problem} {one.instance}", one)
    return load(folder / name)


def evaluated(
    method: str, *points: tuple[float, float], work: float, kind: str = "value", **changes
) -> Run:
    """Return a run that saw these values, each after so much work; its optimum is 0."""
    trace = [TracePoint(kind, v, w, int(w), 0, w / 100, w / 50) for w, v in points]
    known = {
        "trace": trace,
        "reference": ZERO,
        "dimension": 3,
        "budget": Budget(100, 20.0),
        "ledger": Ledger(work=work, values=int(work)),
    }
    return run(method, min((v for _, v in points), default=None), **{**known, **changes})
