"""The average ranks of methods, and which of them do not differ."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comparison.statistics.checked import check_level, numbers
from comparison.statistics.significance import SignificanceResult, too_small

#: The axes of what is ranked.
BLOCKS = "blocks, methods"


def average_ranks(values: ArrayLike) -> NDArray[np.float64]:
    """Return each method's rank, averaged over blocks; 1 is the best.

    Equal values share their mean rank (Demšar 2006, "Statistical comparisons of classifiers
    over multiple data sets", section 3.2.2).

    Parameters
    ----------
    values : array-like of shape (blocks, methods)
        Minimised, such as the median on each (problem, instance); inf for no value.

    Returns
    -------
    ndarray of shape (methods,)
    """
    import scipy.stats

    table = numbers(values, "values", BLOCKS)
    ranks: NDArray[np.float64] = scipy.stats.rankdata(table, axis=1).mean(axis=0)
    return ranks


def friedman(values: ArrayLike, alpha: float = 0.05) -> SignificanceResult:
    """Test whether any of several methods differ, by Friedman's test, with ties corrected.

    The reference distribution is χ² of methods − 1 degrees of freedom, an approximation
    that is too cautious for few blocks. One that rejects says that some differ, not which.

    Parameters
    ----------
    values : array-like of shape (blocks, methods)
        As for `average_ranks`; at least 3 methods.
    alpha : float
        The level that the sample has to be able to reach.

    Returns
    -------
    SignificanceResult
        Its n is the number of blocks. Without a p where no outcome on as many blocks could
        reach the level.
    """
    import scipy.stats

    table = numbers(values, "values", BLOCKS)
    blocks, methods = table.shape
    if methods < 3:
        raise ValueError(f"{methods} methods: Friedman's test needs 3; use signed_rank for two")
    if (table == table[:, :1]).all():
        statistic, p = 0.0, 1.0  # scipy divides 0 by 0
    else:
        statistic, p = map(float, scipy.stats.friedmanchisquare(*table.T))
    # The statistic is largest, blocks · (methods − 1), when all blocks rank alike.
    best = float(scipy.stats.chi2.sf(blocks * (methods - 1), methods - 1))
    if best >= alpha:
        needed = scipy.stats.chi2.isf(alpha, methods - 1) / (methods - 1)
        sample = f"{blocks} block{'s' * (blocks != 1)} of {methods} methods"
        more = f"{math.floor(needed) + 1} instances or problems"
        return SignificanceResult(None, statistic, blocks, too_small(sample, best, alpha, more))
    return SignificanceResult(p, statistic, blocks)


def critical_difference(methods: int, blocks: int, alpha: float = 0.05) -> float:
    """Return the least difference of average ranks at which two methods differ.

    Nemenyi's test holds the error over all pairs of methods at `alpha` (Demšar 2006, section
    3.2.2): CD = q √(k (k + 1) / 6N), for k methods and N blocks, with q the studentized
    range's quantile of k groups and infinite degrees of freedom, over √2. Whether two
    methods differ thus depends on which others are compared (Benavoli, Corani and Mangili
    2016, "Should we really use post-hoc tests based on mean-ranks?"): `signed_rank` with
    `holm` does not have that fault.

    Raises
    ------
    ValueError
        When there are fewer than 2 methods or no blocks.
    """
    if methods < 2 or blocks < 1:
        raise ValueError(f"{methods} methods on {blocks} blocks: expected at least 2 on 1")
    return _quantile(methods, alpha) * math.sqrt(methods * (methods + 1) / (6 * blocks))


@lru_cache(maxsize=256)
def _quantile(methods: int, alpha: float) -> float:
    """Return the quantile of the studentized range over √2; it is slow to find."""
    import scipy.stats

    check_level(alpha, "alpha")
    return float(scipy.stats.studentized_range.ppf(1 - alpha, methods, np.inf)) / math.sqrt(2)


def cliques(ranks: ArrayLike, difference: float) -> list[tuple[int, ...]]:
    """Return the largest groups of methods of which no two differ.

    A critical-difference diagram joins each by a bar: two or more methods with neighbouring
    ranks, no group within another.

    Parameters
    ----------
    ranks : array-like of shape (methods,)
        Average ranks.
    difference : float
        The critical difference: ranks at least so far apart differ.

    Returns
    -------
    list of tuple of int
        The methods' places in `ranks`, the best first.
    """
    averages = np.asarray(ranks, dtype=float)
    order = np.argsort(averages, kind="stable")
    ordered = averages[order]
    groups: list[tuple[int, ...]] = []
    last = 0
    for first, rank in enumerate(ordered):
        end = int(np.searchsorted(ordered - rank, difference))  # the first that is too far
        if end > last and end - first > 1:
            groups.append(tuple(order[first:end].tolist()))
        last = max(last, end)
    return groups
