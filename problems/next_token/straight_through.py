"""Gradients through rounding to {−1, 0, +1}."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def straight_through(theta: NDArray) -> tuple[NDArray, NDArray[np.bool_]]:
    """Return the rounded weights of the forward pass and the slope passed backward.

    The slope is that of the identity inside [−1, 1] and zero outside (Bengio,
    Léonard and Courville 2013; Hubara et al. 2016).
    """
    return np.clip(np.rint(theta), -1, 1), np.abs(theta) <= 1
