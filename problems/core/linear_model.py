"""A mixed-integer linear program whose solutions are a problem's."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from problems.core.linear_objective import (
    MOST_STEPS,
    SOLVER_TOLERANCE,
    LinearObjective,
    linear_objective,
)
from problems.core.usage_error import shown

if TYPE_CHECKING:
    import pulp

#: What PuLP writes in place of characters that file formats do not take.
PULP_NAMES = str.maketrans("-+[] >/", "_______")


@dataclass
class LinearModel:
    """A mixed-integer linear program whose solutions are the problem's.

    Parameters
    ----------
    program : pulp.LpProblem
        Its objective may have a constant, and it may minimise or maximise.
    read : callable
        ``read(solution)`` returns x. The `Solution` is asked by variable,
        ``solution[variable]``, or by a name that only one variable has.
    unit, offset : float
        Problem value = `offset` + `unit` × the program's objective. Of a program that
        maximises the unit is negative, since values are minimised.
    integral : bool, optional
        A bound is rounded up to the spacing of the objective's values, which is derived
        from the program: see `problems.core.linear_objective`. True vouches for what the program
        does not show: that the objective, its coefficients being whole, is a whole number
        at the best solution for each member although variables in it are continuous; the
        contract suite tries it on random members, and a run ends with an error at a
        solution that contradicts it. False has bounds taken as they are.
    exact : bool
        Whether its optimum is the problem's optimum, or only a bound on it.
    separate : callable, optional
        ``separate(solution)`` returns the constraints that a solution violates and
        `program` leaves out, because there are too many to write down; empty or None where
        it violates none. They are added and the program is solved again; that none of
        them is violated is an error, since it would be for ever.
    write : callable, optional
        ``write(x)`` inverts `read`: it takes a solution, shape (dimension,), and
        returns numbers by variable or name, from which a solver may start. Of the
        program's variables they include every whole one, so that the rest is a linear
        program. Where solutions stand for each other, as two ways round one tour do,
        the one that the program knows is written.

    Raises
    ------
    ValueError
        When the program's best solution is the problem's worst, or a number is not finite.
    """

    program: pulp.LpProblem
    read: Callable[[Solution], NDArray]
    unit: float = 1.0
    offset: float = 0.0
    integral: bool | None = None
    exact: bool = True
    separate: Callable[[Solution], list[pulp.LpConstraint]] | None = None
    write: Callable[[NDArray], Mapping[Any, float]] | None = None

    def __post_init__(self) -> None:
        for name in ("unit", "offset"):
            number = getattr(self, name)
            if not math.isfinite(number):
                raise ValueError(f"linear model {name}={number}: expected a finite number")
        if not self.unit * self.program.sense > 0:
            verb = "minimises" if self.program.sense > 0 else "maximises"
            raise ValueError(
                f"linear model unit={self.unit:g} and a program that {verb}: its best solution "
                "would be the problem's worst, as value = offset + unit × objective is minimised"
            )

    @cached_property
    def objective(self) -> LinearObjective:
        """The program's objective in steps of its spacing, or scaled for the solver.

        Raises
        ------
        ValueError
            When there is none, a coefficient is not finite, or `integral` contradicts it.
        """
        return linear_objective(self.program, self.integral)

    @property
    def spacing(self) -> float | None:
        """How far apart two different values of the problem are, None where nothing says so."""
        return abs(self.unit) * self.objective.step if self.objective.spaced else None

    def value(self, minimised: float) -> float:
        """Return the problem's value for a solver's objective.

        Parameters
        ----------
        minimised : float
            Σ coefficient × variable of `objective`, its sign turned if the program maximises.
        """
        objective = self.objective
        return float(
            self.offset
            + self.unit * (objective.constant + objective.step * (self.program.sense * minimised))
        )

    def bound(self, minimised: float) -> float:
        """Return the lower bound on the problem's values that a solver's bound proves.

        Where the objective has a spacing, that is the next value up which it can have,
        unless the bound is of so many steps that a solver's arithmetic tells nothing of one.
        Elsewhere it is lowered by what a solver's arithmetic may be off, if that is more
        than the `tolerance` of a proof, as with penalties beside small costs.
        """
        objective = self.objective
        if objective.spaced and abs(minimised) <= MOST_STEPS:
            return self.value(math.ceil(minimised - max(1e-6, 1e-9 * abs(minimised))))
        value = self.value(minimised)
        arithmetic = SOLVER_TOLERANCE * abs(self.unit) * objective.step
        return value - arithmetic if arithmetic > self.tolerance(value) else value

    def denial(self, value: float) -> str:
        """Return what a solution's value says against ``integral=True``, nothing if it agrees.

        Only what the program does not show itself can be denied: that its objective is a
        whole number although variables in it are continuous.
        """
        continuous = [v for v in self.objective.coefficients if v.cat != "Integer"]
        if not (self.integral and self.exact and continuous and self.is_exact(value)):
            return ""
        assert self.spacing is not None
        steps = self._terms(value) / self.spacing
        if math.isclose(steps, round(steps), abs_tol=1e-4):
            return ""
        return (
            f"the linear model is declared integral=True, which the value {value:.12g} "
            f"contradicts: it is no multiple of {self.spacing:g} away from "
            f"{value - self._terms(value):g}; leave integral out, or see whether the model is "
            "this problem's"
        )

    def is_exact(self, value: float) -> bool:
        """Return whether a bound of this value is exact, having been rounded to the spacing."""
        return self.spacing is not None and abs(self._terms(value)) <= MOST_STEPS * self.spacing

    def tolerance(self, value: float) -> float:
        """Return by how much a proof may miss the problem's `value`.

        It is `SOLVER_TOLERANCE`, relative to the value without its constant or to the scale
        of the costs, but no more than half of the spacing where bounds are exact.
        """
        objective = self.objective
        tolerance = SOLVER_TOLERANCE * max(abs(self.unit) * objective.unit, abs(self._terms(value)))
        if self.spacing is not None and self.is_exact(value):
            tolerance = min(tolerance, self.spacing / 2)
        largest = max(abs(value), abs(self.offset), abs(self.unit * objective.constant))
        return max(tolerance, 4 * math.ulp(largest))

    def _terms(self, value: float) -> float:
        """Return what of a value is not constant."""
        return value - self.offset - self.unit * self.objective.constant


class Solution(Mapping[Any, float]):
    """A solver's numbers, by variable or by the name of one.

    A name may be as its variable was given it, before PuLP has put ``_`` for characters
    such as ``-``. Whole variables have whole numbers.

    Parameters
    ----------
    variables : iterable of pulp.LpVariable
        All different objects; their names need not differ.
    numbers : array_like

    Raises
    ------
    ValueError
        When it is asked by a name that several variables have.
    KeyError
        When it is asked by a name that none has.
    """

    def __init__(self, variables: Iterable[pulp.LpVariable], numbers: ArrayLike) -> None:
        self._numbers: dict[pulp.LpVariable, float] = {
            variable: _whole(variable, float(number))
            for variable, number in zip(variables, np.asarray(numbers).tolist(), strict=True)
        }

    @cached_property
    def _named(self) -> dict[str, list[pulp.LpVariable]]:
        named: dict[str, list[pulp.LpVariable]] = {}
        for variable in self._numbers:
            named.setdefault(variable.name, []).append(variable)
        return named

    def __getitem__(self, key: Any) -> float:
        if not isinstance(key, str):
            if not hasattr(key, "lowBound"):
                raise KeyError(f"{key!r}: expected a variable of the linear model, or its name")
            number = self._numbers.get(key)
            return _any_number(key) if number is None else number
        return self._numbers[self.variable(key)]

    def variable(self, name: str) -> pulp.LpVariable:
        """Return the one variable of a name."""
        variables = self._named.get(name) or self._named.get(name.translate(PULP_NAMES), [])
        if len(variables) > 1:
            raise ValueError(
                f"{len(variables)} variables of the linear model are called {name!r}: give them "
                "names that differ in more than the characters '-+[] >/', or ask for "
                "`solution[variable]`, not for `solution[variable.name]`"
            )
        if not variables:
            raise KeyError(
                f"{name}: no variable of the linear model is called so, or neither the objective "
                "nor a constraint has it; `solution[variable]` is known of any"
            )
        return variables[0]

    def __iter__(self) -> Iterator[str]:
        return iter(self._named)

    def __len__(self) -> int:
        return len(self._named)


def assigned(
    variables: Iterable[pulp.LpVariable], numbers: Iterable[Any]
) -> dict[pulp.LpVariable, float]:
    """Return numbers by the variables that take them."""
    return {v: float(number) for v, number in zip(variables, numbers, strict=True)}


def model_of_whole(
    program: pulp.LpProblem, variables: Sequence[pulp.LpVariable], **more: Any
) -> LinearModel:
    """Return the model of a program whose whole variables, in order, are the solution.

    Parameters
    ----------
    program : pulp.LpProblem
    variables : sequence of pulp.LpVariable
    **more
        The other parameters of `LinearModel`.
    """

    def read(solution: Solution) -> NDArray[np.int64]:
        return np.array([round(solution[variable]) for variable in variables], dtype=np.int64)

    return LinearModel(program, read, **{"write": partial(assigned, variables), **more})


def linear_model_of(problem: Any) -> LinearModel:
    """Return a problem's linear model.

    Raises
    ------
    TypeError
        When what it returns is none.
    """
    model = problem.linear_model()
    if isinstance(model, LinearModel):
        return model
    raise TypeError(
        f"linear_model returned {shown(model)}: expected a LinearModel, such as "
        "LinearModel(program, read) of a pulp.LpProblem"
    )


def _whole(variable: pulp.LpVariable, number: float) -> float:
    """Return a whole variable's number without the solver's tolerance."""
    if variable.cat == "Integer" and abs(number - round(number)) <= 1e-5:
        return float(round(number))
    return number


def _any_number(variable: pulp.LpVariable) -> float:
    """Return a number for a variable on which nothing depends: 0, or the bound next to it."""
    low = -math.inf if variable.lowBound is None else variable.lowBound
    high = math.inf if variable.upBound is None else variable.upBound
    return float(min(max(0.0, low), high))
