"""What a point is worth where the harness asks for itself: a real number, of a feasible member."""

from __future__ import annotations

import math
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from problems.core.points import unchecked
from problems.core.problem import Problem


def judged(problem: Problem, x: NDArray) -> float | None:
    """Return the value of a feasible member, nan if it has none, None for anything else."""
    if x not in problem.space:
        return None
    x = np.asarray(x).astype(problem.space.dtype, copy=False)  # 2.0 is a member where 2 is
    if not (np.asarray(problem.constraints(x), dtype=float) <= 0).all():
        return None
    return real(unchecked(problem, "value")(x))


def real(v: Any) -> float:
    """Return an evaluation's result as a float, nan for what is no real number.

    Strings, None, complex numbers and arrays with an axis are none; a 0-d array is.
    """
    if isinstance(v, np.ndarray) and v.ndim == 0:
        v = v[()]
    if not isinstance(v, Real):
        return math.nan
    try:
        return float(v)
    except OverflowError:  # an int beyond 1.8e308
        return math.nan
