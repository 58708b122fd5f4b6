"""The cost of a target: one number for many runs, some of which never reached it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def expected_running_time(costs: ArrayLike, spent: ArrayLike) -> NDArray[np.float64]:
    """Return the expected running time (ERT), of runs that are restarted until one succeeds.

    It is all that the runs spent before they reached the target, successful or not, divided
    by the number of successes (Auger and Hansen 2005, "Performance evaluation of an advanced
    local search evolutionary algorithm"; Hansen et al. 2016, "COCO: performance assessment",
    section "Average runtime", where it is aRT). An unsuccessful run counts with the
    cost that it had itself, whatever its budget was.

    Parameters
    ----------
    costs : array-like of shape (..., runs)
        The cost at which each run reached the target; inf where it never did.
    spent : array-like of shape (runs,)
        The cost of each run in all. It is read for the unsuccessful ones only.

    Returns
    -------
    ndarray of shape (...)
        inf where no run succeeded.

    Raises
    ------
    ValueError
        When there is no run, a cost is negative, or an unsuccessful run spent no finite amount.
    """
    costs = _checked(costs)
    reached = np.isfinite(costs)
    used = np.where(reached, costs, spent)
    if not (used >= 0).all() or np.isinf(used).any():
        raise ValueError("spent: expected a finite number >= 0 for every run without success")
    successes = reached.sum(axis=-1)
    total = used.sum(axis=-1)
    return np.where(successes > 0, total / np.maximum(successes, 1), np.inf)


def par10(costs: ArrayLike, budgets: ArrayLike) -> NDArray[np.float64]:
    """Return the penalized average running time: a run without success counts ten budgets.

    (Bischl et al. 2016, "ASlib: a benchmark library for algorithm selection".) A target
    reached beyond the budget was not reached.

    Parameters
    ----------
    costs : array-like of shape (..., runs)
        The cost at which each run reached the target; inf where it never did.
    budgets : array-like of shape (runs,), or float
        The limit of each run, or of all.

    Returns
    -------
    ndarray of shape (...)
    """
    costs, limits = _checked(costs), np.asarray(budgets, dtype=float)
    return np.where(costs <= limits, costs, 10 * limits).mean(axis=-1)


def shifted_geometric_mean(times: ArrayLike) -> NDArray[np.float64]:
    """Return the geometric mean of times + 1, less 1.

    Times of solvers span orders of magnitude: an arithmetic mean shows the slowest alone,
    a geometric one makes 0.01 s against 0.02 s as much as 100 s against 200 s, and the
    shift mends that (Achterberg 2007, "Constraint integer programming").

    Parameters
    ----------
    times : array-like of shape (..., runs)
        In seconds; inf makes the mean inf.

    Returns
    -------
    ndarray of shape (...)
    """
    means: NDArray[np.float64] = np.expm1(np.log1p(_checked(times)).mean(axis=-1))
    return means


def _checked(costs: ArrayLike) -> NDArray[np.float64]:
    array = np.asarray(costs, dtype=float)
    if not array.shape[-1]:
        raise ValueError("costs: expected at least one run")
    if not (array >= 0).all():
        raise ValueError("costs: expected numbers >= 0, and inf where a target was not reached")
    return array
