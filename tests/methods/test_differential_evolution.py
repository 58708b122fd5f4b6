"""The adapter against scipy called directly: the same points in the same order."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.optimize

import problems
from methods import minimize
from methods.differential_evolution import default_members, differential_evolution
from problems import Box, Categorical, Permutation
from tests.methods.examples import Flat, OneMax, Recorded, inversions, rastrigin, run_directly

BOXES = {
    "real": Box([-3, -2], [4, 5]),
    "integral": Box(-7, 9, 3, integral=True),
    "mixed": Box(-4, 6, 3, integral=[True, False, True]),
}

#: What makes it scipy's single run.
SCIPYS = {"popsize": 15, "recombination": 0.7, "tol": 0.01, "restarts": False}


def bowl(x):
    return float(np.sum((np.asarray(x, dtype=float) - 1.2) ** 2))


def scipy_alone(function, box, start, seed, **options):
    seen = []

    def value(x):
        seen.append(np.array(x))
        return function(x)

    scipy.optimize.differential_evolution(
        value,
        list(zip(box.low, box.high, strict=True)),
        x0=start,
        integrality=box.integral,
        rng=np.random.default_rng(seed),
        **options,
    )
    return np.array(seen)


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("function", [rastrigin, bowl])
@pytest.mark.parametrize("box", BOXES.values(), ids=BOXES)
def test_a_box_sees_scipys_points_in_scipys_order(box, function, seed):
    problem = Recorded(box, function)
    oracle = run_directly(differential_evolution, problem, seed=seed, **SCIPYS)
    expected = scipy_alone(function, box, oracle.start(1)[0], seed)
    assert len(expected) > 100
    np.testing.assert_array_equal(problem.looked_at, expected)


@pytest.mark.parametrize(
    "options",
    [{"strategy": "rand1exp"}, {"popsize": 4}, {"recombination": 0.3}, {"tol": 0.5}],
    ids=str,
)
def test_every_option_is_scipys(options):
    box = BOXES["real"]
    problem = Recorded(box, rastrigin)
    oracle = run_directly(differential_evolution, problem, **{**SCIPYS, **options})
    expected = scipy_alone(rastrigin, box, oracle.start(1)[0], 0, **options)
    np.testing.assert_array_equal(problem.looked_at, expected)


@pytest.mark.parametrize(
    ("space", "function"),
    [
        (Permutation(5), inversions),
        (Permutation(6, 2), lambda x: float(10 * x[0] + x[1])),
        (Categorical([3, 2, 4]), lambda x: float(np.sum(x != [2, 1, 3]))),
    ],
    ids=["permutation", "selection", "categorical"],
)
def test_other_spaces_are_searched_through_their_latent_box(space, function):
    problem = Recorded(space, function)
    oracle = run_directly(differential_evolution, problem, 800, **SCIPYS)
    start = space.encode(oracle.start(1)[0])
    decoded = scipy_alone(
        lambda z: function(space.decode(z)), space.latent, start, 0, maxiter=40, polish=False
    )
    expected = np.array([space.decode(z) for z in decoded])
    compared = min(len(expected), len(problem.looked_at))
    assert compared > 200
    np.testing.assert_array_equal(problem.looked_at[:compared], expected[:compared])


def test_it_begins_at_the_shared_start():
    problem = Flat(Box(-5, 5, 3))
    oracle = run_directly(differential_evolution, problem, 50)
    np.testing.assert_array_equal(problem.looked_at[0], oracle.start(1)[0])


def test_a_population_too_large_to_draw_is_cut_to_what_memory_holds():
    problem = Flat(Box(-1, 1, 500))  # scipy's own: 7,500 members
    oracle = run_directly(differential_evolution, problem, 2500, **SCIPYS)
    looked_at = np.array(problem.looked_at)
    np.testing.assert_array_equal(looked_at[0], oracle.start(1)[0])
    assert len(looked_at) == 2500
    # 2,000 members drawn independently; then trials, which share variables with members.
    shared = [(looked_at[:2000] == trial).any() for trial in looked_at[2000:]]
    assert all(shared)
    assert all((looked_at[0] != member).all() for member in looked_at[1:2000])


def test_its_own_convergence_ends_a_single_run():
    problem = Recorded(BOXES["integral"], bowl)
    run = minimize(problem, "differential-evolution", 100_000, restarts=False)
    assert (run.ended, run.x.tolist()) == ("converged", [1, 1, 1])
    assert run.ledger.work < 100_000


def test_it_begins_anew_until_the_budget_is_spent():
    run = minimize(Recorded(BOXES["integral"], bowl), "differential-evolution", 3000)
    assert (run.ended, run.ledger.work) == ("budget", 3000)
    assert run.ledger.restarts >= 1


def test_by_default_the_population_is_the_shared_starts_as_many_as_the_budget_allows():
    problem = Flat(Box(-1, 1, 100))
    oracle = run_directly(differential_evolution, problem, 500, tol=0.0)
    np.testing.assert_array_equal(problem.looked_at[:12], oracle.start(12))
    sizes = [default_members(work, 100) for work in (100, 500, 2000, 10_000)]
    assert sizes == [10, 12, 19, 32]
    assert default_members(1e9, 2) == 30  # scipy's 15 a variable


def test_it_solves_the_sphere():
    run = minimize(problems.make("sphere", dimension=3), "differential-evolution", 10_000)
    assert run.ended == "optimal"


def test_it_survives_an_objective_that_is_never_finite():
    run = minimize(Flat(Box(0, 1, 2), float("nan")), "differential-evolution", 200)
    assert (run.ended, run.value) == ("nan", None)


def test_a_space_of_one_point_is_evaluated():
    run = minimize(OneMax(1), "differential-evolution", 20, target=0.0)
    assert run.ended == "target"
    run = minimize(Flat(Box([1, 2], [1, 2])), "differential-evolution", 20)
    assert run.x.tolist() == [1, 2]


@pytest.mark.parametrize(
    "options",
    [
        {"popsize": 0},
        {"recombination": 1.1},
        {"recombination": -0.1},
        {"tol": -1},
        {"strategy": "best1bim"},
        {"popsize": 2.5},
    ],
    ids=str,
)
def test_nonsense_is_refused_before_the_first_evaluation(options):
    problem = Flat(Box(0, 1, 2))
    with pytest.raises(ValueError, match=f"{next(iter(options))}=.*expected"):
        minimize(problem, "differential-evolution", 10, **options)
    assert not problem.looked_at
