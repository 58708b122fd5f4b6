"""The area over the convergence curve: how good a run was at all times, in one number."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike


def aocc(
    costs: ArrayLike,
    gaps: ArrayLike,
    budget: float,
    lower: float,
    upper: float,
    evaluation: float = 1.0,
) -> float:
    """Return the normalised area over the convergence curve (AOCC) of one run; 1 is best.

    With g(t) the best gap that was paid for by cost t, and B the budget, ::

        AOCC = 1/B ∫₀ᴮ 1 − clip((log g(t) − log lower) / (log upper − log lower), 0, 1) dt

    (López-Ibáñez, Vermetten, Dreo and Doerr 2025, "Using the empirical attainment function
    for analyzing single-objective black-box optimization algorithms", who show that its mean
    over runs is the area under the run-time ECDF of infinitely many log-spaced targets.)
    g is a step function, so the integral is a sum, exact on any cost axis. After the last
    point its gap holds to the end of the budget, whether or not the run went on.

    A gap is known when the evaluation that gave it ends. The first one counts from when its
    evaluation began, `evaluation` before. With evaluations as cost, of which the first is 1,
    that is from 0, and the area is IOHinspector's (`iohinspector.metrics.get_aocc` after
    `transform_fval`).

    Parameters
    ----------
    costs : array-like of shape (n,)
        At which the gaps were reached, in ascending order.
    gaps : array-like of shape (n,)
        Value − reference, or normalised regret; only a new best one counts. inf for no value.
    budget : float
        Up to which the area is taken; later points are left out.
    lower, upper : float
        The gap that is as good as any, and the one that is as bad as any: 0 < lower < upper.
    evaluation : float
        The cost of one evaluation: 1 in evaluations and in work, 0 in seconds or tokens, where
        before the first point there is nothing.

    Returns
    -------
    float
        From 0 to 1; 0 without a point within the budget.

    Raises
    ------
    ValueError
        When the costs descend, a gap is nan, or a limit is not as above.
    """
    times, values = np.asarray(costs, dtype=float), np.asarray(gaps, dtype=float)
    if not 0 < budget < math.inf:
        raise ValueError(f"budget={budget!r}: expected a finite number > 0")
    if not 0 < lower < upper < math.inf:
        raise ValueError(f"lower={lower!r}, upper={upper!r}: expected 0 < lower < upper")
    if times.shape != values.shape or times.ndim != 1:
        raise ValueError(f"{times.shape} costs and {values.shape} gaps: expected (n,) of both")
    if np.isnan(values).any():
        raise ValueError("gaps: expected numbers, and inf for no value; got nan")
    if not (times[1:] >= times[:-1]).all() or not (times[:1] >= 0).all():
        raise ValueError("costs: expected numbers >= 0 in ascending order")
    n = int(np.searchsorted(times, budget, side="right"))
    if not n:
        return 0.0
    best = np.minimum.accumulate(values[:n]).clip(lower, upper)
    quality = np.log(upper / best) / math.log(upper / lower)
    edges = np.append(times[:n], budget)
    edges[0] = max(0.0, edges[0] - evaluation)
    return float(np.diff(edges) @ quality / budget)
