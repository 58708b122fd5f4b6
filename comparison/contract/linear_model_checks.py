"""What a problem's linear model must keep: it is the objective, and its optimum is one."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comparison.contract.method_checks import SECONDS
from comparison.contract.require import require
from methods import minimize
from methods.branch_and_bound import milp_arguments
from methods.shared.program_arrays import ProgramArrays, program_arrays
from problems import Box, Budget, Categorical, LinearModel, Permutation, Problem, Space
from problems.core.linear_model import Solution, linear_model_of
from problems.core.problem import has_view
from problems.core.separation import violated_constraints

#: How many members are written into the model, and how many of its solutions are read.
MEMBERS, SOLUTIONS = 8, 4

#: How far a solver may miss a constraint.
TOLERANCE = 1e-6

#: Rounds in which constraints that the model leaves out are added to a fixed solution.
ROUNDS = 50

#: The largest space whose members are all evaluated.
MOST_MEMBERS = 20_000

#: How many random members the claimed optimum is compared with in any space.
SAMPLE = 200


def linear_model_is_the_objective(build: Callable[[], Problem]) -> None:
    """A member's value is the model's objective with the member's variables held fixed.

    Members are random ones, where the model can `write` them, and such as it is read to
    mean at solutions that are optimal for random costs.
    """
    problem = build()
    if not has_view(problem, "linear_model"):
        return
    if linear_model_of(problem).write is not None:
        for x in itertools.islice(_feasible(problem, _sample(problem, 50)), MEMBERS):
            _check_member(problem, x)
    rng = np.random.default_rng(7)
    for _ in range(SOLUTIONS):
        _check_solution(problem, rng)


def linear_model_holds(build: Callable[[], Problem]) -> None:
    """Solving the model gives a member whose value is the model's optimum, and the least."""
    problem = build()
    if not has_view(problem, "linear_model"):
        return
    run = minimize(problem, "integer-programming", Budget(0, SECONDS))
    if run.ended != "optimal" or run.value is None:
        raise AssertionError(f"the model was not solved: {run.ended} {run.message}")
    allowed = max(run.uncertainty, 1e-9 * max(1.0, abs(run.value)))
    everyone = _members(problem.space)
    for x in _feasible(problem, _sample(problem, SAMPLE) if everyone is None else everyone):
        value = problem.value(x)
        require(
            value >= run.value - allowed,
            f"the solver calls {run.value:.12g} optimal, but {x} has the value {value:.12g}: the "
            "linear model is not the objective",
        )


def _check_member(problem: Problem, x: NDArray) -> None:
    """Compare a member's value with the model's objective at the variables written for it."""
    model = linear_model_of(problem)
    assert model.write is not None
    solved = _best_with(model, model.write(x))
    if solved is not None:  # the model may leave out members that its optimum beats
        objective, solution = solved
        _compare(problem, model, x, objective)
        _compare(problem, model, _read(problem, model, solution), objective)


def _check_solution(problem: Problem, rng: np.random.Generator) -> None:
    """Compare a solution's objective with the value of the member that is read from it."""
    model = linear_model_of(problem)
    arrays = program_arrays(model)
    cost = rng.standard_normal(len(arrays.variables))
    cost = np.where(np.isinf(arrays.high), abs(cost), cost)  # so that there is an optimum
    cost = np.where(np.isinf(arrays.low), -abs(cost), cost)
    solved = _solved(model, replace(arrays, cost=cost, spaced=False))
    if solved is None:
        return
    whole = {v: solved[1][v] for v in itertools.compress(arrays.variables, arrays.whole)}
    if (solved := _best_with(model, whole)) is not None:
        objective, solution = solved
        _compare(problem, model, _read(problem, model, solution), objective)


def _read(problem: Problem, model: LinearModel, solution: Solution) -> NDArray:
    x = np.asarray(model.read(solution))
    require(x in problem.space, f"the linear model is read to mean {x}, which is no member")
    return x


def _compare(problem: Problem, model: LinearModel, x: NDArray, objective: float) -> None:
    if not (problem.constraints(x) <= TOLERANCE).all():
        require(not model.exact, f"the linear model allows {x}, which violates a constraint")
        return
    value = problem.value(x)
    allowed = max(model.tolerance(value), 1e-6 * max(abs(value), model.spacing or 0.0))
    apart = objective - value
    said = f"the value of {x} is {value:.12g}, the linear model's objective {objective:.12g}"
    require(apart <= allowed and (abs(apart) <= allowed or not model.exact), said)
    if model.spacing is not None:
        base = model.offset + model.unit * model.objective.constant
        steps = (objective - base) / model.spacing
        near = math.isclose(steps, round(steps), abs_tol=1e-4, rel_tol=1e-9)
        fault = f"is no multiple of its spacing {model.spacing:g} away from {base:g}"
        require(near, f"the linear model's objective {objective:.12g} at {x} {fault}: integral=?")


def _best_with(model: LinearModel, numbers: Mapping[Any, float]) -> tuple[float, Solution] | None:
    """Return the best objective, as a value, with some variables held fixed, and where it is."""
    arrays = program_arrays(model)
    columns = [column for column, _ in arrays.columns_of(numbers)]
    fixed = [number for _, number in arrays.columns_of(numbers)]
    low, high = arrays.low.copy(), arrays.high.copy()
    if (low[columns] > fixed).any() or (high[columns] < fixed).any():
        return None
    low[columns] = high[columns] = fixed
    return _solved(model, replace(arrays, low=low, high=high))


def _solved(model: LinearModel, arrays: ProgramArrays) -> tuple[float, Solution] | None:
    """Return the objective as a value, and the solution; None where there is none."""
    import scipy.optimize

    for _ in range(ROUNDS):
        if arrays.trivial:
            return None if arrays.trivial == "Infeasible" else (model.value(0.0), Solution([], []))
        options = {"mip_rel_gap": 0.0, "time_limit": SECONDS}
        result = scipy.optimize.milp(**milp_arguments(arrays), options=options)
        if result.x is None or result.status != 0:
            return None
        solution = arrays.solution(result.x)
        violated = violated_constraints(model, solution)
        if not violated:
            return model.value(float(result.fun)), solution
        for constraint in violated:
            constraint.name = None
            model.program += constraint
        rows = program_arrays(model)
        arrays = replace(rows, cost=arrays.cost, low=arrays.low, high=arrays.high)
    return None


def _sample(problem: Problem, number: int) -> NDArray:
    """Return random members, always the same, shape (number, dimension)."""
    return problem.sample(np.random.default_rng(8), number)


def _feasible(problem: Problem, points: Iterable[NDArray]) -> Iterator[NDArray]:
    return (x for x in points if (problem.constraints(x) <= 0).all())


def _members(space: Space) -> Iterator[NDArray] | None:
    """Return all members of a small space, None of a large one."""
    if isinstance(space, Permutation):
        if math.perm(space.n, space.dimension) > MOST_MEMBERS:
            return None
        return map(np.array, itertools.permutations(range(space.n), space.dimension))
    if isinstance(space, Categorical):
        low, high = np.zeros_like(space.counts), space.counts - 1
    elif isinstance(space, Box) and space.integral.all():
        low, high = space.low.astype(int), space.high.astype(int)
    else:
        return None
    sides = [range(least, most + 1) for least, most in zip(low, high, strict=True)]
    if math.prod(map(len, sides)) > MOST_MEMBERS:
        return None
    return map(np.array, itertools.product(*sides))
