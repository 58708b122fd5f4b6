"""Quality over cost: any-time curves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from comparison.analysis.curves import Evidence
from comparison.analysis.keys import OfContender
from comparison.statistics.missing import finite
from comparison.statistics.quartiles import quartiles


@dataclass(frozen=True)
class CurvePoint(OfContender):
    """A point of a contender's curve on an instance: quartiles over seeds by a cost.

    `low` or `high` is None where some seed had no value yet.
    """

    cost: float
    low: float | None
    median: float | None
    high: float | None


def any_time_rows(evidence: Evidence, axis: str) -> Iterator[CurvePoint]:
    """Yield the points of each contender's curve on each instance, on an axis of the evidence.

    A point at which nothing changes is left out, but for a curve's last.
    """
    curves = evidence.curves[axis]
    for (problem, instance, contender), members in curves.rows.items():
        low, median, high = quartiles(curves.best[members])
        last = None
        for i, cost in enumerate(curves.grid[problem]):
            point = tuple(finite(bound[i]) for bound in (low, median, high))
            if point[1] is None or (point == last and i < len(median) - 1):
                continue
            last = point
            yield CurvePoint(problem, instance, contender, float(cost), *point)
