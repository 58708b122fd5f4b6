"""How finely the values of a linear objective are spaced, from its exact coefficients."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pulp

#: A float is taken for the fraction that it is nearest to, with no larger denominator, if
#: they differ by rounding only. So then do the objective's values from multiples of a common
#: divisor; a random float below 1 is so near to a fraction with a chance of 1 in 10⁷.
LARGEST_DENOMINATOR = 10_000

#: Coefficients of more steps than this have no useful spacing: a bound of a solver,
#: whose arithmetic is exact to nine digits at most, says nothing of one step.
MOST_STEPS = 10**7

#: How far the arithmetic of solvers may be off, relative to the objective: HiGHS and CBC
#: take a variable for whole within 1e-6, and a constraint for met within 1e-7.
SOLVER_TOLERANCE = 1e-6

#: Largest coefficients that suit the solvers' absolute tolerances as they are.
SUITED = (1.0, 1024.0)

#: The largest coefficient that a solver is given of an objective whose coefficients differ
#: widely, as costs and penalties do: more would spoil its floating-point arithmetic, and
#: less would make its absolute tolerances coarse for the costs.
LARGEST_SCALED = 2.0**20


@dataclass(frozen=True)
class LinearObjective:
    """An objective as solvers are given it: constant + step × Σ coefficient × variable.

    Where `spaced`, every coefficient is a whole number and so is the sum, at every
    solution or, where the problem vouches for it, at an optimal one: the objective's
    values lie on constant + step × (…, −1, 0, 1, …). Else the step only scales the
    coefficients to what a solver's absolute tolerances are meant for.

    Attributes
    ----------
    coefficients : dict of pulp.LpVariable to float
        Of the variables that are not fixed; none is 0.
    constant, step : float
        In the objective's own units.
    spaced : bool
    unit : float
        The scale of the objective's values, in its own units, which a proof's tolerance is
        relative to: that of the costs, not of penalties. Where the step is larger, a
        solver's tolerance is coarser than a proof's.
    """

    coefficients: Mapping[pulp.LpVariable, float]
    constant: float
    step: float
    spaced: bool
    unit: float


def linear_objective(program: pulp.LpProblem, integral: bool | None) -> LinearObjective:
    """Return a program's objective in whole steps, where it has a spacing.

    It has one when its variables are whole numbers and its coefficients multiples of a
    common one: whole numbers, halves, tenths and thirds have, real numbers have not. A
    variable that is fixed belongs to the constant.

    Parameters
    ----------
    program : pulp.LpProblem
    integral : bool, optional
        True vouches that the objective is a whole number at an optimal solution although
        variables in it are continuous; False takes no spacing, whatever it has.

    Raises
    ------
    ValueError
        When the program has no objective or a coefficient is not finite, and when
        `integral` is true and a coefficient is not a whole number.
    """
    if program.objective is None:
        raise ValueError(
            "the linear model's program has no objective: give it one, such as `program += cost`, "
            "or `program += 0` where every solution is worth the same"
        )
    constant = _finite(program.objective.constant, "the constant")
    terms: dict[pulp.LpVariable, Any] = {}
    for variable, weight in program.objective.items():
        _finite(weight, f"the coefficient of {variable.name}")
        if variable.lowBound is not None and variable.lowBound == variable.upBound:
            constant += float(weight * variable.lowBound)
        elif weight:
            terms[variable] = weight
    if integral:
        _refuse_fractions(terms)
    step = None
    if integral is not False and all(variable.cat == "Integer" for variable in terms):
        step = common_divisor(terms.values())
    elif integral:
        step = Fraction(1)
    if step is not None:
        counts = {variable: float(as_fraction(w) / step) for variable, w in terms.items()}
        if all(abs(count) <= MOST_STEPS for count in counts.values()):
            return LinearObjective(counts, constant, float(step), True, float(step))
    unit, scale = _unit_and_scale([abs(float(weight)) for weight in terms.values()])
    scaled = {variable: float(weight) / scale for variable, weight in terms.items()}
    return LinearObjective(scaled, constant, scale, False, unit)


def _unit_and_scale(sizes: list[float]) -> tuple[float, float]:
    """Return the scale of real coefficients' values, and what a solver is given them in.

    Both are powers of 2. Of coefficients of one magnitude they are the same.
    """
    largest = max(sizes, default=1.0)
    if largest <= SUITED[1]:
        unit = _power_of_2(min(largest, SUITED[0]))
        return unit, unit
    unit = _power_of_2(max(min(sizes), SUITED[0]))
    return unit, max(unit, 2 * _power_of_2(largest) / LARGEST_SCALED)


def _power_of_2(number: float) -> float:
    """Return the largest power of 2 that a positive number is not below."""
    return 2.0 ** (math.frexp(number)[1] - 1)


def common_divisor(weights: Any) -> Fraction | None:
    """Return the largest number that divides all weights, 1 of none, None without one."""
    divisor = Fraction(0)
    for weight in weights:
        exact = as_fraction(weight)
        if exact is None:
            return None
        divisor = Fraction(
            math.gcd(divisor.numerator * exact.denominator, exact.numerator * divisor.denominator),
            divisor.denominator * exact.denominator,
        )
    return divisor or Fraction(1)


def as_fraction(weight: Any) -> Any:
    """Return the fraction that a number stands for, None where none is small enough.

    A float stands for the fraction that is read as that float or one next to it, 0.1 and
    0.1 × 3 for 1/10 and 3/10, if its denominator is at most `LARGEST_DENOMINATOR`.
    """
    if isinstance(weight, int):
        return Fraction(weight)
    number = float(weight)
    if number.is_integer():
        return Fraction(int(number))
    near = Fraction(number).limit_denominator(LARGEST_DENOMINATOR)
    return near if abs(float(near) - number) <= math.ulp(number) else None


def _refuse_fractions(terms: Mapping[pulp.LpVariable, Any]) -> None:
    for variable, weight in terms.items():
        if not float(weight).is_integer():
            raise ValueError(
                f"the linear model is declared integral=True, but the coefficient of "
                f"{variable.name} is {weight!r}: leave integral out, and the spacing of the "
                "objective is derived from its coefficients"
            )


def _finite(number: Any, of: str) -> float:
    if not math.isfinite(number):
        raise ValueError(f"the linear model's objective: {of} is {number}, expected a number")
    return float(number)
