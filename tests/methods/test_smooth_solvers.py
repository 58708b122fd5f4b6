"""The adapters against scipy called directly: the same points in the same order, by either way."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import scipy.optimize

import methods.smooth_solvers as module
import problems
from methods import METHODS, minimize
from methods.smooth_solvers import (
    bfgs,
    bfgs_gradient,
    cg,
    cg_gradient,
    l_bfgs_b,
    l_bfgs_b_gradient,
    slsqp,
    slsqp_gradient,
    tnc,
    tnc_gradient,
    trust_constr,
    trust_constr_gradient,
)
from problems import Box, Categorical, Permutation
from problems.core.ledger import GRADIENT_PRICE
from tests.methods.examples import Flat, Quadratic, Recorded, inversions, rastrigin, run_directly
from tests.methods.solvers import ENDLESS, REAL, Limited, Seen, directly, distinct, rosenbrock
from tests.problems.toys import Toy

SOLVERS = {
    "cg": (partial(cg, restarts=False), {"maxiter": ENDLESS}),
    "bfgs": (partial(bfgs, restarts=False), {"maxiter": ENDLESS}),
    "l-bfgs-b": (partial(l_bfgs_b, restarts=False), {"maxiter": ENDLESS, "maxfun": ENDLESS}),
    "tnc": (partial(tnc, restarts=False), {"maxfun": ENDLESS}),
    "slsqp": (partial(slsqp, restarts=False), {"maxiter": ENDLESS}),
    "trust-constr": (partial(trust_constr, restarts=False), {"maxiter": ENDLESS}),
}
UNBOUNDED = ("cg", "bfgs")
#: As many points as are compared at most.
LOOKS = 400


def bounds_for(name, box):
    return (
        {"within": box}
        if name in UNBOUNDED
        else {"bounds": scipy.optimize.Bounds(box.low, box.high)}
    )


@pytest.mark.filterwarnings("ignore:delta_grad")
@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("function", [rosenbrock, rastrigin])
@pytest.mark.parametrize("name", SOLVERS)
def test_a_box_sees_scipys_points_in_scipys_order(name, function, seed):
    method, limits = SOLVERS[name]
    problem = Recorded(REAL, function)
    oracle = run_directly(method, problem, LOOKS, seed=seed)
    expected = directly(
        lambda x: function(REAL.decode(x)),
        oracle.start(1)[0],
        name,
        LOOKS,
        **bounds_for(name, REAL),
        options=limits,
    )
    assert len(expected) > 8
    np.testing.assert_array_equal(problem.looked_at, REAL.decode(expected))
    assert oracle.record.work == len(expected)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("cg", {"gtol": 1.0}),
        ("bfgs", {"gtol": 1.0}),
        ("l-bfgs-b", {"maxcor": 2}),
        ("l-bfgs-b", {"ftol": 0.01, "gtol": 0.1}),
        ("slsqp", {"ftol": 0.1}),
        ("trust-constr", {"initial_tr_radius": 0.2}),
        ("trust-constr", {"gtol": 0.1, "xtol": 0.01}),
    ],
    ids=str,
)
def test_every_option_is_scipys(name, options):
    method, limits = SOLVERS[name]
    box = Box(-3, 4, 3)
    problem = Recorded(box, rosenbrock)
    oracle = run_directly(method, problem, LOOKS, **options)
    expected = directly(
        lambda x: rosenbrock(box.decode(x)),
        oracle.start(1)[0],
        name,
        LOOKS,
        **bounds_for(name, box),
        options={**limits, **options},
    )
    np.testing.assert_array_equal(problem.looked_at, box.decode(expected))


@pytest.mark.parametrize("margin", [0.0, 1e-6])
@pytest.mark.parametrize("name", ["slsqp", "trust-constr"])
def test_constraints_are_passed_and_an_evaluation_buys_both(name, margin):
    method, limits = SOLVERS[name]
    problem = Limited()
    oracle = run_directly(method, problem, 5000, margin=margin)
    alone = Limited()
    if name == "slsqp":
        told = {"type": "ineq", "fun": lambda x: -alone.constraints(REAL.decode(x)) - margin}
    else:
        told = scipy.optimize.NonlinearConstraint(
            lambda x: alone.constraints(REAL.decode(x)), -np.inf, -margin
        )
    scipy.optimize.minimize(
        lambda x: alone.value(REAL.decode(x)),
        oracle.start(1)[0],
        method=name,
        bounds=scipy.optimize.Bounds(REAL.low, REAL.high),
        constraints=told,
        options=limits,
    )
    expected = distinct(alone.looked_at)
    assert len(expected) > 10
    np.testing.assert_array_equal(distinct(problem.looked_at), expected)
    assert oracle.record.work == len(expected)


@pytest.mark.parametrize("name", ["slsqp", "trust-constr"])
def test_the_constrained_optimum_is_found_within_the_limits(name):
    problem = Limited()
    run = minimize(problem, name, 2000)
    assert run.value == pytest.approx(1, abs=1e-3)
    assert (problem.constraints(run.x) <= 0).all()


@pytest.mark.parametrize("name", ["slsqp", "trust-constr"])
def test_encoded_constraints_are_followed_by_unit_steps(name):
    problem = Limited(Box(-5, 5, 2, integral=True))
    run = minimize(problem, name, 300)
    assert run.value == 1.0
    assert run.x.tolist() == [1, 1]


@pytest.mark.parametrize("name", SOLVERS)
def test_a_difference_of_encoded_variables_spans_one_unit(name):
    problem = Recorded(Box(-7, 9, 3, integral=True), rosenbrock)
    run_directly(SOLVERS[name][0], problem, 4)
    first = np.array(problem.looked_at)
    np.testing.assert_array_equal(np.abs(first[1:] - first[0]), np.eye(3))


@pytest.mark.parametrize("name", SOLVERS)
def test_real_variables_of_a_mixed_box_keep_scipys_difference(name):
    problem = Recorded(Box(-4, 6, 2, integral=[True, False]), rosenbrock)
    run_directly(SOLVERS[name][0], problem, 3)
    start, first, second = np.array(problem.looked_at)
    assert np.abs(first - start).tolist() == [1, 0]
    assert second[0] == start[0]
    assert 0 < abs(second[1] - start[1]) < 1e-6


@pytest.mark.parametrize("name", ["cg", "bfgs", "l-bfgs-b", "tnc", "slsqp"])
@pytest.mark.parametrize(
    ("space", "function"),
    [
        (Permutation(5), inversions),
        (Permutation(6, 2), lambda x: float(10 * x[0] + x[1])),
        (Categorical([3, 2, 4]), lambda x: float(np.sum(x != [2, 1, 3]))),
    ],
    ids=["permutation", "selection", "categorical"],
)
def test_other_spaces_are_searched_through_their_latent_form(space, function, name):
    method, limits = SOLVERS[name]
    problem = Recorded(space, function)
    oracle = run_directly(method, problem, 200)
    long = np.sqrt(space.latent_dimension)
    latent = directly(
        lambda z: function(space.decode(z * long)),
        space.encode(oracle.start(1)[0]) / long,
        name,
        200,
        options={**limits, "eps": 1 / long},
    )
    np.testing.assert_array_equal(problem.looked_at, space.decode(latent * long))


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("cg", {"gtol": 0}),
        ("bfgs", {"gtol": -1}),
        ("l-bfgs-b", {"maxcor": 0}),
        ("l-bfgs-b", {"ftol": 0}),
        ("tnc", {"restarts": "perhaps"}),
        ("slsqp", {"ftol": 0}),
        ("slsqp", {"margin": -1}),
        ("trust-constr", {"xtol": 0}),
        ("trust-constr", {"initial_tr_radius": float("inf")}),
    ],
    ids=str,
)
def test_nonsense_is_refused_before_the_first_evaluation(name, options):
    problem = Flat(Box(0, 1, 2))
    with pytest.raises(ValueError, match=f"{next(iter(options))}=.*expected"):
        minimize(problem, name, 10, **options)
    assert not problem.looked_at


WHOLE = {"bits": Box(0, 1, 12, integral=True), "even": Box(-2, 4, 12, integral=True)}


@pytest.mark.parametrize("side", ["low", "high"])
@pytest.mark.parametrize("box", WHOLE.values(), ids=WHOLE)
@pytest.mark.parametrize("name", SOLVERS)
def test_it_leaves_a_corner_of_whole_numbers(name, box, side):
    """Each step is seen: not one that goes outside, nor one that rounding hides."""
    corner = getattr(box, side)
    inner = np.where(box.low == 0, 1 - corner, 1)
    problem = Recorded(box, lambda x: float(np.sum((x - inner) ** 2)))
    problem.start = lambda: corner.astype(int)
    run = minimize(problem, name, 400)
    assert (run.x != corner).all()
    assert run.value <= box.dimension  # of 9 a variable where there are more than two values


@pytest.mark.parametrize("name", UNBOUNDED)
def test_it_leaves_an_upper_bound_of_real_variables(name):
    problem = Recorded(REAL, lambda x: float(np.sum((x - 1) ** 2)))
    problem.start = lambda: REAL.high
    assert minimize(problem, name, 200).value == pytest.approx(0, abs=1e-6)


# ------------------------------------------------------------------- by the gradient

BY_GRADIENT = {
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
        seen, problem.origin, method=name, jac=True, bounds=bounds, options=options
    )
    return np.array(seen.points)


@pytest.mark.filterwarnings("ignore:delta_grad")
@pytest.mark.parametrize("name", BY_GRADIENT)
def test_a_gradient_is_asked_for_at_scipys_points_in_scipys_order_at_three_each(name):
    method, limits = BY_GRADIENT[name]
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
def test_every_option_by_gradient_is_scipys(name, options):
    method, limits = BY_GRADIENT[name]
    problem = steep()
    run_directly(method, problem, **options)
    expected = scipy_alone(problem, name, {**limits, **options})
    np.testing.assert_array_equal(problem.visited, expected)


@pytest.mark.parametrize("name", BY_GRADIENT)
def test_it_minimises_a_smooth_function_by_its_gradient(name):
    run = minimize(problems.make("zakharov", dimension=4), f"{name}-gradient", 3000)
    assert run.ended in ("optimal", "converged")
    assert run.value < 1e-3


@pytest.mark.parametrize("name", ["l-bfgs-b", "tnc", "slsqp", "trust-constr"])
def test_the_bounds_of_parameters_that_are_the_solution_are_kept(name):
    run = minimize(Toy(), f"{name}-gradient", 600)  # a slope down to the corner
    assert run.value == pytest.approx(-10, abs=1e-3)


@pytest.mark.parametrize("name", BY_GRADIENT)
def test_restarts_by_gradient_are_declared_and_go_on_until_the_budget_is_spent(name):

    def build():
        return problems.make("rastrigin", dimension=2)

    once = minimize(build(), f"{name}-gradient", 600)
    assert (once.ended, once.ledger.restarts) == ("converged", 0)
    again = minimize(build(), f"{name}-gradient", 600, restarts=True)
    assert again.ended in ("budget", "optimal")
    assert again.ledger.restarts >= 1
    assert again.value <= once.value


@pytest.mark.parametrize("name", BY_GRADIENT)
def test_a_loss_that_is_no_number_ends_it(name):
    class Lost(Quadratic):
        def relaxation(self):
            relaxation = super().relaxation()
            relaxation.loss_and_gradient = lambda theta, rows=None: (np.nan, theta * np.nan)
            return relaxation

    run = minimize(Lost([1.0, 2.0], [1.0, 1.0]), f"{name}-gradient", 300)
    assert (run.ended, run.value) == ("nan", None)


def test_of_too_many_parameters_some_are_searched(monkeypatch):
    monkeypatch.setattr(module, "BFGS", replace(module.BFGS, most=2))
    problem = steep()
    run_directly(bfgs_gradient, problem, 200)
    moved = np.any(np.array(problem.visited) != problem.origin, axis=0)
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
def test_nonsense_by_gradient_is_refused_before_the_first_evaluation(name, options):
    problem = steep()
    with pytest.raises(ValueError, match=f"{next(iter(options))}=.*expected"):
        minimize(problem, name, 10, **options)
    assert not problem.visited


@pytest.mark.parametrize("name", BY_GRADIENT)
def test_a_gradient_needs_a_relaxation(name):
    assert METHODS.entry(f"{name}-gradient").needs == ("relaxation",)
