"""No value is worse than any: inf among numbers, and None where numbers are shown."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray


def filled(values: Iterable[float | None]) -> NDArray[np.float64]:
    """Return values as an array, with inf for None."""
    return np.array([math.inf if value is None else value for value in values], dtype=float)


def finite(value: float | np.floating | NDArray[np.float64]) -> float | None:
    """Return a number, or an array of one, as a plain number; None for inf and nan."""
    return float(value) if math.isfinite(value) else None
