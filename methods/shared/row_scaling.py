"""How a constraint is written for solvers, whose tolerances are absolute."""

from __future__ import annotations

import math
from collections.abc import Sequence

from problems.core.linear_objective import MOST_STEPS, as_fraction, common_divisor

#: Largest coefficients of a row that suit a feasibility tolerance of 1e-7 as they are.
SUITED = (1e-3, 1e6)

#: HiGHS takes coefficients up to this for 0.
NEGLIGIBLE = 1e-9

#: By how much leaving such coefficients out may loosen a row.
LOOSER = 1e-6

#: A sum of fractions in floats is taken for the whole number of steps that it is so near to.
ROUNDING = 1e-9


class UnsuitedRow(ValueError):  # noqa: N818 - the row is at fault
    """A row whose coefficients are too far apart for a solver; the message says which."""


def scaled_row(
    weights: Sequence[float], limit: float, reach: Sequence[float]
) -> tuple[list[float], float, float]:
    """Return coefficients and limit of a row as solvers are given it, and how much looser it is.

    Fractions become whole numbers, since CBC calls equations in thirds infeasible, and
    large or small numbers are divided by a power of two, since the rounding of 1e9
    exceeds a tolerance of 1e-7. Other rows stay as they are. Coefficients that a solver would
    take for 0 are left out, and the row is made as much looser as they may matter.

    Parameters
    ----------
    weights : sequence of float
    limit : float
        The right-hand side.
    reach : sequence of float
        The largest absolute number that each variable may have.

    Raises
    ------
    UnsuitedRow
        When a coefficient is not finite, or would be taken for 0 though it matters.
    """
    for number in (*weights, limit):
        if not math.isfinite(number):
            raise UnsuitedRow(f"{number} is no coefficient or limit")
    largest = max(map(abs, weights), default=1.0) or 1.0
    if not all(float(number).is_integer() for number in (*weights, limit)):
        divisor = common_divisor(weights)
        if divisor is not None and largest <= MOST_STEPS * divisor:
            steps = limit / float(divisor)
            near = round(steps)
            if abs(steps - near) <= ROUNDING * max(1.0, abs(steps)):
                steps = float(near)
            return [float(as_fraction(weight) / divisor) for weight in weights], steps, 0.0
    scale = 1.0
    if not SUITED[0] <= largest <= SUITED[1]:
        scale = 2.0 ** (math.frexp(largest)[1] - 10)  # so that the largest is 512 … 1024
    scaled = [float(weight) / scale for weight in weights]
    left_out = [i for i, size in enumerate(map(abs, scaled)) if 0 < size <= NEGLIGIBLE]
    looser = sum(abs(scaled[i]) * reach[i] for i in left_out)
    if looser > LOOSER:
        smallest = min(abs(weights[i]) for i in left_out)
        raise UnsuitedRow(
            f"the coefficients {smallest:g} and {largest:g} are too far apart for a solver, "
            "which would take the smaller for 0: scale the variables, or bound them"
        )
    for i in left_out:
        scaled[i] = 0.0
    return scaled, float(limit) / scale, looser
