"""How likely one method is to beat another on a task drawn at random."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from comparison.statistics.aggregate import ByTask, by_task


def probability_of_improvement(x: ByTask, y: ByTask) -> float:
    """Return P(X < Y) + ½ P(X = Y), averaged over tasks: how likely a run of X is better.

    Values are minimised. Within a task it is the share of all pairs of a run of X and one
    of Y, that is Mann and Whitney's U over their number (Agarwal et al. 2021, "Deep
    reinforcement learning at the edge of the statistical precipice", section 4, where
    more is better). It says how often, not by how much.

    Parameters
    ----------
    x, y : ndarray of shape (runs, tasks), or sequence of array-likes of shape (runs,)
        A sequence has the runs of each task, which may be of different numbers; both in the
        same order of tasks. inf for no value: worse than any, and equal to another.
    """
    return float(np.mean([wins.mean() for wins in _wins(x, y)]))


def _wins(x: ByTask, y: ByTask) -> list[NDArray[np.float64]]:
    """Return for each task 1 where a run of X beats one of Y, ½ where they are equal."""
    ours, theirs = by_task(x), by_task(y)
    if len(ours) != len(theirs):
        raise ValueError(f"{len(ours)} and {len(theirs)} tasks: expected as many of both")
    return [(a[:, None] < b) + 0.5 * (a[:, None] == b) for a, b in zip(ours, theirs, strict=True)]
