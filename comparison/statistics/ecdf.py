"""The run-time distribution: how many targets are reached at which cost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comparison.statistics.bootstrap import blocks, draw_counts, percentile_interval
from comparison.statistics.checked import numbers


def log_targets(n: int = 51, worst: float = 1.0, best: float = 1e-5) -> NDArray[np.float64]:
    """Return targets at equal steps of the logarithm, the easiest first.

    By default 51, ten a decade, of the normalised regret: 1 is a median random point, 0
    the reference. COCO too has 51, from 100 to 1e-8 in the units of the value (Hansen et
    al. 2016, "COCO: performance assessment"); ours have to compare problems of any units.

    Raises
    ------
    ValueError
        Unless n >= 2 and worst > best > 0.
    """
    if n < 2 or not np.inf > worst > best > 0:
        raise ValueError(
            f"targets n={n}, worst={worst!r}, best={best!r}: expected n >= 2 and worst > best > 0"
        )
    return np.geomspace(worst, best, n)


def runtime_ecdf(hits: ArrayLike, grid: ArrayLike) -> NDArray[np.float64]:
    """Return the share of pairs of a run and a target that are reached by each cost.

    (Hansen et al. 2016, "COCO: performance assessment", section "Empirical cumulative
    distribution functions".) Runs are as they are: COCO also simulates restarts of those
    that ended early.

    Parameters
    ----------
    hits : array-like of shape (runs, targets)
        The cost at which each run reached each target; inf where it never did.
    grid : array-like of shape (m,)
        Costs in ascending order.

    Returns
    -------
    ndarray of shape (m,)
    """
    return shares_within(hits, grid).mean(axis=0)


def runtime_ecdf_band(
    strata: Sequence[NDArray[np.float64]], grid: ArrayLike, confidence: float = 0.95, n: int = 1000
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a pointwise percentile bootstrap band of the `runtime_ecdf` of all runs.

    Runs are drawn, not pairs: the targets of a run depend on each other. They are drawn
    within their stratum, so that every sample has as many runs on every problem and
    instance as there are (Agarwal et al. 2021, "Deep reinforcement learning at the edge of
    the statistical precipice", section 4). A stratum of one run adds no width.

    Parameters
    ----------
    strata : sequence of ndarrays of shape (runs, targets)
        The hits of the runs of each problem and instance, as for `runtime_ecdf`.
    grid : array-like of shape (m,)
    confidence : float
    n : int
        Samples.

    Returns
    -------
    low, high : ndarray of shape (m,)
    """
    rng = np.random.default_rng(0)
    total = np.zeros((n, np.size(grid)))
    for hits in strata:
        shares = shares_within(hits, grid)
        sums = [draw_counts(len(shares), rows, rng) @ shares for rows in blocks(n, len(shares))]
        total += np.concatenate(sums)
    return percentile_interval(total / sum(map(len, strata)), confidence)


def shares_within(costs: ArrayLike, grid: ArrayLike) -> NDArray[np.float64]:
    """Return the share of each row's costs that are finite and at most each of the grid's.

    Parameters
    ----------
    costs : array-like of shape (runs, targets)
        inf where a target was not reached.
    grid : array-like of shape (m,)
        Costs in ascending order.

    Returns
    -------
    ndarray of shape (runs, m)
    """
    times, limits = numbers(costs, "costs", "runs, targets"), np.asarray(grid, dtype=float)
    if limits.ndim != 1 or not limits.size or not (np.diff(limits) >= 0).all():
        raise ValueError("grid: expected costs in ascending order")
    # A hit counts from the first cost that is not below it, a missed target from none.
    first = np.searchsorted(limits, times)
    first[np.isinf(times)] = len(limits)
    rows = first + (len(limits) + 1) * np.arange(len(times))[:, None]
    reached = np.bincount(rows.ravel(), minlength=len(times) * (len(limits) + 1))
    counts = reached.reshape(len(times), -1)[:, :-1].cumsum(axis=1)
    return counts / times.shape[1]
