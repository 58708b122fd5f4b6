"""The adapters against scipy called directly with the same gradient, and what a look costs."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.optimize

import problems
from methods import METHODS, minimize
from methods.analytic_gradients import (
    bfgs_gradient,
    cg_gradient,
    l_bfgs_b_gradient,
    slsqp_gradient,
    tnc_gradient,
    trust_constr_gradient,
)
from problems.core.ledger import GRADIENT_PRICE
from tests.methods.examples import Quadratic, run_directly
from tests.methods.solvers import ENDLESS, Seen
from tests.problems.toys import Toy

SOLVERS = {
    "cg": (cg_gradient, {"maxiter": ENDLESS}),
    "bfgs": (bfgs_gradient, {"maxiter": ENDLESS}),
    "l-bfgs-b": (l_bfgs_b_gradient, {"maxiter": ENDLESS, "maxfun": ENDLESS}),
    "tnc": (tnc_gradient, {"maxfun": ENDLESS}),
    "slsqp": (slsqp_gradient, {"maxiter": ENDLESS}),
    "trust-constr": (trust_constr_gradient, {"maxiter": ENDLESS}),
}


def steep():
    return Quadratic([1.0, 20.0, 300.0], [3.0, -2.0, 1.0])


def scipy_alone(problem, name, options):
    c, box = problem.curvature, problem.space
    seen = Seen(lambda x: (float(0.5 * c @ x**2), c * x))
    bounds = None if name in ("cg", "bfgs") else list(zip(box.low, box.high, strict=True))
    scipy.optimize.minimize(
        seen, problem.start, method=name, jac=True, bounds=bounds, options=options
    )
    return np.array(seen.points)


@pytest.mark.filterwarnings("ignore:delta_grad")
@pytest.mark.parametrize("name", SOLVERS)
def test_it_asks_for_scipys_points_in_scipys_order_at_three_each(name):
    method, limits = SOLVERS[name]
    problem = steep()
    oracle = run_directly(method, problem)
    expected = scipy_alone(problem, name, limits)
    assert len(expected) >= 6
    np.testing.assert_array_equal(problem.visited, expected)
    assert oracle.record.work == GRADIENT_PRICE * len(expected)
    assert oracle.record.ledger().gradients == len(expected)


@pytest.mark.filterwarnings("ignore:delta_grad")
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("cg", {"gtol": 1.0}),
        ("bfgs", {"gtol": 1.0}),
        ("l-bfgs-b", {"maxcor": 1, "ftol": 0.01, "gtol": 0.1}),
        ("slsqp", {"ftol": 0.1}),
        ("trust-constr", {"initial_tr_radius": 0.2, "gtol": 0.1, "xtol": 0.01}),
    ],
    ids=str,
)
def test_every_option_is_scipys(name, options):
    method, limits = SOLVERS[name]
    problem = steep()
    run_directly(method, problem, **options)
    expected = scipy_alone(problem, name, {**limits, **options})
    np.testing.assert_array_equal(problem.visited, expected)


@pytest.mark.parametrize("name", SOLVERS)
def test_it_minimises_a_smooth_function(name):
    run = minimize(problems.make("zakharov", dimension=4), f"{name}-gradient", 3000)
    assert run.ended in ("optimal", "converged")
    assert run.value < 1e-3


@pytest.mark.parametrize("name", ["l-bfgs-b", "tnc", "slsqp", "trust-constr"])
def test_the_bounds_of_parameters_that_are_the_solution_are_kept(name):
    run = minimize(Toy(), f"{name}-gradient", 600)  # a slope down to the corner
    assert run.value == pytest.approx(-10, abs=1e-3)


@pytest.mark.parametrize("name", SOLVERS)
def test_restarts_are_declared_and_go_on_until_the_budget_is_spent(name):
    build = lambda: problems.make("rastrigin", dimension=2)  # noqa: E731
    once = minimize(build(), f"{name}-gradient", 600)
    assert (once.ended, once.ledger.restarts) == ("converged", 0)
    again = minimize(build(), f"{name}-gradient", 600, restarts=True)
    assert again.ended in ("budget", "optimal")
    assert again.ledger.restarts >= 1
    assert again.value <= once.value


@pytest.mark.parametrize("name", SOLVERS)
def test_a_loss_that_is_no_number_ends_it(name):
    class Lost(Quadratic):
        def relaxation(self):
            relaxation = super().relaxation()
            relaxation.loss_and_gradient = lambda theta, rows=None: (np.nan, theta * np.nan)
            return relaxation

    run = minimize(Lost([1.0, 2.0], [1.0, 1.0]), f"{name}-gradient", 300)
    assert (run.ended, run.value) == ("nan", None)


def test_of_too_many_parameters_some_are_searched(monkeypatch):
    monkeypatch.setattr("methods.analytic_gradients.MOST_BFGS", 2)
    problem = steep()
    run_directly(bfgs_gradient, problem, 200)
    moved = np.any(np.array(problem.visited) != problem.start, axis=0)
    assert moved.sum() == 2


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("cg-gradient", {"gtol": 0}),
        ("bfgs-gradient", {"gtol": -1}),
        ("l-bfgs-b-gradient", {"maxcor": 0}),
        ("slsqp-gradient", {"ftol": 0}),
        ("trust-constr-gradient", {"xtol": 0}),
    ],
    ids=str,
)
def test_nonsense_is_refused_before_the_first_look(name, options):
    problem = steep()
    with pytest.raises(ValueError, match=f"{next(iter(options))}=.*expected"):
        minimize(problem, name, 10, **options)
    assert not problem.visited


@pytest.mark.parametrize("name", SOLVERS)
def test_it_needs_a_relaxation(name):
    assert METHODS.entry(f"{name}-gradient").needs == ("relaxation",)
