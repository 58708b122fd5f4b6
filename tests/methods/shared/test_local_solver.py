"""What all of scipy's local solvers have in common here: ends, restarts, and nothing to search."""

from __future__ import annotations

import pytest

from methods import minimize
from problems import Box
from tests.methods.examples import Flat, Quadratic, Recorded, rastrigin
from tests.methods.solvers import REAL

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
