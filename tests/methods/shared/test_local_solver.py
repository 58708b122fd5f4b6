"""What all of scipy's local solvers have in common here: ends, restarts, and nothing to search."""

from __future__ import annotations

import numpy as np
import pytest

from methods import minimize
from methods.shared.local_solver import _another_start
from methods.shared.real_view import RealView
from problems import Box, Start
from tests.methods.examples import Flat, Quadratic, Recorded, rastrigin, run_directly
from tests.methods.solvers import REAL, Limited

SMOOTH = ("cg", "bfgs", "l-bfgs-b", "tnc", "slsqp", "trust-constr")
BY_VALUES = ("nelder-mead", "powell", "cobyla", "cobyqa")

every_solver = pytest.mark.parametrize("name", [*SMOOTH, *BY_VALUES])


@every_solver
def test_it_converges_at_the_optimum_and_only_then(name):
    run = minimize(Quadratic([1.0, 2.0, 3.0], [0.0, 0.0, 0.0]), name, 5000, restarts=False)
    assert run.ended == "converged"
    assert run.value == pytest.approx(0, abs=1e-6)


@every_solver
def test_restarts_are_declared_and_go_on_until_the_budget_is_spent(name):
    budget = 800 if name in SMOOTH else 500
    once = minimize(Recorded(REAL, rastrigin), name, budget, restarts=False)
    assert (once.ended, once.ledger.restarts) == ("converged", 0)
    again = minimize(Recorded(REAL, rastrigin), name, budget)
    assert (again.ended, again.ledger.work) == ("budget", budget)
    assert again.ledger.restarts >= 1
    assert again.ledger.restarts == sum(point.kind == "restart" for point in again.trace)
    assert again.value <= once.value


@every_solver
def test_a_space_of_one_point_is_evaluated_and_that_is_all(name):
    run = minimize(Flat(Box([1, 2], [1, 2])), name, 20)
    assert run.x.tolist() == [1, 2]
    assert (run.ended, run.ledger.work) == ("converged", 1)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
@every_solver
def test_it_survives_an_objective_that_is_never_finite(name, value):
    run = minimize(Flat(Box(0, 1, 2), value), name, 100)
    assert (run.ended, run.value) == ("nan", None)


@pytest.mark.parametrize("name", SMOOTH)
def test_a_plateau_is_crossed_by_differences_on_the_scale_of_the_start(name):
    """scipy's own see nothing of a step function; without restarts they are all there is."""
    begin = np.full(3, 2.3)
    problem = Recorded(Box(-3, 4, 3), lambda x: float(np.sum(np.floor(2 * x) ** 2)))
    problem.start = lambda: Start(begin, scale=0.5)
    once = minimize(problem, name, 300, restarts=False)
    assert once.x.tolist() == begin.tolist()
    problem.looked_at.clear()
    assert minimize(problem, name, 300).value < once.value
    away = np.abs(np.array(problem.looked_at) - begin).max(axis=1)
    assert np.isclose(away, 0.5).sum() >= 3


def test_a_box_is_mirrored_at_its_bounds():
    """Beyond a bound there is no plateau, on which a line search would end."""
    views = []
    space = Box(-3, 4, 2)
    run_directly(lambda oracle, rng: views.append(RealView(oracle)), Flat(space), 5)
    views[0].mirror()
    for z, image, sides in (
        ([4.5, -3.25], [3.5, -2.75], [-1, -1]),
        ([2.0, 4.0], [2.0, 4.0], [1, 1]),
        ([11.5, 18.0], [-2.5, 4.0], [1, 1]),
    ):
        assert views[0].nearest(np.array(z)).tolist() == image
        assert views[0].sides(np.array(z)).tolist() == sides


def test_a_restart_begins_at_the_best_of_n_plus_one_draws():
    """Under constraints it is one draw."""
    draws = {}
    for problem in (Recorded(Box(-3, 4, 2), rastrigin), Limited(Box(-3, 4, 2))):

        def draw(oracle, rng):
            _another_start(oracle, rng, 2)

        run_directly(draw, problem, 50)
        draws[type(problem)] = len(problem.looked_at)
    assert draws == {Recorded: 3, Limited: 0}
