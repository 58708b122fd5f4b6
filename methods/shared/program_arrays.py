"""A linear model as arrays, which is how every solver is given it: nothing has a name there."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from methods.shared.coefficient_tightening import tightened_row
from methods.shared.row_scaling import UnsuitedRow, scaled_row
from problems.core.linear_model import LinearModel, Solution

#: HiGHS takes bounds from this on for infinite.
INFINITE = 1e20

#: The loosest of the solvers' own tolerances: Gurobi's and CPLEX's for whole numbers.
FEASIBILITY = 1e-5


@dataclass(frozen=True)
class ProgramArrays:
    """min cost · x under row_low <= matrix · x <= row_high, low <= x <= high, some x whole.

    Attributes
    ----------
    variables : list of pulp.LpVariable
        One a column, n in all, in the order of ``program.variables()``.
    cost, low, high : ndarray of shape (n,)
        The cost is that of `LinearModel.objective`, its sign turned where the program
        maximises; bounds may be infinite.
    whole : ndarray of shape (n,)
        Which variables are whole numbers.
    start, column, weight : ndarray
        The matrix by rows: row i has the entries from start[i] up to start[i + 1]. It is
        the program's but for the scale of a row, see `methods.shared.row_scaling`, and for
        variables that are fixed, which belong to the limits.
    row_low, row_high : ndarray of shape (m,)
    spaced : bool
        Whether the cost is a whole number, so that a gap below 1 is a proof.
    """

    variables: list[Any]
    cost: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    whole: NDArray[np.bool_]
    start: NDArray[np.int32]
    column: NDArray[np.int32]
    weight: NDArray[np.float64]
    row_low: NDArray[np.float64]
    row_high: NDArray[np.float64]
    spaced: bool

    @property
    def whole_rows(self) -> bool:
        """Whether every coefficient of the matrix is a whole number."""
        return bool((self.weight == np.rint(self.weight)).all())

    @property
    def bounded(self) -> bool:
        """Whether all variables in the cost are bounded where it falls, so that it has an end."""
        end = np.where(self.cost > 0, self.low, self.high)
        return bool(np.isfinite(end[self.cost != 0]).all())

    @property
    def mixed(self) -> bool:
        """Whether some variables are whole numbers and some are not."""
        return bool(self.whole.any() and not self.whole.all())

    @property
    def gap(self) -> float:
        """The absolute gap between a solution and a bound that proves it optimal."""
        return 0.99 if self.spaced else 1e-9

    def without_aim(self) -> ProgramArrays:
        """Return the question whether there is any solution."""
        return replace(self, cost=np.zeros_like(self.cost), spaced=True)

    def allows(self, point: NDArray) -> bool:
        """Return whether a point, shape (n,), is a solution but for rounding: `FEASIBILITY`."""
        terms = self.weight * point[self.column]
        row = np.repeat(np.arange(len(self.row_low)), np.diff(self.start))
        rows = len(self.row_low)
        total, size = (np.bincount(row, each, rows) for each in (terms, np.abs(terms)))
        room, own = FEASIBILITY * (1 + size), FEASIBILITY * (1 + np.abs(point))
        whole = np.abs(point - np.rint(point))[self.whole]
        return bool(
            ((self.row_low - room <= total) & (total <= self.row_high + room)).all()
            and ((self.low - own <= point) & (point <= self.high + own)).all()
            and (whole <= FEASIBILITY).all()
        )

    def solution(self, point: NDArray) -> Solution:
        """Return a point, shape (n,), for the model's reader."""
        return Solution(self.variables, point)

    def columns_of(self, numbers: Any) -> list[tuple[int, float]]:
        """Return (column, number) of what a model's writer says by variable or name."""
        place = {variable: i for i, variable in enumerate(self.variables)}
        names = Solution(self.variables, np.zeros(len(self.variables)))
        named = [
            (names.variable(key) if isinstance(key, str) and key in names else key, number)
            for key, number in numbers.items()
        ]
        return [(place[key], float(number)) for key, number in named if key in place]

    @property
    def trivial(self) -> str:
        """The status where it takes no solver to tell, else nothing.

        Solvers differ in what they say of bounds that exclude each other, of rows
        without variables, and of programs without any.
        """
        empty = np.diff(self.start) == 0
        if (
            (self.low > self.high).any()
            or (self.row_low[empty] > 0).any()
            or (self.row_high[empty] < 0).any()
        ):
            return "Infeasible"
        return "" if self.variables else "Optimal"


def program_arrays(model: LinearModel) -> ProgramArrays:
    """Turn a linear model into arrays.

    Raises
    ------
    ValueError
        When a number is none, a row's are too far apart for a solver, or the program has
        special ordered sets, which no solver here is given.
    """
    program, objective = model.program, model.objective
    if program.sos1 or program.sos2:
        raise ValueError("the linear model has special ordered sets: write them as constraints")
    variables = list(program.variables())
    place = {variable: i for i, variable in enumerate(variables)}
    cost = np.zeros(len(variables))
    for variable, weight in objective.coefficients.items():
        cost[place[variable]] = program.sense * weight
    low = _bounds((v.lowBound for v in variables), -math.inf, variables)
    high = _bounds((v.upBound for v in variables), math.inf, variables)
    whole = np.array([v.cat == "Integer" for v in variables], dtype=bool)
    binary = whole & (low == 0) & (high == 1)
    reach = np.maximum(np.abs(low), np.abs(high)).tolist()
    start, column, entries = [0], [], []
    row_low, row_high = [], []
    for name, constraint in program.constraints.items():
        columns = [place[variable] for variable in constraint]
        weights, limit, size = _without_fixed(
            columns, list(constraint.values()), -constraint.constant, low, high
        )
        if constraint.sense:
            side = float(-constraint.sense)  # so that it reads <=
            weights = tightened_row(
                [side * w for w in weights],
                side * limit,
                low[columns].tolist(),
                high[columns].tolist(),
                binary[columns].tolist(),
                size,
            )
            weights = [side * w for w in weights]
        try:
            weights, limit, looser = scaled_row(weights, limit, [reach[i] for i in columns])
        except UnsuitedRow as error:
            raise ValueError(f"the linear model's constraint {name}: {error}") from None
        if abs(limit) >= INFINITE:
            raise ValueError(
                f"the linear model's constraint {name} has the limit {-constraint.constant:g}, "
                f"{limit:g} as solvers are given it, who take {INFINITE:g} for infinite"
            )
        for i, weight in zip(columns, weights, strict=True):
            if weight:
                column.append(i)
                entries.append(weight)
        start.append(len(entries))
        row_low.append(-math.inf if constraint.sense < 0 else limit - looser)
        row_high.append(math.inf if constraint.sense > 0 else limit + looser)
    return ProgramArrays(
        variables=variables,
        cost=cost,
        low=low,
        high=high,
        whole=whole,
        start=np.array(start, dtype=np.int32),
        column=np.array(column, dtype=np.int32),
        weight=np.array(entries, dtype=float),
        row_low=np.array(row_low, dtype=float),
        row_high=np.array(row_high, dtype=float),
        spaced=objective.spaced,
    )


def _without_fixed(
    columns: list[int], weights: list[Any], limit: Any, low: NDArray, high: NDArray
) -> tuple[list[Any], Any, float]:
    """Take variables that are fixed out of a row, exactly: they do not belong to its scale.

    Returns
    -------
    weights : list
    limit : number
    size : float
        The largest of the limit and of what was taken from it.
    """
    size = abs(float(limit))
    for k, i in enumerate(columns):
        if low[i] == high[i] and weights[k]:
            if low[i]:
                size = max(size, abs(weights[k] * low[i]))
                limit = float(Fraction(limit) - Fraction(weights[k]) * Fraction(low[i]))
            weights[k] = 0.0
    return weights, limit, size


def _bounds(bounds: Iterable[Any], default: float, variables: list[Any]) -> NDArray[np.float64]:
    numbers = np.array([default if bound is None else bound for bound in bounds], dtype=float)
    beyond = (np.abs(numbers) >= INFINITE) & (numbers != default)
    for i in np.flatnonzero(np.isnan(numbers) | beyond):
        raise ValueError(
            f"the linear model's variable {variables[i].name} has the bound {numbers[i]:g}: "
            f"expected None or a number below {INFINITE:g}, which solvers take for infinite"
        )
    return numbers
