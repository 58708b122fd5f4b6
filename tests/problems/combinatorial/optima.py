"""Two ways to an optimum: all points, and the integer program with its proof."""

import numpy as np

from methods import minimize
from problems import Box, Budget, Problem
from tests.problems.toys import grid


def by_force(problem: Problem) -> float:
    """Return the least value of all feasible members of a space of equal ranges."""
    space = problem.space
    choices = 2 if isinstance(space, Box) else int(space.counts[0])
    points = grid(tuple(range(choices)), space.dimension)
    values = problem.values(points)
    if problem.ceiling is not None:
        feasible = np.array([(problem.constraints(x) <= 0).all() for x in points])
        values = values[feasible]
    return float(values.min())


def by_program(problem: Problem) -> float:
    """Return what integer programming certifies, without the reference to end its run."""
    problem.reference = None
    run = minimize(problem, "integer-programming", Budget(0, 20))
    del problem.reference  # computed again when it is next asked for
    assert run.ended == "optimal"
    assert run.bound == run.value == problem.value(run.x)
    assert (problem.constraints(run.x) <= 0).all()
    return run.value


def assert_values_agree(problem: Problem) -> None:
    """Check batches, of any size, against single evaluations."""
    points = problem.space.sample(np.random.default_rng(0), 30)
    assert problem.values(points).tolist() == [problem.value(x) for x in points]
    assert problem.values(points[:0]).shape == (0,)
    assert problem.values(points).dtype == np.float64
