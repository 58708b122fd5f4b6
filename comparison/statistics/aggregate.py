"""One number for many runs on many tasks, and how far it can be trusted."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comparison.statistics.bootstrap import Seed, blocks, draw, percentile_interval

#: An array of shape (runs, tasks), or the runs of each task, of any numbers.
ByTask = NDArray[np.float64] | Sequence[ArrayLike]

#: A statistic of many samples at once: from (n, values) to (n,).
Statistic = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def interquartile_mean(values: ArrayLike, axis: int = -1) -> NDArray[np.float64]:
    """Return the mean of the middle half of the values (IQM).

    It is as robust as a median to a quarter of outliers, and wastes less of the rest
    (Agarwal et al. 2021, "Deep reinforcement learning at the edge of the statistical
    precipice", section 4). The middle half of n values is n / 2 of them: where a
    quarter is no whole number, the two at its edges count in part. For a multiple of
    4 it is ``scipy.stats.trim_mean(values, 0.25)``, which else leaves out too few.

    Parameters
    ----------
    values : array-like
        inf for no value, worse than any; the mean is inf where more than a quarter are.
    axis : int
    """
    ordered = np.sort(np.asarray(values, dtype=float), axis=axis)
    ordered = np.moveaxis(ordered, axis, -1)
    n = ordered.shape[-1]
    if not n:
        raise ValueError("values: expected at least one")
    low, high = math.floor(n / 4), math.ceil(3 * n / 4)
    # Weight 1 within the middle half; 0 · inf is nan, so values without weight are left out.
    edges = np.arange(low, high)
    weights = np.minimum(edges + 1, 3 * n / 4) - np.maximum(edges, n / 4)
    mean: NDArray[np.float64] = ordered[..., low:high] @ weights / (n / 2)
    return mean


#: Statistics by name.
STATISTICS: dict[str, Statistic] = {
    "iqm": interquartile_mean,
    "median": partial(np.median, axis=-1),
}


def stratified_interval(
    values: ByTask,
    statistic: str | Statistic = "iqm",
    confidence: float = 0.95,
    n: int = 2000,
    rng: Seed = 0,
) -> tuple[float, float]:
    """Return a stratified percentile bootstrap interval of a statistic of all values together.

    Runs are drawn with replacement within their task, and the statistic is taken of all
    that are drawn (Agarwal et al. 2021, section 4). So the interval is that of other
    seeds on the same tasks, not of other tasks. A task of one run adds no width.

    Parameters
    ----------
    values : ndarray of shape (runs, tasks), or sequence of array-likes of shape (runs,)
        A sequence has the runs of each task, which may be of different numbers; inf for no
        value, worse than any.
    statistic : {"iqm", "median"} or callable
        A callable takes (samples, values) and returns (samples,).
    confidence : float
    n : int
        Samples.
    rng : int or Generator

    Returns
    -------
    low, high : float
        May be inf.
    """
    if isinstance(statistic, str) and statistic not in STATISTICS:
        raise ValueError(f"statistic={statistic!r}: expected one of {', '.join(STATISTICS)}")
    of_samples = STATISTICS[statistic] if isinstance(statistic, str) else statistic
    tasks = by_task(values)
    generator = np.random.default_rng(rng)
    statistics = []
    for rows in blocks(n, sum(len(task) for task in tasks)):
        drawn = [task[draw(len(task), rows, generator)] for task in tasks]
        statistics.append(np.asarray(of_samples(np.concatenate(drawn, axis=1)), dtype=float))
    low, high = percentile_interval(np.concatenate(statistics), confidence)
    return float(low), float(high)


def by_task(values: ByTask) -> list[NDArray[np.float64]]:
    """Return the values of each task: of the columns of an array, or of the parts of a list.

    Raises
    ------
    ValueError
        When there is no task, or one without runs, or a value is nan.
    """
    parts = values.T if isinstance(values, np.ndarray) else values
    tasks = [np.asarray(part, dtype=float) for part in parts]
    if not tasks or any(task.ndim != 1 or not task.size for task in tasks):
        raise ValueError("values: expected (runs, tasks), or for each task the values of its runs")
    if any(np.isnan(task).any() for task in tasks):
        raise ValueError("values: expected numbers, and inf for no value; got nan")
    return tasks
