"""A perturbation wide enough to see a difference, for methods that compare values.

On a piecewise constant objective a small perturbation sees a plateau: both values of an
antithetic pair x ± s are equal, and say nothing. The rule is a choice of this suite: where more
than half of the last pairs have equal values, the perturbation of the real variables is
multiplied by four, up to a quarter of the range. The pairs that showed nothing are paid for; an
objective whose values differ keeps the method's own default and pays for none. The rule holds
throughout, not at the start alone: a search often sees the steps at first and then ends in
the middle of one.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from methods.shared.strides import NEAR

#: By what a perturbation is multiplied, and the share of the range that it never exceeds.
FACTOR, WIDEST = 4.0, NEAR


def mostly_zero(differences: Collection[float], pairs: int) -> bool:
    """Tell whether more than half of `pairs` differences are zero, whatever the rest will be."""
    return 2 * sum(d == 0 for d in differences) > pairs


def wider(sizes: NDArray[np.float64], widest: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the next perturbation, one size a variable."""
    return np.minimum(FACTOR * sizes, widest)
