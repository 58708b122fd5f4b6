"""How far a continuous method has to step to be noticed through a space's encoding."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from problems.core.space import Box, Permutation, Space

#: A standard deviation of half a stride changes a decoded variable often, but not always.
NOTICEABLE = 0.5


def search_box(space: Space) -> Box:
    """Return the box that a continuous method searches: a real box itself, else the latent one."""
    return space if isinstance(space, Box) and not space.integral.any() else space.latent


def real_variables(space: Space) -> NDArray[np.bool_]:
    """Tell which variables of a solution take any number of an interval."""
    return ~space.integral if isinstance(space, Box) else np.zeros(space.dimension, dtype=bool)


def deviations(space: Space, share: float) -> NDArray[np.float64]:
    """Return standard deviations, one a latent variable, that are `share` of its range.

    They are never less than half a stride, the distance between neighbouring encoded
    values: 1 between whole numbers and between a chosen category's score and the others',
    1/n between the keys of n items. A smaller step would be rounded away, and the method
    would see a plateau.
    """
    box = search_box(space)
    if isinstance(space, Box):
        stride = space.integral.astype(float)
    elif isinstance(space, Permutation):
        stride = np.full(box.dimension, 1.0 / space.n)
    else:
        stride = np.ones(box.dimension)
    return np.maximum(share * (box.high - box.low), NOTICEABLE * stride)
