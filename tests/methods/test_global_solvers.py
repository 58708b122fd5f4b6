"""Basin hopping, dual annealing, DIRECT, brute force and SHGO against scipy called directly."""

from __future__ import annotations

import contextlib
import itertools

import numpy as np
import pytest
import scipy.optimize

import problems
from methods import METHODS, minimize
from methods.basin_hopping import basin_hopping
from methods.brute_force import brute
from methods.dividing_rectangles import direct
from methods.dual_annealing import dual_annealing
from methods.simplicial_homology import CHOSEN_VARIABLES, shgo, variables_in_time
from problems import Box, Categorical, Permutation
from tests.methods.examples import (
    PLENTY,
    Flat,
    Recorded,
    inversions,
    rastrigin,
    run_directly,
)
from tests.methods.solvers import REAL, Enough, Limited, Seen, distinct, rosenbrock

METHODS_BY_NAME = {
    "basin-hopping": basin_hopping,
    "dual-annealing": dual_annealing,
    "shgo": shgo,
    "direct": direct,
    "brute": brute,
}
PAIRS = list(zip(REAL.low, REAL.high, strict=True))


def seen_by(solver, *arguments, most=np.inf, function=rastrigin, **told):
    seen = Seen(function, most)
    with contextlib.suppress(Enough):
        solver(seen, *arguments, **told)
    return np.array(seen.points)


# ------------------------------------------------------------ the same points


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("options", [{}, {"niter": 3}, {"T": 30.0}, {"stepsize": 2.0}], ids=str)
def test_basin_hopping_sees_scipys_points(options, seed):
    problem = Recorded(REAL, rastrigin)
    oracle = run_directly(basin_hopping, problem, 600, seed=seed, **options)
    expected = seen_by(
        scipy.optimize.basinhopping,
        oracle.start(1)[0],
        most=600,
        **{"niter": 100, **options},
        minimizer_kwargs={"bounds": PAIRS},
        rng=np.random.default_rng(seed),
    )
    assert len(expected) > 50
    np.testing.assert_array_equal(problem.looked_at, REAL.decode(expected))


def test_every_jump_of_basin_hopping_is_a_restart():
    run = minimize(Recorded(REAL, rastrigin), "basin-hopping", PLENTY, niter=7)
    assert (run.ended, run.ledger.restarts) == ("converged", 7)


def test_basin_hopping_jumps_until_the_budget_is_spent():
    run = minimize(Recorded(REAL, rastrigin), "basin-hopping", 5000)
    assert (run.ended, run.ledger.work) == ("budget", 5000)
    assert run.ledger.restarts > 100  # scipy's own limit


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"local_search": False},
        {"initial_temp": 100.0, "visit": 1.5, "accept": -50.0},
        {"maxiter": 4, "restart_temp_ratio": 0.5},
    ],
    ids=str,
)
def test_dual_annealing_sees_scipys_points(options, seed):
    problem = Recorded(REAL, rastrigin)
    oracle = run_directly(dual_annealing, problem, 800, seed=seed, **options)
    told = dict(options)
    expected = seen_by(
        scipy.optimize.dual_annealing,
        PAIRS,
        most=800,
        no_local_search=not told.pop("local_search", True),
        **told,
        x0=oracle.start(1)[0],
        rng=np.random.default_rng(seed),
    )
    np.testing.assert_array_equal(problem.looked_at, REAL.decode(expected))


@pytest.mark.parametrize(
    "options",
    [{}, {"locally_biased": False}, {"eps": 0.01}, {"vol_tol": 1e-4}, {"len_tol": 0.01}],
    ids=str,
)
def test_direct_sees_scipys_points(options):
    problem = Recorded(REAL, rastrigin)
    run_directly(direct, problem, 2000, **options)
    expected = seen_by(
        scipy.optimize.direct, PAIRS, most=2000, maxfun=2001, maxiter=2001, **options
    )
    assert len(expected) > 50
    np.testing.assert_array_equal(problem.looked_at, REAL.decode(expected))


@pytest.mark.parametrize("options", [{}, {"Ns": 5}, {"finish": False}], ids=str)
def test_brute_sees_scipys_points(options):
    problem = Recorded(REAL, rastrigin)
    run_directly(brute, problem, 2000, **options)
    finish = scipy.optimize.fmin if options.get("finish", True) else None
    expected = seen_by(scipy.optimize.brute, PAIRS, Ns=options.get("Ns", 20), finish=finish)
    assert len(expected) >= 25
    np.testing.assert_array_equal(problem.looked_at, REAL.decode(expected))


@pytest.mark.parametrize(
    "options",
    [{}, {"iters": 3}, {"n": 40, "iters": 2}, {"sampling_method": "sobol"}],
    ids=str,
)
def test_shgo_sees_scipys_points(options):
    problem = Recorded(REAL, rastrigin)
    run_directly(shgo, problem, 3000, **options)
    expected = seen_by(scipy.optimize.shgo, PAIRS, **options)
    assert len(expected) > 5
    np.testing.assert_array_equal(problem.looked_at, REAL.decode(expected))


def test_shgo_is_told_the_constraints_and_an_evaluation_buys_both():
    problem = Limited()
    oracle = run_directly(shgo, problem, 3000, margin=0.0, n=60)
    alone = Limited()
    scipy.optimize.shgo(
        alone.value,
        PAIRS,
        constraints={"type": "ineq", "fun": lambda x: -alone.constraints(x)},
        n=60,
    )
    assert set(map(tuple, distinct(alone.looked_at))) <= set(
        map(tuple, distinct(problem.looked_at))
    )
    assert oracle.record.work == len(distinct(problem.looked_at))
    run = minimize(Limited(), "shgo", 3000, sampling_method="sobol")
    assert run.value == pytest.approx(1, abs=1e-4)


# ----------------------------------------------------------------- other spaces


def test_a_grid_of_whole_numbers_is_all_of_them_and_only_them():
    box = Box([0, -2, 5], [1, 2, 5], integral=True)
    problem = Recorded(box, lambda x: float(np.sum(x)))
    run = minimize(problem, "brute", 1000)
    everything = list(itertools.product([0, 1], range(-2, 3), [5]))
    assert [tuple(x) for x in problem.looked_at[: run.ledger.values]] == everything
    assert (run.ended, run.value) == ("converged", 3.0)


def test_a_grid_beyond_the_budget_is_made_coarser_then_flatter():
    problem = Flat(Box(0, 1, 3))
    assert minimize(problem, "brute", 130, finish=False).ledger.values == 125
    problem = Flat(Box(0, 1, 50))
    assert minimize(problem, "brute", 130, finish=False).ledger.values == 128
    moved = np.any(np.array(problem.looked_at) != problem.looked_at[0], axis=0)
    assert moved.sum() == 7


def test_shgo_is_shown_few_variables_of_many():
    problem = Recorded(Box(-3, 4, 40), rastrigin)
    minimize(problem, "shgo", 1000)
    moved = np.any(np.array(problem.looked_at) != problem.looked_at[0], axis=0)
    assert moved.sum() == CHOSEN_VARIABLES


@pytest.mark.parametrize("name", METHODS_BY_NAME)
@pytest.mark.parametrize(
    ("space", "function"),
    [
        (Permutation(5), inversions),
        (Permutation(6, 2), lambda x: float(10 * x[0] + x[1])),
        (Categorical([3, 2, 4]), lambda x: float(np.sum(x != [2, 1, 3]))),
        (Box(-7, 9, 3, integral=True), rosenbrock),
        (Box(-4, 6, 3, integral=[True, False, True]), rosenbrock),
        (Permutation(1), lambda x: 1.0),
        (Box(0, 1, 1, integral=True), lambda x: float(x[0])),
    ],
    ids=["permutation", "selection", "categorical", "integral", "mixed", "one item", "one bit"],
)
def test_any_space_is_searched_through_its_latent_box(space, function, name):
    problem = Recorded(space, function)
    run = minimize(problem, name, 300)
    assert not run.failed, run.message
    assert run.x in space
    assert all(x in space for x in problem.looked_at)
    if space.dimension > 1:
        assert len({tuple(x) for x in problem.looked_at}) > 2


@pytest.mark.parametrize("name", ["shgo", "direct", "brute"])
def test_what_draws_nothing_is_not_seeded(name):
    assert not METHODS.entry(name).seeded
    first, second = (Recorded(REAL, rastrigin) for _ in range(2))
    minimize(first, name, 300, seed=1)
    minimize(second, name, 300, seed=2)
    np.testing.assert_array_equal(first.looked_at, second.looked_at)


@pytest.mark.parametrize("name", METHODS_BY_NAME)
def test_it_solves_a_small_sphere(name):
    run = minimize(problems.make("sphere", dimension=2), name, 3000)
    assert run.value < 1e-6


@pytest.mark.parametrize("name", METHODS_BY_NAME)
def test_a_space_of_one_point_is_evaluated_and_that_is_all(name):
    run = minimize(Flat(Box([1, 2], [1, 2])), name, 20)
    assert run.x.tolist() == [1, 2]
    assert (run.ended, run.ledger.work) == ("converged", 1)


@pytest.mark.parametrize("name", METHODS_BY_NAME)
def test_a_fixed_variable_is_left_out(name):
    run = minimize(Recorded(Box([-3, 1, -2], [4, 1, 5]), rosenbrock), name, 300)
    assert not run.failed, run.message
    assert run.x[1] == 1


@pytest.mark.parametrize("name", METHODS_BY_NAME)
def test_it_survives_an_objective_that_is_never_finite(name):
    run = minimize(Flat(Box(0, 1, 2), float("nan")), name, 3000)
    assert (run.ended, run.value) == ("nan", None)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("basin-hopping", {"niter": -1}),
        ("basin-hopping", {"T": -1}),
        ("basin-hopping", {"stepsize": 0}),
        ("dual-annealing", {"maxiter": 0}),
        ("dual-annealing", {"initial_temp": 0.01}),
        ("dual-annealing", {"restart_temp_ratio": 1.0}),
        ("dual-annealing", {"visit": 3.5}),
        ("dual-annealing", {"accept": 0}),
        ("direct", {"eps": 0}),
        ("direct", {"vol_tol": 2}),
        ("direct", {"len_tol": -1}),
        ("brute", {"Ns": 1}),
        ("shgo", {"n": 0}),
        ("shgo", {"iters": 0}),
        ("shgo", {"margin": -1}),
        ("shgo", {"sampling_method": "soboll"}),
    ],
    ids=str,
)
def test_nonsense_is_refused_before_the_first_evaluation(name, options):
    problem = Flat(Box(0, 1, 2))
    with pytest.raises(ValueError, match=f"{next(iter(options))}=.*expected"):
        minimize(problem, name, 10, **options)
    assert not problem.looked_at


@pytest.mark.parametrize(
    ("sampling_method", "points", "seconds", "variables"),
    [
        ("simplicial", 100, 20.0, 10),  # 4¹⁰ of its steps are 10.5 s, 4¹¹ would be 42
        ("simplicial", 100, 0.5, 7),
        ("simplicial", 100, 0.0, 1),
        ("sobol", 100, 20.0, 6),
        ("halton", 100, 1.0, 5),  # 18,700 simplices; of six variables 129,700
        ("sobol", 20_000, 0.5, 1),
    ],
)
def test_shgo_is_shown_what_it_can_plan_in_time(sampling_method, points, seconds, variables):
    """It triangulates before its first evaluation, in seven variables for seconds."""
    assert variables_in_time(sampling_method, points, seconds) == variables
