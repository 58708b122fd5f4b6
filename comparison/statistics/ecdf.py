"""The run-time distribution: how many targets are reached at which cost."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comparison.statistics.bootstrap import (
    Seed,
    blocks,
    draw_counts,
    members,
    percentile_interval,
)


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
    return _shares(hits, grid).mean(axis=0)


def runtime_ecdf_band(
    hits: ArrayLike,
    grid: ArrayLike,
    strata: ArrayLike | None = None,
    confidence: float = 0.95,
    n: int = 1000,
    rng: Seed = 0,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a pointwise percentile bootstrap band of `runtime_ecdf`.

    Runs are drawn, not pairs: the targets of a run depend on each other. They are drawn
    within their stratum, so that every sample has as many runs on every problem and
    instance as there are (Agarwal et al. 2021, "Deep reinforcement learning at the edge of
    the statistical precipice", section 4). A stratum of one run adds no width.

    Parameters
    ----------
    hits, grid
        As for `runtime_ecdf`.
    strata : array-like of shape (runs,) or (runs, k), optional
        The problem and instance of each run; by default all runs are one stratum.
    confidence : float
    n : int
        Samples.
    rng : int or Generator

    Returns
    -------
    low, high : ndarray of shape (m,)
    """
    shares = _shares(hits, grid)
    generator = np.random.default_rng(rng)
    total = np.zeros((n, shares.shape[1]))
    for stratum in members(strata, len(shares)):
        size, reached = len(stratum), shares[stratum]
        sums = [draw_counts(size, rows, generator) @ reached for rows in blocks(n, size)]
        total += np.concatenate(sums)
    return percentile_interval(total / len(shares), confidence)


def _shares(hits: ArrayLike, grid: ArrayLike) -> NDArray[np.float64]:
    """Return the share of its targets that each run has reached by each cost, (runs, m)."""
    times, costs = np.asarray(hits, dtype=float), np.asarray(grid, dtype=float)
    if times.ndim != 2 or not times.size:
        raise ValueError(f"hits of shape {times.shape}: expected (runs, targets), none of them 0")
    if np.isnan(times).any():
        raise ValueError("hits: expected numbers, and inf where a target was not reached; got nan")
    if costs.ndim != 1 or not costs.size or not (np.diff(costs) >= 0).all():
        raise ValueError("grid: expected costs in ascending order")
    # A hit counts from the first cost that is not below it, a missed target from none.
    first = np.searchsorted(costs, times)
    first[np.isinf(times)] = len(costs)
    rows = first + (len(costs) + 1) * np.arange(len(times))[:, None]
    reached = np.bincount(rows.ravel(), minlength=len(times) * (len(costs) + 1))
    counts = reached.reshape(len(times), -1)[:, :-1].cumsum(axis=1)
    return counts / times.shape[1]
