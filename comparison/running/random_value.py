"""The value of a median random point of an instance: the zero of normalised quality."""

from __future__ import annotations

import zlib
from time import perf_counter

import numpy as np

from problems import Budget, Problem
from problems.core.ledger import cpu_clock
from problems.core.record import Record

#: How many points are drawn; with fewer the median would be another.
POINTS = 101
#: CPU seconds that may be spent on them, and seconds for an objective that waits for another
#: process. Both are far beyond what a load on the machine makes of a quick objective, for
#: whether there is a number must not depend on who else computes.
CPU_SECONDS = 10.0
SECONDS = 120.0


def random_value(problem: Problem) -> float | None:
    """Return the median value of points drawn uniformly from an instance's space.

    The draws are seeded by the problem's name and instance, so that every run on the
    instance finds the same number. An infeasible point, and one without a finite value,
    counts as worse than any.

    Returns
    -------
    float or None
        None where the median is not finite, an evaluation fails, or all of them together
        take longer than `CPU_SECONDS` or `SECONDS`. Where it is a number it is always the same.
    """
    rng = np.random.default_rng([problem.instance, zlib.crc32(problem.name.encode())])
    cpu, wall = cpu_clock() + CPU_SECONDS, perf_counter() + SECONDS
    values = []
    try:
        record = Record(problem, Budget(0, 0))
        with np.errstate(all="ignore"):
            for x in problem.space.sample(rng, POINTS):
                value = record.judge(x)
                values.append(np.inf if value is None or np.isnan(value) else value)
                if cpu_clock() > cpu or perf_counter() > wall:
                    return None
    except Exception:  # a run reports what is wrong with the problem
        return None
    middle = float(np.median(values))
    return middle if np.isfinite(middle) else None
