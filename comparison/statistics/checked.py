"""What the statistics are given: arrays of numbers, and levels."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray


def numbers(
    values: ArrayLike, name: str, axes: str, least: float = -math.inf
) -> NDArray[np.float64]:
    """Return values as an array.

    Parameters
    ----------
    values : array-like
        inf stands for no value.
    name : str
        What they are called in an error.
    axes : str
        The names of the array's axes, such as ``"runs, targets"``; none of them may be empty.
    least : float

    Raises
    ------
    ValueError
        When the array has other axes or an empty one, or holds nan or a number below `least`.
    """
    array = np.asarray(values, dtype=float)
    if array.ndim != len(axes.split(", ")) or not array.size:
        raise ValueError(f"{name} of shape {array.shape}: expected ({axes}), none of them 0")
    if not (array >= least).all():
        limit = "" if least == -math.inf else f" >= {least:g}"
        raise ValueError(f"{name}: expected numbers{limit}, and inf for no value")
    return array


def check_level(value: float, name: str) -> None:
    """Raise `ValueError` unless a level or a confidence is between 0 and 1."""
    if not 0 < value < 1:
        raise ValueError(f"{name}={value!r}: expected a number between 0 and 1")
