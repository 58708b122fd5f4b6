"""The quartiles of runs some of which have no value."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def quartiles(values: ArrayLike) -> NDArray[np.float64]:
    """Return the lower quartile, the median and the upper one, along the first axis.

    They are interpolated as by `numpy.quantile`; a quartile between a number and a missing
    value is missing.

    Parameters
    ----------
    values : array-like of shape (runs, ...)
        inf stands for no value, worse than any.

    Returns
    -------
    ndarray of shape (3, ...)

    Examples
    --------
    >>> quartiles([1.0, 2.0, 3.0, np.inf])
    array([1.75, 2.5 ,  inf])
    """
    ordered = np.sort(np.asarray(values, dtype=float), axis=0)
    places = np.array([0.25, 0.5, 0.75]) * (len(ordered) - 1)
    below = np.floor(places).astype(int)
    above = np.ceil(places).astype(int)
    share = (places - below).reshape(-1, *[1] * (ordered.ndim - 1))
    low, high = ordered[below], ordered[above]
    step = np.subtract(high, low, out=np.zeros_like(low), where=high > low)
    between = np.multiply(share, step, out=np.zeros_like(step), where=share > 0)
    quartiles: NDArray[np.float64] = low + between
    return quartiles
