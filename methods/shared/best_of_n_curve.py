"""What the best of n draws is worth, for every n up to N, from N draws."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: Numbers held at once: 16 MB.
CHUNK = 2_000_000
#: Ranks from either end at which the distribution is bounded.
RANKS = 100


@dataclass(frozen=True)
class BestOfN:
    """The expected lowest value of `n` draws, with its confidence band.

    Attributes
    ----------
    n : int
    expected : float or None
        Unbiased; None where it is not finite, because as many draws gave no number.
    low, high : float or None
        95 %, for all n at once; None where there is no end, see `confidence_band`.
    """

    n: int
    expected: float | None
    low: float | None
    high: float | None


def best_of_n_curve(values: ArrayLike, lowest: float = -math.inf) -> list[BestOfN]:
    """Return the curve at ten n a decade, 1 and N among them; empty without values.

    Parameters
    ----------
    values : array-like of shape (N,)
        Of independent draws from one distribution; inf for a draw without a number.
    lowest : float
        What no draw can be below, such as a proven bound.
    """
    values = np.asarray(values, dtype=float)
    if not len(values):
        return []
    decades = math.log10(len(values))
    grid = np.rint(10 ** np.arange(0, decades, 0.1)).astype(int)
    n = np.unique(np.append(grid, len(values)))
    low, high = confidence_band(values, n, lowest=lowest)
    columns = (n.tolist(), expected_best(values, n).tolist(), low.tolist(), high.tolist())
    return [
        BestOfN(int(point[0]), *(v if math.isfinite(v) else None for v in point[1:]))
        for point in zip(*columns, strict=True)
    ]


def expected_best(values: ArrayLike, n: ArrayLike | None = None) -> NDArray[np.float64]:
    """Estimate the expected lowest value of n draws, without bias.

    It is the mean over all subsets of n of the N draws: of the values in ascending
    order, the i-th is the lowest of C(N − i, n − 1) subsets in C(N, n). That is the
    U-statistic (Tang et al. 2020, "Showing your work doesn't always work"); the mean
    over resamples with replacement, a bootstrap, draws a value twice and so makes the
    best of n look worse than it is.

    Parameters
    ----------
    values : array-like of shape (N,)
        Of independent draws from one distribution, which may be inf.
    n : array-like of int, optional
        Sizes from 1 to N; all of them by default, which takes N² operations.

    Returns
    -------
    ndarray of shape (len(n),)
        inf where a subset of n may have no finite value at all.

    Raises
    ------
    ValueError
        When n is not from 1 to N: no more than N draws can be told from N.

    Examples
    --------
    >>> expected_best([3, 1, 2])
    array([2.        , 1.33333333, 1.        ])
    """
    ordered, sizes = _checked(values, n)
    total, finite = len(ordered), int(np.isfinite(ordered).sum())
    best = np.full(len(sizes), math.inf)
    ranks = np.arange(total - 1)
    for part in _chunks(len(sizes), total):
        some = sizes[part, None]
        # Each weight from the last: C(N - i - 1, n - 1) / C(N - i, n - 1).
        ratios = np.maximum(total - ranks - some, 0) / (total - ranks - 1)
        weights = np.cumprod(np.hstack([some / total, ratios]), axis=1)
        best[part] = weights[:, :finite] @ ordered[:finite]
    best[sizes <= total - finite] = math.inf
    return best


def confidence_band(
    values: ArrayLike,
    n: ArrayLike | None = None,
    *,
    lowest: float = -math.inf,
    highest: float | None = None,
    confidence: float = 0.95,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Bound the expected lowest value of n draws for all n at once, whatever the distribution.

    A band for the distribution function F becomes one for every n, because
    E[best] = ∫ (1 − F)ⁿ falls as F rises (Lourie, Cho and He 2024, "Show your work with
    confidence: confidence bands for tuning curves"). The band for F holds at up to
    2 × `RANKS` order statistics: F at the i-th of N draws is distributed as
    Beta(i, N + 1 − i), or beyond it where F jumps; quantiles at
    (1 − confidence) / 2, shared equally among the ranks (Bonferroni), and F's being
    monotone in between make it finite-sample and conservative, also in the tails,
    where normal approximations fail: if one success in a thousand has not been seen
    yet, the band knows.

    Parameters
    ----------
    values : array-like of shape (N,)
        Of independent draws from one distribution.
    n : array-like of int, optional
        As in `expected_best`.
    lowest : float
        What no draw can be below. Without it the lower end is -inf: a value far enough
        below, too rare to be seen, may move the expectation by any amount.
    highest : float, optional
        What no draw can be above. By default the highest value seen: the band is then
        for values cut at that.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    low, high : ndarray of shape (len(n),)
    """
    from scipy.special import betaincinv

    if not 0 < confidence < 1:
        raise ValueError(f"confidence={confidence:g}: expected a number between 0 and 1")
    ordered, sizes = _checked(values, n)
    total = len(ordered)
    top = ordered[-1] if highest is None else highest
    if not (lowest <= ordered[0] and ordered[-1] <= top):
        raise ValueError(
            f"lowest={lowest:g}, highest={top:g}: expected to enclose the values, "
            f"{ordered[0]:g} to {ordered[-1]:g}"
        )
    ranks = _ranks(total)
    share = (1 - confidence) / 2 / len(ranks)
    least = betaincinv(ranks, total + 1 - ranks, share)
    most = betaincinv(ranks, total + 1 - ranks, 1 - share)
    # Between two draws F is at least its bound at the last rank passed, and at most
    # its bound at the next one to come.
    passed = np.searchsorted(ranks, np.arange(1, total + 1), "right") - 1
    coming = np.searchsorted(ranks, np.arange(1, total + 1), "left")
    finite = int(np.isfinite(ordered).sum())
    gaps = np.diff(ordered[:finite])
    low, high = (np.full(len(sizes), end, dtype=float) for end in (lowest, top))
    for part in _chunks(len(sizes), total):
        some = sizes[part, None]
        if lowest > -math.inf:
            above = np.exp(some * np.log1p(-most[coming[:finite]]))
            low[part] += above @ np.diff(ordered[:finite], prepend=lowest)
        if top < math.inf:
            above = np.exp(some * np.log1p(-least[passed]))
            high[part] = ordered[0] + above @ np.append(gaps, top - ordered[-1])
    return low, high


def _ranks(total: int) -> NDArray[np.int64]:
    """Return ranks from 1 to `total`, close together at both ends."""
    near = np.unique(np.rint(np.geomspace(1, total, RANKS)).astype(np.int64))
    return np.union1d(near, total + 1 - near)


def _checked(
    values: ArrayLike, n: ArrayLike | None
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the values in ascending order, and the sizes."""
    ordered = np.sort(np.asarray(values, dtype=float))
    if ordered.ndim != 1 or not len(ordered):
        raise ValueError(f"values: expected one axis and at least one, not shape {ordered.shape}")
    if not (ordered > -math.inf).all():
        raise ValueError("values: expected numbers, or inf for a draw that gave none")
    sizes = np.arange(1, len(ordered) + 1) if n is None else np.atleast_1d(np.asarray(n))
    wrong = sizes[(sizes < 1) | (sizes > len(ordered)) | (sizes != np.rint(sizes))]
    if len(wrong):
        raise ValueError(f"n={wrong[0]}: expected a whole number from 1 to {len(ordered)}, the "
                         "number of draws")  # fmt: skip
    return ordered, sizes.astype(np.int64)


def _chunks(sizes: int, total: int) -> Iterator[slice]:
    """Split `sizes` rows of `total` numbers into parts that fit."""
    rows = max(1, CHUNK // total)
    return (slice(first, first + rows) for first in range(0, sizes, rows))
