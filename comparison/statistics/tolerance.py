"""When two values count as equal, and when one attains a reference: by one tolerance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from problems.core.reference import Reference

#: How far values may differ by rounding where no reference states a tolerance, in units of the
#: larger of them and at least of 1.
ROUNDING = 1e-9


def no_worse(value: Any, other: Any, slack: float) -> Any:
    """Whether a value, a number or an array of numbers, is less than another plus a slack."""
    return value <= other + slack


def attains(value: float | None, reference: Reference | None) -> bool:
    """Whether there is a value as good as a reference, within the reference's tolerance."""
    return value is not None and reference is not None and bool(value <= reference.goal)


def tied(a: float | None, b: float | None, reference: Reference | None = None) -> bool:
    """Whether two values count as equal.

    Parameters
    ----------
    a, b : float or None
        None, which is no value, is tied with None only, and an infinite value with its like.
    reference : Reference, optional
        Whose tolerance counts; by default it is `ROUNDING`.

    Examples
    --------
    >>> near_one = Reference(1.0, "closed form", "an argument", 0.1)
    >>> tied(0.3, 0.1 + 0.2), tied(1.0, 1.01), tied(1.0, 1.01, near_one)
    (True, False, True)
    """
    if a is None or b is None:
        return a is b
    if not (math.isfinite(a) and math.isfinite(b)):
        return a == b
    rounding = ROUNDING * max(1.0, abs(a), abs(b))
    slack = rounding if reference is None else reference.slack
    return bool(no_worse(max(a, b), min(a, b), slack))


def merge_ties(values: Sequence[float] | NDArray, reference: Reference | None = None) -> NDArray:
    """Return values of which those that are tied with a lesser one are equal to it.

    Ranks and tests of the result see no difference that is smaller than the tolerance.

    Parameters
    ----------
    values : array_like, shape (n,)
    reference : Reference, optional
        See `tied`.

    Returns
    -------
    ndarray, shape (n,)

    Examples
    --------
    >>> merge_ties([3.0, 1.0, 1.0 + 1e-12]).tolist()
    [3.0, 1.0, 1.0]
    """
    merged = np.array(values, dtype=float)
    least = math.nan
    for i in np.argsort(merged, kind="stable"):
        if tied(least, float(merged[i]), reference):
            merged[i] = least
        else:
            least = float(merged[i])
    return merged
