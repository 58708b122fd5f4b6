"""What a random point of an instance is worth: the zero of normalised quality."""

from __future__ import annotations

import zlib
from time import perf_counter

import numpy as np

from problems import Budget, Problem
from problems.record import Record

#: How many points are drawn, and how long may be spent on them.
POINTS = 101
SECONDS = 1.0


def random_value(problem: Problem) -> float | None:
    """Return the median value of points drawn uniformly from an instance's space.

    The draws are seeded by the problem's name and instance, so that every run on the
    instance finds the same number. An infeasible point, and one without a finite value,
    counts as worse than any.

    Returns
    -------
    float or None
        None where the median is not finite, a look fails, or looks are too slow.
    """
    rng = np.random.default_rng([problem.instance, zlib.crc32(problem.name.encode())])
    record = Record(problem, Budget(0, 0))
    deadline = perf_counter() + SECONDS
    values = []
    try:
        with np.errstate(all="ignore"):
            for x in problem.space.sample(rng, POINTS):
                value = record.judge(x)
                values.append(np.inf if value is None or np.isnan(value) else value)
                if perf_counter() > deadline:
                    return None
    except Exception:  # a run says what is wrong with a look
        return None
    middle = float(np.median(values))
    return middle if np.isfinite(middle) else None
