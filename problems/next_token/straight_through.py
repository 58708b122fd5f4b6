"""Gradients through rounding to {−1, 0, +1}."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def straight_through(theta: NDArray) -> tuple[NDArray, NDArray[np.bool_]]:
    """Return the rounded weights of the forward pass and the slope passed backward.

    The slope is that of the identity inside [−1, 1], the straight-through estimator
    of Bengio, Léonard and Courville (2013, "Estimating or propagating gradients
    through stochastic neurons for conditional computation"), and zero outside, as in
    Hubara et al. (2016, "Binarized neural networks").
    """
    return np.clip(np.rint(theta), -1, 1), np.abs(theta) <= 1
