"""The share of problems that a method solves, by cost: two profiles."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comparison.statistics.checked import numbers
from comparison.statistics.ecdf import shares_within


def performance_profile(costs: ArrayLike, ratios: ArrayLike) -> NDArray[np.float64]:
    """Return the share of problems that each method solves within a ratio of the best's cost.

    The ratio is a method's cost over the lowest of any method on the same problem (Dolan
    and Moré 2002, "Benchmarking optimization software with performance profiles", section
    2). It depends on the other methods: with more or fewer of them, the order of two may
    turn. A problem that no method solves counts as unsolved by all.

    Parameters
    ----------
    costs : array-like of shape (problems, methods)
        The cost at which each method solves each problem; inf where it does not.
    ratios : array-like of shape (m,)
        At least 1, in ascending order.

    Returns
    -------
    ndarray of shape (methods, m)
    """
    table = numbers(costs, "costs", "problems, methods", least=0)
    best = table.min(axis=1, keepdims=True)
    # Free is as good as it gets: where the best cost is 0, only 0 is within any ratio of it.
    with np.errstate(invalid="ignore", divide="ignore"):
        relative = np.where(table == best, 1.0, table / best)
    relative[np.isinf(table)] = np.inf
    return shares_within(relative.T, ratios)


def data_profile(
    costs: ArrayLike, dimensions: ArrayLike, budgets: ArrayLike
) -> NDArray[np.float64]:
    """Return the share of problems that each method solves by a cost in units of n + 1.

    n is a problem's dimension: a simplex gradient takes n + 1 evaluations (Moré and Wild
    2009, "Benchmarking derivative-free optimization algorithms"). The
    profile of a method does not depend on the other methods.

    Parameters
    ----------
    costs : array-like of shape (problems, methods)
        Evaluations, or work, to solve each problem; inf where a method does not.
    dimensions : array-like of shape (problems,)
    budgets : array-like of shape (m,)
        In units of n + 1, in ascending order.

    Returns
    -------
    ndarray of shape (methods, m)
    """
    table = numbers(costs, "costs", "problems, methods", least=0)
    n = np.asarray(dimensions, dtype=float)
    if n.shape != table.shape[:1] or not (n > 0).all():
        raise ValueError(f"dimensions: expected a number > 0 for each of {len(table)} problems")
    return shares_within((table / (n[:, None] + 1)).T, budgets)
