from __future__ import annotations

import numpy as np
import pytest

import methods.l_shade as module
import problems
from methods import minimize
from methods.l_shade import (
    History,
    bounded,
    crossed,
    default_population,
    l_shade,
    lehmer_mean,
    mutated,
)
from problems import Box, Permutation
from tests.methods.examples import Flat, OneMax, Recorded, inversions, run_directly


def test_the_first_population_are_the_shared_starts():
    problem = Flat(Box(-5, 5, 3))
    oracle = run_directly(l_shade, problem, 40, population=30)
    np.testing.assert_array_equal(problem.looked_at[:30], oracle.start(30))


@pytest.mark.parametrize("name", ["sphere", "ellipsoid", "rosenbrock"])
def test_the_papers_population_and_budget_reach_the_papers_precision(name):
    """10,000 evaluations a variable, and an error that CEC 2014 counted as zero."""
    run = minimize(problems.make(name), "l-shade", 100_000, seconds=60, target=1e-8, population=180)
    assert run.ended in ("target", "optimal")


@pytest.mark.parametrize(
    ("name", "most"), [("sphere", 1e-2), ("rosenbrock", 30.0), ("schwefel-double-sum", 1.0)]
)
def test_two_thousand_evaluations_get_far(name, most):
    """Where scipy's differential evolution is at 1.1, 316 and 7.2 (medians of 3 seeds)."""
    runs = [minimize(problems.make(name), "l-shade", 2000, seed=seed).value for seed in range(5)]
    assert np.median(runs) < most


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "build",
    [
        lambda: OneMax(15),
        lambda: Recorded(Permutation(6), inversions),
        lambda: Recorded(Box(0, 9, 6, integral=True), lambda x: float(np.sum((x - 4) ** 2))),
    ],
    ids=["bits", "sorting", "integers"],
)
def test_it_reaches_the_optimum_of_encoded_spaces(build, seed):
    assert minimize(build(), "l-shade", 4000, seed=seed, target=0.0).ended == "target"


def test_it_begins_anew_where_it_has_converged():
    run = minimize(Recorded(Box(-5, 5, 2), lambda x: float(np.sum(x**2))), "l-shade", 20_000)
    assert run.ledger.restarts > 0
    assert run.ledger.values == 20_000


def test_a_parent_without_a_value_is_no_obstacle():
    def holes(x):
        return float("nan") if x[0] < 0 else float(np.sum((x - 1) ** 2))

    run = minimize(Recorded(Box(-5, 5, 4), holes), "l-shade", 2000, seed=1)
    assert run.value < 1e-3


# ----------------------------------------------------------------- the population


def test_the_population_falls_linearly_to_four(monkeypatch):
    sizes = []
    draw = History.draw

    def seen(self, n, rng):
        sizes.append(n)
        return draw(self, n, rng)

    monkeypatch.setattr(module.History, "draw", seen)
    run_directly(l_shade, Flat(Box(-5, 5, 10)), 3000, population=60)
    spent = 60 + np.cumsum([0, *sizes[:-1]])
    np.testing.assert_allclose(sizes[1:], (60 - 56 * spent / 3000)[1:], atol=0.51)
    assert sizes[-1] in (4, 5)


@pytest.mark.parametrize(
    ("work", "dimension", "expected"),
    [(500, 10, 17), (2000, 10, 30), (10_000, 10, 47), (10_000, 2, 36), (1, 10, 10), (1e9, 10, 180),
     (500, 100, 17), (2000, 100, 61), (10_000, 100, 300)],
)  # fmt: skip
def test_the_default_population(work, dimension, expected):
    assert default_population(work, dimension) == expected


# ------------------------------------------------------------------- the operators


def test_a_mutant_is_made_of_three_others():
    """Unit vectors: every coefficient of the mutant tells whose it is."""
    n, stored = 6, 3
    unit = np.eye(n + stored)
    points, archive = unit[:n], unit[n:]
    towards = points[[3, 3, 3, 4, 4, 4]]
    scale = np.full(n, 0.25)
    subtracted = set()
    for seed in range(300):
        mutants = mutated(points, towards, archive, scale, np.random.default_rng(seed))
        difference = (mutants - points) / 0.25 - (towards - points)
        for i, row in enumerate(difference):
            assert sorted(row[row != 0]) == [-1, 1]
            a, b = int(row.argmax()), int(row.argmin())
            assert a < n
            assert i not in (a, b)
            subtracted.add(b)
    assert subtracted == set(range(n + stored))


def test_a_trial_has_a_variable_of_the_mutant_at_least():
    rng = np.random.default_rng(0)
    trials = crossed(np.zeros((2000, 5)), np.ones((2000, 5)), np.zeros(2000), rng)
    np.testing.assert_array_equal(trials.sum(axis=1), 1)
    half = crossed(np.zeros((2000, 5)), np.ones((2000, 5)), np.full(2000, 0.5), rng)
    assert half.mean() == pytest.approx(0.5 + 0.5 / 5, abs=0.03)
    assert crossed(np.zeros((9, 5)), np.ones((9, 5)), np.ones(9), rng).all()


def test_what_is_beyond_a_bound_goes_midway_to_the_parent():
    trials = bounded(np.array([[-9.0, 2.0, 8.0]]), np.array([[-3.0, 0.0, 1.0]]), Box(-5, 5, 3))
    np.testing.assert_array_equal(trials, [[-4, 2, 3]])


# --------------------------------------------------------------------- the history


def test_the_lehmer_mean_is_the_papers():
    assert lehmer_mean(np.array([0.2, 0.8]), np.array([3.0, 1.0])) == pytest.approx(
        (3 * 0.04 + 0.64) / (3 * 0.2 + 0.8)
    )


def test_factors_are_drawn_around_a_mean_and_kept_in_range():
    history = History(6)
    scale, rate = history.draw(20_000, np.random.default_rng(0))
    assert scale.min() > 0
    assert scale.max() == 1
    assert np.median(scale) == pytest.approx(0.5, abs=0.02)
    assert rate.min() >= 0
    assert rate.mean() == pytest.approx(0.5, abs=0.01)
    assert rate.std() == pytest.approx(0.1, abs=0.01)


def test_the_oldest_mean_is_replaced():
    history = History(2)
    for value in (0.1, 0.2, 0.3):
        history.learn(np.array([value]), np.array([value]), np.array([1.0]))
    np.testing.assert_allclose(history.scale, [0.3, 0.2])
    np.testing.assert_allclose(history.rate, [0.3, 0.2])


def test_nothing_is_learnt_from_no_success():
    history = History(2)
    history.learn(np.empty(0), np.empty(0), np.empty(0))
    np.testing.assert_array_equal(history.scale, [0.5, 0.5])


def test_a_rate_that_has_been_zero_stays_so():
    history = History(1)
    history.learn(np.array([0.5]), np.array([0.0]), np.array([1.0]))
    history.learn(np.array([0.5]), np.array([0.9]), np.array([1.0]))
    _, rate = history.draw(50, np.random.default_rng(0))
    np.testing.assert_array_equal(rate, 0)


@pytest.mark.parametrize(
    "options",
    [
        {"population": -1},
        {"population": 3},
        {"memory": 0},
        {"archive_rate": -1},
        {"best_share": 2},
    ],
    ids=str,
)
def test_nonsense_is_refused_before_the_first_evaluation(options):
    problem = Flat(Box(0, 1, 2))
    with pytest.raises(ValueError, match=f"{next(iter(options))}=.*expected"):
        minimize(problem, "l-shade", 10, **options)
    assert not problem.looked_at
