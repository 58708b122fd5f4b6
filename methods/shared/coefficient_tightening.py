"""Coefficients that are far larger than a row needs, as those of a "big M", made as large."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

#: A coefficient is left alone unless it is so many times what the row needs. A solver takes
#: a variable for whole within 1e-6: 1e8 y then allows 100 where y is taken for 0.
FAR_LARGER = 1000

#: Sums of so many times their terms are rounding, of the model's arithmetic or of ours.
ROUNDING = 1e-13


def tightened_row(
    weights: Sequence[float],
    limit: float,
    low: Sequence[float],
    high: Sequence[float],
    binary: Sequence[bool],
    size: float = 0.0,
) -> list[float]:
    """Return the coefficients of Σ weight × variable <= limit with none far too large.

    Of a binary variable whose 1 turns the row off, which is what its coefficient is for, the
    least that does so is what the others exceed the limit by at most. The same solutions in
    whole numbers keep the row (Savelsbergh 1994, "Preprocessing and probing techniques for
    mixed integer programming problems").

    Parameters
    ----------
    weights : sequence of float
    limit : float
    low, high : sequence of float
        The bounds of each variable.
    binary : sequence of bool
        Which variables are 0 or 1.
    size : float
        How large the terms are that were taken out of the row, its limit included: what
        they leave may be their rounding, which no coefficient is made as small as.
    """
    tight = [float(weight) for weight in weights]
    most = [
        0.0 if not w else w * (h if w > 0 else b) for w, b, h in zip(tight, low, high, strict=True)
    ]
    if not all(map(math.isfinite, [*most, limit])):
        return tight
    reach = sum(map(Fraction, most))
    rounding = ROUNDING * (size + abs(limit) + sum(map(abs, most)))
    for i, weight in enumerate(tight):
        # A negative coefficient adds its most, 0, where its variable is 0.
        needed = reach - Fraction(limit)
        if (
            binary[i]
            and weight < 0
            and needed > rounding
            and FAR_LARGER * needed < -Fraction(weight)
        ):
            near = float(needed)
            tight[i] = -(near if near >= needed else math.nextafter(near, math.inf))
    return tight
