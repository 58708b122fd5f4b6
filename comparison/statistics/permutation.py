"""Exact null distributions of rank statistics, by counting; ties keep their mean ranks.

scipy's exact tests know neither ties nor zeros, which here are common: two methods that
both reach an optimum are equal. For such it falls back to a normal approximation, which at
ten runs can give a p-value below any that the sample can have.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def sign_flip_p(ranks: NDArray[np.float64], total: float) -> float:
    """Return the two-sided p-value of a sum of ranks, each of which is in it or not, evenly.

    Parameters
    ----------
    ranks : ndarray of shape (n,)
        Whole or half numbers > 0.
    total : float
        The sum of those that are positive.
    """
    doubled = _doubled(ranks)
    ways = np.zeros(int(doubled.sum()) + 1)
    ways[0] = 1.0
    for rank in doubled:
        ways[rank:] += ways[:-rank].copy()
    return _two_sided(ways, total)


def subset_p(ranks: NDArray[np.float64], size: int, total: float) -> float:
    """Return the two-sided p-value of the sum of `size` of the ranks, drawn at random.

    Parameters
    ----------
    ranks : ndarray of shape (n,)
        Whole or half numbers > 0, of both samples together.
    size : int
        Of one sample, at most n.
    total : float
        The sum of its ranks.
    """
    doubled = _doubled(ranks)
    # ways[k, s]: how many sets of k of the ranks so far have the sum s.
    ways = np.zeros((size + 1, int(np.sort(doubled)[len(doubled) - size :].sum()) + 1))
    ways[0, 0] = 1.0
    for rank in doubled:
        ways[1:, rank:] += ways[:-1, : ways.shape[1] - rank].copy()
    return _two_sided(ways[size], total)


def _doubled(ranks: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return ranks as whole numbers: those of ties may be halves."""
    return np.rint(2 * ranks).astype(np.intp)


def _two_sided(ways: NDArray[np.float64], total: float) -> float:
    """Return twice the smaller tail, as scipy does; both include the observed sum."""
    place = round(2 * total)
    smaller = min(ways[: place + 1].sum(), ways[place:].sum())
    return float(min(1.0, 2 * smaller / ways.sum()))
