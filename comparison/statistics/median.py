"""Numbers that stand for several runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from comparison.statistics.bootstrap import draw, percentile_interval

#: Samples that an interval is made from.
SAMPLES = 2000


def median(values: Sequence[float | None]) -> float | None:
    """Return the median; a missing value counts as worse than any, so None may come out."""
    if not values:
        return None
    ranked = sorted(math.inf if v is None else v for v in values)
    middle = mean(ranked[(len(ranked) - 1) // 2], ranked[len(ranked) // 2])
    return middle if math.isfinite(middle) else None


def mean(a: float, b: float) -> float:
    """Return the mean of two numbers, also where their sum is beyond the largest one."""
    total = float(a) + float(b)
    return total / 2 if math.isfinite(total) else a / 2 + b / 2


def median_interval(
    values: Sequence[float | None], confidence: float = 0.95
) -> tuple[float, float] | None:
    """Return a percentile bootstrap interval of the median (Efron and Tibshirani 1993).

    Seeded, so that the same runs give the same interval; None for a single run
    or where a value is missing.
    """
    present = np.array([v for v in values if v is not None], dtype=float)
    if len(present) < 2 or len(present) < len(values):
        return None
    present.sort()
    lower, upper = _middle_ranks(len(present))
    with np.errstate(over="ignore"):
        middles = (present[lower] + present[upper]) / 2
    if not np.isfinite(middles).all():
        middles = present[lower] / 2 + present[upper] / 2
    low, high = percentile_interval(middles, confidence)
    return float(low), float(high)


@lru_cache(maxsize=64)
def _middle_ranks(size: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the two middle ranks of each sample, the same one twice for an odd size.

    A sample's median is the value of its middle rank, whatever the values are: the draws
    are the same for all groups of as many runs, and made once.
    """
    ranks = draw(size, SAMPLES)
    ranks.sort(axis=1)
    return ranks[:, (size - 1) // 2].copy(), ranks[:, size // 2].copy()
