"""The percentile bootstrap: the results that other runs of the same methods might give."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from comparison.statistics.checked import check_level

#: A generator, or the number that seeds one.
Seed = int | np.random.Generator
#: Numbers held at once: 16 MB.
CHUNK = 2_000_000


def draw(size: int, n: int, rng: Seed = 0) -> NDArray[np.intp]:
    """Draw n samples of the numbers below `size`, each as large as that, with replacement.

    Returns
    -------
    ndarray of int, shape (n, size)
    """
    return np.random.default_rng(rng).integers(0, size, (n, size), dtype=np.intp)


def draw_counts(size: int, n: int, rng: Seed = 0) -> NDArray[np.float64]:
    """Return how often each of `size` members is in each of the n samples of `draw`.

    A sum over a sample is then a product of matrices, and no sample is ever written out.

    Returns
    -------
    ndarray of shape (n, size)
    """
    rows = draw(size, n, rng) + size * np.arange(n)[:, None]
    return np.bincount(rows.ravel(), minlength=n * size).reshape(n, size).astype(float)


def blocks(n: int, size: int) -> list[int]:
    """Part n samples of `size` members into as few blocks as memory is to hold at once."""
    at_once = max(1, CHUNK // size)
    return [min(at_once, n - start) for start in range(0, n, at_once)]


def percentile_interval(
    samples: NDArray[np.float64], confidence: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the ends between which the middle `confidence` of the samples' statistics lie.

    They are the k-th lowest and the k-th highest of n, with k the largest whole number
    ≤ (n + 1)(1 − confidence) / 2, but at least 1 (Efron and Tibshirani 1993, "An
    introduction to the bootstrap"). Nothing is interpolated, so that inf may be among them.

    Parameters
    ----------
    samples : ndarray of shape (n, ...)
        A statistic of each sample.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    low, high : ndarray of shape (...)
    """
    check_level(confidence, "confidence")
    n = len(samples)
    # Rounding may leave the product just below the whole number that it is.
    k = max(1, int((n + 1) * (1 - confidence) / 2 + 1e-9))
    ordered = np.partition(samples, [k - 1, n - k], axis=0)
    return ordered[k - 1], ordered[n - k]
