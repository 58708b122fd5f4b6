"""Random perturbations of a point at several radii, of `gaussian_search` and `randopt`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from methods.shared.operators import perturb
from problems.core.space import Space

#: The largest radius, as a share of the range.
LARGEST = 0.1


def around(
    space: Space,
    start: NDArray,
    sizes: NDArray[np.float64],
    rng: np.random.Generator,
    nearness: float | NDArray[np.float64] = 1.0,
) -> NDArray:
    """Perturb a point, or each of as many points as there are radii, once at each.

    Parameters
    ----------
    space : Space
    start : ndarray of shape (dimension,) or (n, dimension)
    sizes : ndarray of shape (n,)
        The radius of each draw.
    rng : Generator
    nearness : float or ndarray of shape (dimension,)
        By what the ranges are multiplied that radii are shares of.

    Returns
    -------
    ndarray of shape (n, dimension)
    """
    real = space.real
    shape = (len(sizes), space.dimension)
    chosen = real | (rng.random(shape) < sizes[:, None])
    idle = np.flatnonzero(~chosen.any(axis=1))
    chosen[idle, rng.integers(space.dimension, size=len(idle))] = True
    points = np.broadcast_to(start, shape).copy()
    for size in np.unique(sizes):
        rows = sizes == size
        points[rows] = perturb(space, points[rows], chosen[rows], rng, float(size) * nearness)
    return points
