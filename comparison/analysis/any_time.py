"""Quality over cost: any-time curves, and the views at fixed budgets and fixed targets."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TypedDict

import numpy as np

from comparison.analysis.curves import SHARES, Evidence
from comparison.statistics.quartiles import quartiles
from comparison.statistics.runtimes import expected_running_time

#: Regrets of the fixed targets.
REGRETS = (0.1, 0.01, 0.001)


class CurvePoint(TypedDict):
    """A point of a contender's curve on an instance: quartiles over seeds by a cost.

    `low` or `high` is None where some seed had no value yet.
    """

    problem: str
    instance: int
    contender: str
    cost: float
    low: float | None
    median: float | None
    high: float | None


class FixedBudget(TypedDict):
    """The median value and quality of a contender at a share of the common budget."""

    problem: str
    instance: int
    contender: str
    share: float
    budget: float
    value: float | None
    quality: float | None


class FixedTarget(TypedDict):
    """The expected running time of a contender to a regret.

    `value` is that of the regret, `cost` None where no run got there, and `reached` the
    number of those that did, of `runs`.
    """

    problem: str
    instance: int
    contender: str
    regret: float
    value: float
    cost: float | None
    reached: int
    runs: int


def any_time_rows(evidence: Evidence, axis: str) -> Iterator[CurvePoint]:
    """Yield the points of each contender's curve on each instance, on an axis of the evidence.

    A point at which nothing changes is left out, but for a curve's last.
    """
    curves = evidence.curves[axis]
    for (problem, instance, contender), members in curves.rows.items():
        low, median, high = quartiles(curves.best[members])
        last = None
        for i, cost in enumerate(curves.grid[problem]):
            point = tuple(_finite(bound[i]) for bound in (low, median, high))
            if point[1] is None or (point == last and i < len(median) - 1):
                continue
            last = point
            yield {
                "problem": problem,
                "instance": instance,
                "contender": contender,
                "cost": float(cost),
                "low": point[0],
                "median": point[1],
                "high": point[2],
            }


def fixed_budget_rows(evidence: Evidence, axis: str) -> Iterator[FixedBudget]:
    """Yield the median value and quality of each contender at shares of the common budget.

    The common budget is what every contender was given on this axis; see
    `Curves.common`.
    """
    curves = evidence.curves[axis]
    for (problem, instance, contender), members in curves.rows.items():
        scale = evidence.scale(curves.runs[members[0]])
        for i, share in enumerate(SHARES):
            budget = share * curves.common[problem, instance]
            median = _finite(np.median(curves.settled[members, i]))
            yield {
                "problem": problem,
                "instance": instance,
                "contender": contender,
                "share": share,
                "budget": budget,
                "value": median,
                "quality": None
                if median is None or scale is None
                else float(scale.quality(median)),
            }


def fixed_target_rows(evidence: Evidence, axis: str) -> Iterator[FixedTarget]:
    """Yield the expected running time of each contender to each of `REGRETS`."""
    curves = evidence.curves[axis]
    for (problem, instance, contender), members in curves.rows.items():
        scale = evidence.scale(curves.runs[members[0]])
        if scale is None:
            continue
        for regret in REGRETS:
            hits = curves.hits[members, evidence.place(regret)]
            cost = expected_running_time(hits, curves.spent[members])
            yield {
                "problem": problem,
                "instance": instance,
                "contender": contender,
                "regret": regret,
                "value": float(scale.values(np.array([regret]))[0]),
                "cost": _finite(float(cost)),
                "reached": int(np.isfinite(hits).sum()),
                "runs": len(members),
            }


def _finite(value: float | np.floating) -> float | None:
    return float(value) if math.isfinite(value) else None
