"""Numbers that stand for several runs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from comparison.statistics.bootstrap import draw, percentile_interval
from comparison.statistics.missing import filled, finite

#: Samples that an interval is made from.
SAMPLES = 2000


def median(values: Sequence[float | None]) -> float | None:
    """Return the median; a missing value counts as worse than any, so None may come out."""
    if not values:
        return None
    ranked = np.sort(filled(values))
    # Halves are exact, and their sum is finite where that of the largest numbers is not.
    return finite(ranked[(len(ranked) - 1) // 2] / 2 + ranked[len(ranked) // 2] / 2)


def median_interval(
    values: Sequence[float | None], confidence: float = 0.95
) -> tuple[float, float] | None:
    """Return a percentile bootstrap interval of the median (Efron and Tibshirani 1993).

    Seeded, so that the same runs give the same interval; None for a single run
    or where a value is missing.
    """
    if len(values) < 2 or None in values:
        return None
    halves = np.sort(filled(values)) / 2  # as in `median`
    lower, upper = _middle_ranks(len(values))
    low, high = percentile_interval(halves[lower] + halves[upper], confidence)
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
