"""The adapters against scipy called directly: the same points in the same order."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
import scipy.optimize

from methods import METHODS, minimize
from methods.derivative_free import NELDER_MEAD, cobyla, cobyqa, nelder_mead, powell
from problems import Box, Categorical, Permutation
from tests.methods.examples import Flat, Recorded, inversions, rastrigin, run_directly
from tests.methods.solvers import ENDLESS, REAL, Limited, directly, distinct, rosenbrock

SOLVERS = {
    "nelder-mead": (partial(nelder_mead, restarts=False), {"maxfev": ENDLESS}),
    "powell": (partial(powell, restarts=False), {"maxfev": ENDLESS}),
    "cobyla": (partial(cobyla, restarts=False), {"maxiter": ENDLESS}),
    "cobyqa": (partial(cobyqa, restarts=False), {"maxfev": ENDLESS, "maxiter": ENDLESS}),
}
#: As many points as are compared at most.
LOOKS = 250
NATIVE = ("cobyla", "cobyqa")


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
        bounds=scipy.optimize.Bounds(REAL.low, REAL.high),
        options=limits,
    )
    assert len(expected) > 20
    # A point outside of the bounds has the value of the nearest one inside.
    expected = REAL.decode(expected)
    np.testing.assert_array_equal(problem.looked_at, expected)
    assert oracle.record.work == len(expected)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("nelder-mead", {"adaptive": True}),
        ("nelder-mead", {"xatol": 0.1, "fatol": 0.2}),
        ("powell", {"xtol": 0.1}),
        ("powell", {"ftol": 0.1}),
        ("cobyla", {"rhobeg": 0.3, "tol": 0.01}),
        ("cobyqa", {"initial_tr_radius": 0.3, "final_tr_radius": 0.01}),
    ],
    ids=str,
)
def test_every_option_is_scipys(name, options):
    method, limits = SOLVERS[name]
    problem = Recorded(Box(-3, 4, 3), rosenbrock)
    oracle = run_directly(method, problem, LOOKS, **options)
    bounds = scipy.optimize.Bounds(np.full(3, -3.0), np.full(3, 4.0))
    box = problem.space
    expected = directly(
        lambda x: rosenbrock(box.decode(x)),
        oracle.start(1)[0],
        name,
        LOOKS,
        bounds=bounds,
        options={**limits, **options},
    )
    np.testing.assert_array_equal(problem.looked_at, box.decode(expected))


@pytest.mark.parametrize("margin", [0.0, 1e-6])
@pytest.mark.parametrize("name", NATIVE)
def test_constraints_are_passed_and_an_evaluation_buys_both(name, margin):
    method, limits = SOLVERS[name]
    problem = Limited()
    oracle = run_directly(method, problem, 5000, margin=margin)
    alone = Limited()
    scipy.optimize.minimize(
        lambda x: alone.value(REAL.decode(x)),
        oracle.start(1)[0],
        method=name,
        bounds=scipy.optimize.Bounds(REAL.low, REAL.high),
        constraints=scipy.optimize.NonlinearConstraint(
            lambda x: alone.constraints(REAL.decode(x)), -np.inf, -margin
        ),
        options=limits,
    )
    expected = distinct(alone.looked_at)
    assert len(expected) > 10
    np.testing.assert_array_equal(distinct(problem.looked_at), expected)
    assert oracle.record.work == len(expected)


@pytest.mark.parametrize("name", NATIVE)
def test_the_constrained_optimum_is_found_within_the_limits(name):
    problem = Limited()
    run = minimize(problem, name, 2000)
    assert run.value == pytest.approx(1, abs=1e-4)
    assert (problem.constraints(run.x) <= 0).all()


def test_the_others_see_infeasible_points_as_worse_than_feasible_ones():
    run = minimize(Limited(), "nelder-mead", 2000)
    assert run.value == pytest.approx(1, abs=0.1)


def test_a_simplex_of_encoded_variables_has_a_side_of_the_root_of_their_number():
    problem = Recorded(Box(-7, 9, 9, integral=True), rosenbrock)
    run_directly(nelder_mead, problem, 10)
    first = np.array(problem.looked_at)
    np.testing.assert_array_equal(np.abs(first[1:] - first[0]), 3 * np.eye(9))


def test_it_turns_inward_at_the_upper_bound_and_leaves_real_variables_to_scipy():
    box = Box([0, -4], [1, 6], integral=[True, False])
    for seed in range(4):
        problem = Recorded(box, rastrigin)
        run_directly(nelder_mead, problem, 3, seed=seed)
        start, first, second = np.array(problem.looked_at)
        assert first.tolist() == [1 - start[0], start[1]]
        np.testing.assert_allclose(second, [start[0], 1.05 * start[1]])


@pytest.mark.parametrize("side", ["low", "high"])
@pytest.mark.parametrize("name", SOLVERS)
def test_it_leaves_a_corner_of_whole_numbers(name, side):
    box = Box(-2, 4, 3, integral=True)
    corner = getattr(box, side).astype(int)
    problem = Recorded(box, lambda x: float(np.sum((x - 1) ** 2)))
    problem.start = lambda: corner
    run = minimize(problem, name, 300)
    assert run.value < 27
    assert (run.x != corner).all()


@pytest.mark.parametrize("name", SOLVERS)
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
    oracle = run_directly(method, problem, 300)
    start = space.encode(oracle.start(1)[0])
    long = np.sqrt(start.size) if name in ("cobyqa", "nelder-mead") else 1.0
    if name == "nelder-mead":
        simplex = np.vstack([start / long, start / long + np.eye(start.size)])
        limits = {**limits, "initial_simplex": simplex}
    latent = directly(
        lambda z: function(space.decode(z * long)), start / long, name, options=limits
    )
    expected = space.decode(latent * long)[: len(problem.looked_at)]
    assert len({tuple(x) for x in expected.tolist()}) > 1
    np.testing.assert_array_equal(problem.looked_at, expected)


@pytest.mark.parametrize("name", SOLVERS)
def test_a_fixed_variable_is_left_out(name):
    run = minimize(Recorded(Box([-3, 1, -2], [4, 1, 5]), rosenbrock), name, 400)
    assert run.x[1] == 1
    assert run.value < run.trace[0].value


def test_of_too_many_variables_some_are_searched_and_the_others_stay():
    most = NELDER_MEAD.most
    n = most + 500
    problem = Flat(Box(-1, 1, n))
    run_directly(nelder_mead, problem, most + 20)
    moved = np.any(np.array(problem.looked_at) != problem.looked_at[0], axis=0)
    assert moved.sum() == most


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("nelder-mead", {"xatol": 0}),
        ("nelder-mead", {"fatol": -1}),
        ("powell", {"xtol": float("inf")}),
        ("powell", {"ftol": 0}),
        ("cobyla", {"rhobeg": 0}),
        ("cobyla", {"tol": 2.0}),
        ("cobyla", {"margin": -1.0}),
        ("cobyqa", {"final_tr_radius": 2.0}),
        ("cobyqa", {"initial_tr_radius": -1}),
        ("cobyqa", {"restarts": 3}),
    ],
    ids=str,
)
def test_nonsense_is_refused_before_the_first_evaluation(name, options):
    problem = Flat(Box(0, 1, 2))
    with pytest.raises(ValueError, match=f"{next(iter(options))}=.*expected"):
        minimize(problem, name, 10, **options)
    assert not problem.looked_at


@pytest.mark.parametrize("name", SOLVERS)
def test_boxes_are_native_and_the_start_is_drawn(name):
    entry = METHODS.entry(name)
    assert (entry.native, entry.seeded, entry.family) == (("Box",), True, "scipy.optimize")
