"""How likely one method is to beat another."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from comparison.statistics.checked import numbers


def probability_of_improvement(x: ArrayLike, y: ArrayLike) -> float:
    """Return P(X < Y) + ½ P(X = Y): how likely a run of X is better than one of Y.

    Values are minimised. It is the share of all pairs of a run of X and one of Y, that is
    Mann and Whitney's U over their number (Agarwal et al. 2021, "Deep reinforcement learning
    at the edge of the statistical precipice", section 4, where more is better, and the mean
    over tasks is taken). It says how often, not by how much.

    Parameters
    ----------
    x, y : array-like of shape (runs,)
        inf for no value: worse than any, and equal to another.
    """
    ours, theirs = numbers(x, "x", "runs")[:, None], numbers(y, "y", "runs")
    return float(np.mean((ours < theirs) + 0.5 * (ours == theirs)))
