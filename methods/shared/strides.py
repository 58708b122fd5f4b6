"""How far a continuous method has to step to be noticed through a space's encoding."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from problems.core.mixed import Mixed
from problems.core.oracle import Oracle
from problems.core.permutation import Permutation
from problems.core.space import Box, Space

#: The share of a range, a quarter as pycma recommends for the first standard deviation, that is
#: the start's scale for methods without a share of their own for the first step.
NEAR = 0.25
#: A standard deviation of half a stride changes a decoded variable often, but not always.
NOTICEABLE = 0.5


def search_box(space: Space) -> Box:
    """Return the box that a continuous method searches: a real box itself, else the latent one."""
    return space if isinstance(space, Box) and not space.integral.any() else space.latent


def zoom(oracle: Oracle, usual: float) -> float | NDArray[np.float64]:
    """Return by what shares of a variable's range are multiplied near the problem's start.

    Steps are shares of the range, and a method's usual share is a guess for a box of which
    nothing else is known. Where the problem has a start and a scale of the steps around it,
    they shrink by the factor at which the usual share is that scale.

    Parameters
    ----------
    oracle : Oracle
    usual : float
        The share that is as long as the start's scale: an option's default.

    Returns
    -------
    float or ndarray of shape (dimension,)
        1 without a start; one a variable of a box or a mixed space, 1 for those without a scale.
    """
    space, scale = oracle.space, oracle.scale
    if scale is None or not isinstance(space, Box | Mixed):
        return 1.0
    width = space.width if isinstance(space, Mixed) else space.latent.high - space.latent.low
    scaled = ~np.isnan(scale) & (width > 0)
    return np.divide(scale, usual * width, out=np.ones_like(width), where=scaled)


def latent_zoom(oracle: Oracle, usual: float) -> float | NDArray[np.float64]:
    """Return `zoom`, by what the ranges of a latent vector's numbers are multiplied."""
    nearness = zoom(oracle, usual)
    return _of_latent(oracle.space, nearness) if isinstance(nearness, np.ndarray) else nearness


def latent_scale(oracle: Oracle) -> NDArray[np.float64] | None:
    """Return the scale of the steps around the problem's start, for each latent number."""
    return None if oracle.scale is None else _of_latent(oracle.space, oracle.scale)


def _of_latent(space: Space, each: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give each number of a latent vector what its variable has."""
    return each[space.owner] if isinstance(space, Mixed) else each


def latent_kinds(space: Space) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell which numbers of a latent vector stand for real variables, and which for whole ones.

    The others are whole numbers on the log scale, the scores of categories and the keys of a
    permutation.
    """
    if isinstance(space, Box):
        return space.real, space.integral
    if isinstance(space, Mixed):
        whole = space.integral & ~space.nominal & ~space.logarithmic
        return space.real[space.owner], whole[space.owner]
    none = np.zeros(space.latent_dimension, dtype=bool)
    return none, none


def deviations(space: Space, share: float | NDArray[np.float64]) -> NDArray[np.float64]:
    """Return standard deviations, one a latent variable, that are `share` of its range.

    The share may be one a latent variable.

    They are never less than half a stride, the distance between neighbouring encoded
    values: 1 between whole numbers and between a chosen category's score and the others', the
    widest between whole numbers on the log scale, 1/n between the keys of n items. A smaller
    step would be rounded away, and the method would see a plateau.
    """
    box = search_box(space)
    if isinstance(space, Box):
        stride = space.integral.astype(float)
    elif isinstance(space, Mixed):
        stride = space.stride[space.owner]
    elif isinstance(space, Permutation):
        stride = np.full(box.dimension, 1.0 / space.n)
    else:
        stride = np.ones(box.dimension)
    return np.maximum(share * (box.high - box.low), NOTICEABLE * stride)
