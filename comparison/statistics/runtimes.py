"""The cost of a target: one number for many runs, some of which never reached it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def expected_running_time(
    costs: ArrayLike, spent: ArrayLike, axis: int = -1
) -> NDArray[np.float64]:
    """Return the expected running time (ERT), of runs that are restarted until one succeeds.

    It is all that the runs spent before they reached the target, successful or not, divided
    by the number of successes (Auger and Hansen 2005, "Performance evaluation of an advanced
    local search evolutionary algorithm"; Hansen et al. 2016, "COCO: performance assessment",
    section "Average runtime", where it is aRT). An unsuccessful run counts with the
    cost that it had itself, whatever its budget was.

    Parameters
    ----------
    costs : array-like
        The cost at which each run reached the target; inf where it never did.
    spent : array-like
        The cost of each run in all: of the shape of `costs`, or one number a run. It is read
        for the unsuccessful ones only.
    axis : int
        Along which the runs are: 0 where `costs` is (runs, targets).

    Returns
    -------
    ndarray
        Of the shape of `costs` without that axis; inf where no run succeeded.

    Raises
    ------
    ValueError
        When there is no run, a cost is negative, or an unsuccessful run spent no finite amount.
    """
    costs = _checked(costs, axis)
    reached = np.isfinite(costs)
    used = np.where(reached, costs, _for_each_run(spent, costs, axis))
    if not (used >= 0).all() or np.isinf(used).any():
        raise ValueError("spent: expected a finite number >= 0 for every run without success")
    successes = reached.sum(axis=axis)
    total = used.sum(axis=axis)
    return np.where(successes > 0, total / np.maximum(successes, 1), np.inf)


def par10(
    costs: ArrayLike, budgets: ArrayLike, penalty: float = 10, axis: int = -1
) -> NDArray[np.float64]:
    """Return the penalized average running time: a run without success counts ten budgets.

    (Bischl et al. 2016, "ASlib: a benchmark library for algorithm selection".) A target
    reached beyond the budget was not reached.

    Parameters
    ----------
    costs : array-like
        The cost at which each run reached the target; inf where it never did.
    budgets : array-like
        The limit of each run: of the shape of `costs`, one number a run, or one for all.
    penalty : float
        In budgets.
    axis : int
        Along which the runs are.
    """
    costs = _checked(costs, axis)
    limits = _for_each_run(budgets, costs, axis)
    return np.where(costs <= limits, costs, penalty * limits).mean(axis=axis)


def shifted_geometric_mean(
    times: ArrayLike, shift: float = 1.0, axis: int = -1
) -> NDArray[np.float64]:
    """Return the geometric mean of times + shift, less the shift.

    Times of solvers span orders of magnitude: an arithmetic mean shows the slowest alone,
    a geometric one makes 0.01 s against 0.02 s as much as 100 s against 200 s, and the
    shift mends that (Achterberg 2007, "Constraint integer programming").

    Parameters
    ----------
    times : array-like
        In seconds; inf makes the mean inf.
    shift : float
        In seconds.
    axis : int
        Along which the runs are.
    """
    import scipy.stats

    if not 0 <= shift < np.inf:
        raise ValueError(f"shift={shift!r}: expected a finite number >= 0")
    means: NDArray[np.float64] = scipy.stats.gmean(_checked(times, axis) + shift, axis=axis)
    return means - shift


def _checked(costs: ArrayLike, axis: int) -> NDArray[np.float64]:
    array = np.asarray(costs, dtype=float)
    if not array.shape[axis]:
        raise ValueError("costs: expected at least one run")
    if not (array >= 0).all():
        raise ValueError("costs: expected numbers >= 0, and inf where a target was not reached")
    return array


def _for_each_run(numbers: ArrayLike, costs: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    """Return one number a run, or more, in a shape that goes with the costs'."""
    array = np.asarray(numbers, dtype=float)
    if array.ndim == 1 and costs.ndim > 1:
        shape = [1] * costs.ndim
        shape[axis] = -1
        array = array.reshape(shape)
    return array
