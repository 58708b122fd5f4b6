"""Numbers that stand for several runs."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np


def median(values: Sequence[float | None]) -> float | None:
    """Return the median; a missing value counts as worse than any, so None may come out."""
    if not values:
        return None
    middle = float(np.median([math.inf if v is None else v for v in values]))
    return middle if math.isfinite(middle) else None


def median_interval(
    values: Sequence[float | None], confidence: float = 0.95
) -> tuple[float, float] | None:
    """Return a percentile bootstrap interval of the median (Efron and Tibshirani 1993).

    Seeded, so that the same runs give the same interval; None for a single run
    or where a value is missing.
    """
    known = [v for v in values if v is not None]
    if len(known) < 2 or len(known) < len(values):
        return None
    if min(known) == max(known):
        return known[0], known[0]
    import scipy.stats

    interval = scipy.stats.bootstrap(
        (np.array(known),),
        np.median,
        confidence_level=confidence,
        n_resamples=2000,
        method="percentile",
        rng=np.random.default_rng(0),
    ).confidence_interval
    return float(interval.low), float(interval.high)
