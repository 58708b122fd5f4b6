"""Whether a difference could be chance, and whether the sample is large enough to tell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comparison.statistics.checked import check_level, numbers
from comparison.statistics.permutation import sign_flip_p, subset_p

#: The largest number of values for which p is exact; above, it is a normal approximation.
EXACT = 50


@dataclass(frozen=True)
class SignificanceResult:
    """The outcome of a test of significance.

    Attributes
    ----------
    p : float or None
        Two-sided; None where the sample is too small to reach the level asked for.
    statistic : float or None
        None without a sample.
    n : int
        Pairs, or values of both samples together, or blocks.
    reason : str
        Why there is no p, and what to run; empty where there is one.
    """

    p: float | None
    statistic: float | None
    n: int
    reason: str = ""


def smallest_p(pairs: int) -> float:
    """Return the smallest two-sided p-value that a signed-rank test of n pairs can give.

    All n differences have one sign, which happens in 2 of 2ⁿ cases.
    """
    return min(1.0, 2.0 ** (1 - pairs))


def smallest_p_rank_sum(n: int, m: int) -> float:
    """Return the smallest two-sided p-value that a rank-sum test of n and m runs can give.

    All of one are below all of the other, 2 of C(n + m, n) cases.
    """
    return min(1.0, 2 / math.comb(n + m, n))


def signed_rank(a: ArrayLike, b: ArrayLike, alpha: float = 0.05) -> SignificanceResult:
    """Test whether paired values differ, by Wilcoxon's signed-rank test, two-sided.

    Pairs are to be independent of each other: the medians of two methods on each
    (problem, instance), not their runs (Demšar 2006, "Statistical comparisons of classifiers
    over multiple data sets", section 3.1.3). The test ranks the differences of all pairs
    together, so they need to be on one scale: take normalised values.

    Equal pairs are ranked with the others and then left out (Pratt 1959, "Remarks on zeros
    and ties in the Wilcoxon signed rank procedures"): were they dropped first, a sample
    could look the better for it when one of its values gets worse. Equal differences share
    their mean rank. p is exact for up to 50 unequal pairs, given those ties; above, it is
    scipy's normal approximation.

    Parameters
    ----------
    a, b : array-like of shape (n,)
        inf for no value: worse than any, and equal to another.
    alpha : float
        The level that the sample has to be able to reach: with Holm's correction for k
        tests, the level over k.

    Returns
    -------
    SignificanceResult
        Its statistic is the smaller of the sums of the positive and of the negative ranks.
    """
    x, y = numbers(a, "a", "pairs"), numbers(b, "b", "pairs")
    check_level(alpha, "alpha")
    if len(x) != len(y):
        raise ValueError(f"{len(x)} and {len(y)} values: a signed-rank test needs pairs")
    with np.errstate(invalid="ignore"):  # inf − inf, of equals
        differences = np.where(x == y, 0.0, x - y)
    ranks = _ranks(np.abs(differences))
    positive = float(ranks[differences > 0].sum())
    negative = float(ranks[differences < 0].sum())
    n, statistic = len(x), min(positive, negative)
    best = smallest_p(n)
    if best >= alpha:
        # Above 1,074 pairs the smallest p is 0, so that the search ends.
        least = next(k for k in range(1, 1100) if smallest_p(k) < alpha)
        sample, needed = f"{n} pair{'s' * (n != 1)}", f"{least} instances or problems"
        reason = too_small(sample, best, alpha, needed)
        return SignificanceResult(None, statistic, n, reason)
    moved = differences != 0
    if not moved.any():
        return SignificanceResult(1.0, 0.0, n)
    if moved.sum() <= EXACT:
        return SignificanceResult(sign_flip_p(ranks[moved], positive), statistic, n)
    import scipy.stats

    test = scipy.stats.wilcoxon(
        differences, zero_method="pratt", correction=True, method="asymptotic"
    )
    return SignificanceResult(float(test.pvalue), statistic, n)


def rank_sum(a: ArrayLike, b: ArrayLike, alpha: float = 0.05) -> SignificanceResult:
    """Test whether two samples differ, by the test of Mann and Whitney (1947), two-sided.

    For the runs of two methods on one instance, which only their seeds set apart. Only the
    order of values counts. p is exact for up to 50 runs together, given the ties among
    them; above, it is scipy's normal approximation.

    Parameters
    ----------
    a, b : array-like of shape (n,) and (m,)
        inf for no value: worse than any, and equal to another.
    alpha : float
        The level that the samples have to be able to reach, as for `signed_rank`.

    Returns
    -------
    SignificanceResult
        Its statistic is U of a: the pairs in which a's value is the larger, and half of
        those in which they are equal.
    """
    x, y = numbers(a, "a", "runs"), numbers(b, "b", "runs")
    check_level(alpha, "alpha")
    n, m = len(x), len(y)
    ranks = _ranks(np.concatenate([x, y]))
    statistic = float(ranks[:n].sum() - n * (n + 1) / 2)
    best = smallest_p_rank_sum(n, m)
    if best >= alpha:
        least = next(k for k in range(1, 1100) if smallest_p_rank_sum(k, k) < alpha)
        sample = f"{n} and {m} run{'s' * (m != 1)}"
        reason = too_small(sample, best, alpha, f"{least} seeds of each")
        return SignificanceResult(None, statistic, n + m, reason)
    if ranks.min() == ranks.max():
        return SignificanceResult(1.0, statistic, n + m)
    if n + m <= EXACT:
        # The sum of one sample's ranks gives the other's: count the smaller one.
        smaller = ranks[:n] if n <= m else ranks[n:]
        p = subset_p(ranks, len(smaller), float(smaller.sum()))
        return SignificanceResult(p, statistic, n + m)
    import scipy.stats

    test = scipy.stats.mannwhitneyu(x, y, alternative="two-sided", method="asymptotic")
    return SignificanceResult(float(test.pvalue), statistic, n + m)


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Return p-values adjusted for their number.

    The i-th smallest of k is multiplied by k − i + 1, and is at least the one before and at
    most 1 (Holm 1979, "A simple sequentially rejective multiple test procedure"). Whoever
    calls those below a level significant is wrong about any of them with at most that
    probability, however they depend on each other.

    Parameters
    ----------
    p_values : sequence of float or None
        None for a test that was not made: it stays None, and does not count.
    """
    made = [i for i, p in enumerate(p_values) if p is not None]
    p = np.array([p_values[i] for i in made], dtype=float)
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError("p_values: expected numbers from 0 to 1, or None")
    order = np.argsort(p, kind="stable")
    scaled = p[order] * np.arange(len(p), 0, -1)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    by_place = dict(zip(made, adjusted.tolist(), strict=True))
    return [by_place.get(i) for i in range(len(p_values))]


def too_small(sample: str, best: float, alpha: float, needed: str) -> str:
    """Say that a sample cannot reach a level, given its smallest p, and what to run."""
    return f"{sample} cannot give p < {alpha:.2g} (at best {best:.3g}): run at least {needed}"


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ranks from 1, equal values with their mean rank.

    As `scipy.stats.rankdata`, which takes longer to be called than a test of ten runs.
    """
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[place]
