"""Many points a few at a time: few enough for the cache, or for memory."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray


def in_parts(
    function: Callable[[NDArray], NDArray], points: NDArray, rows: int
) -> NDArray[np.float64]:
    """Return what a function gives for every row of `points`, shape (n,).

    Parameters
    ----------
    function : callable
        Takes some rows of `points`, and returns one number for each.
    points : ndarray of shape (n, dimension)
    rows : int
        How many it is handed at a time; one where this is less.
    """
    if 0 < len(points) <= rows:  # one point most of all, a thousand times a second
        return function(points).astype(float)
    step = max(1, rows)
    parts = [function(points[i : i + step]) for i in range(0, len(points), step)]
    return np.concatenate([np.empty(0), *parts])
