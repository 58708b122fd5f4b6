"""One number for many runs on many tasks, and how far it can be trusted."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comparison.statistics.bootstrap import blocks, draw, percentile_interval
from comparison.statistics.checked import numbers


def interquartile_mean(values: ArrayLike) -> NDArray[np.float64]:
    """Return the mean of the middle half of the values (IQM), along the last axis.

    It is as robust as a median to a quarter of outliers, and wastes less of the rest
    (Agarwal et al. 2021, "Deep reinforcement learning at the edge of the statistical
    precipice", section 4). The middle half of n values is n / 2 of them: where a
    quarter is no whole number, the two at its edges count in part. For a multiple of
    4 it is ``scipy.stats.trim_mean(values, 0.25)``, which else leaves out too few.

    Parameters
    ----------
    values : array-like
        inf for no value, worse than any; the mean is inf where more than a quarter are.
    """
    ordered = np.sort(np.asarray(values, dtype=float))
    n = ordered.shape[-1]
    if not n:
        raise ValueError("values: expected at least one")
    low, high = math.floor(n / 4), math.ceil(3 * n / 4)
    # Weight 1 within the middle half; 0 · inf is nan, so values without weight are left out.
    edges = np.arange(low, high)
    weights = np.minimum(edges + 1, 3 * n / 4) - np.maximum(edges, n / 4)
    mean: NDArray[np.float64] = ordered[..., low:high] @ weights / (n / 2)
    return mean


def stratified_interval(
    values: Sequence[ArrayLike], confidence: float = 0.95, n: int = 2000
) -> tuple[float, float]:
    """Return a stratified percentile bootstrap interval of the `interquartile_mean` of all values.

    Runs are drawn with replacement within their task, and the mean is taken of all that are
    drawn (Agarwal et al. 2021, section 4). So the interval is that of other seeds on the
    same tasks, not of other tasks. A task of one run adds no width.

    Parameters
    ----------
    values : sequence of array-likes of shape (runs,)
        The runs of each task, which may be of different numbers; inf for no value, worse
        than any.
    confidence : float
    n : int
        Samples.

    Returns
    -------
    low, high : float
        May be inf.
    """
    tasks = [numbers(task, "values", "runs") for task in values]
    rng = np.random.default_rng(0)
    means = []
    for rows in blocks(n, sum(map(len, tasks))):
        drawn = [task[draw(len(task), rows, rng)] for task in tasks]
        means.append(interquartile_mean(np.concatenate(drawn, axis=1)))
    low, high = percentile_interval(np.concatenate(means), confidence)
    return float(low), float(high)
