"""How a slope becomes a step: Adam, or descent with momentum."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Optimizer = Literal["adam", "sgd"]
#: Takes a slope, returns the direction of the step; it remembers past slopes.
Direction = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def direction_of(optimizer: Optimizer) -> Direction:
    """Return an optimizer's direction, to be multiplied by the learning rate.

    Parameters
    ----------
    optimizer : {"adam", "sgd"}
        Adam (Kingma and Ba 2015) with the paper's β = (0.9, 0.999), or a running mean of the
        slopes with weight 0.9 on the past.
    """
    return _adam() if optimizer == "adam" else _momentum()


def _adam() -> Direction:
    first: NDArray | float = 0.0
    second: NDArray | float = 0.0
    t = 0

    def direction(slope: NDArray[np.float64]) -> NDArray[np.float64]:
        nonlocal first, second, t
        t += 1
        first = 0.9 * first + 0.1 * slope
        second = 0.999 * second + 0.001 * slope**2
        scale = np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        return scale * first / (np.sqrt(second) + 1e-8)

    return direction


def _momentum() -> Direction:
    velocity: NDArray | float = 0.0

    def direction(slope: NDArray[np.float64]) -> NDArray[np.float64]:
        nonlocal velocity
        velocity = 0.9 * velocity + 0.1 * slope
        return np.asarray(velocity)

    return direction
