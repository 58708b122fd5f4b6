from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import methods.hill_climb as module
from methods import minimize
from methods.hill_climb import hill_climb
from problems import Box, Permutation
from tests.methods.examples import (
    Flat,
    OneMax,
    Recorded,
    inversions,
    rastrigin,
    run_directly,
    spaces,
)


@pytest.fixture
def steps(monkeypatch):
    """Every step's (parent, mask of changed variables, candidate, sigma)."""
    seen = []
    perturb = module.perturb

    def spy(space, points, chosen, rng, sigma):
        changed = perturb(space, points, chosen, rng, sigma)
        seen.append((points[0].copy(), chosen[0].copy(), changed[0].copy(), sigma))
        return changed

    monkeypatch.setattr(module, "perturb", spy)
    return seen


@pytest.mark.parametrize("space", spaces().values(), ids=spaces())
def test_it_never_leaves_the_space(space):
    problem = Flat(space)
    run_directly(hill_climb, problem, 400)
    assert len(problem.looked_at) == 400
    assert all(x in space for x in problem.looked_at)


def test_it_begins_at_the_shared_start():
    problem = Flat(Box(-5, 5, 3))
    oracle = run_directly(hill_climb, problem, 5)
    np.testing.assert_array_equal(problem.looked_at[0], oracle.start(1)[0])


def test_equal_values_are_accepted(steps):
    run_directly(hill_climb, Flat(Box(0, 1, 8, integral=True)), 50)
    for (_, _, candidate, _), (parent, *_) in pairwise(steps):
        np.testing.assert_array_equal(parent, candidate)


def test_worse_values_are_not(steps):
    problem = OneMax(12)
    run_directly(hill_climb, problem, 300)
    rejected = 0
    for (parent, _, candidate, _), (following, *_) in pairwise(steps):
        worse = problem.value(candidate) > problem.value(parent)
        np.testing.assert_array_equal(following, parent if worse else candidate)
        rejected += worse
    assert rejected > 20


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "build",
    [
        lambda: OneMax(20),
        lambda: Recorded(Permutation(7), inversions),
        lambda: Recorded(Box(0, 9, 6, integral=True), lambda x: float(np.sum((x - 4) ** 2))),
    ],
    ids=["bits", "sorting", "integers"],
)
def test_it_reaches_the_optimum(build, seed):
    assert minimize(build(), "hill-climb", 4000, seed=seed, target=0.0).ended == "target"


def test_real_steps_come_in_every_size_between_the_two_ends(steps):
    run_directly(hill_climb, Recorded(Box(-5, 5, 4), rastrigin), 3000, smallest=0.01, largest=0.1)
    sizes = np.log10([sigma for *_, sigma in steps])
    assert -2 <= sizes.min() < -1.99
    assert -1.01 < sizes.max() <= -1
    assert sizes.mean() == pytest.approx(-1.5, abs=0.03)  # uniform on the log scale


def test_every_variable_is_changed_equally_often(steps):
    from scipy.stats import chisquare

    run_directly(hill_climb, Flat(Box(0, 1, 10, integral=True)), 4000)
    single = np.array([chosen for _, chosen, _, _ in steps if chosen.sum() == 1])
    assert len(single) > 800
    assert chisquare(single.sum(axis=0)).pvalue > 0.001


def test_every_step_changes_a_variable(steps):
    run_directly(hill_climb, Flat(Box(0, 3, 5, integral=True)), 500)
    for parent, chosen, candidate, _ in steps:
        np.testing.assert_array_equal(parent != candidate, chosen)
        assert chosen.any()


def test_a_larger_exponent_changes_fewer_variables(steps):
    def mean_changes(exponent):
        steps.clear()
        run_directly(hill_climb, Flat(Box(0, 1, 50, integral=True)), 2000, exponent=exponent)
        return np.mean([chosen.sum() for _, chosen, _, _ in steps])

    assert mean_changes(1.2) > mean_changes(1.5) > mean_changes(3.0) > 1


def test_the_power_law_has_no_lump_at_its_end(steps):
    """Changing all variables is the rarest of all numbers, not one of the commonest."""
    dimension = 20
    run_directly(hill_climb, Flat(Box(0, 1, dimension, integral=True)), 5000)
    numbers = np.bincount([chosen.sum() for _, chosen, _, _ in steps], minlength=dimension + 1)
    assert numbers[1] == numbers.max()
    assert numbers[dimension] < numbers[1] / 10


@pytest.mark.parametrize("exponent", [1.0001, 1.01, 1.5, 10, 1000])
def test_any_exponent_above_one_works(exponent):
    run = minimize(OneMax(6), "hill-climb", 200, exponent=exponent)
    assert run.ended == "budget", run.message


@pytest.mark.parametrize(
    "options",
    [
        {"exponent": 1.0},
        {"exponent": 0.5},
        {"exponent": float("inf")},
        {"smallest": 0},
        {"smallest": -0.1},
        {"smallest": 0.5, "largest": 0.1},
        {"largest": float("inf")},
    ],
    ids=str,
)
def test_nonsense_is_refused_before_the_first_look(options):
    problem = Flat(Box(0, 1, 2))
    with pytest.raises(ValueError, match=f"{next(iter(options))}=.*expected"):
        minimize(problem, "hill-climb", 10, **options)
    assert not problem.looked_at


def test_a_climber_on_nothing_but_nan_goes_on_looking():
    run = minimize(Flat(Box(0, 1, 3), float("nan")), "hill-climb", 30)
    assert (run.value, run.ended, run.ledger.invalid) == (None, "nan", 30)
