"""Straight lines through weight space."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def random_line(
    x: NDArray[np.float64], rng: np.random.Generator, step: float, n: int
) -> NDArray[np.float64]:
    """Return points on a line from `x` in a uniformly random direction of unit norm.

    Parameters
    ----------
    x : ndarray of shape (dimension,)
    rng : numpy.random.Generator
    step : float
        Euclidean distance of two neighbours.
    n : int

    Returns
    -------
    ndarray of shape (n, dimension)
    """
    direction = rng.standard_normal(len(x))
    direction /= np.linalg.norm(direction)
    return x + step * np.arange(n)[:, None] * direction
