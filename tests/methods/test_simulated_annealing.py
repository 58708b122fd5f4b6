from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import methods.simulated_annealing as module
import problems
from methods import minimize
from methods.simulated_annealing import simulated_annealing, temperatures
from problems import Box, Permutation
from tests.methods.examples import Flat, OneMax, Recorded, inversions, run_directly


def test_it_begins_at_the_shared_start():
    problem = Flat(Box(-5, 5, 3))
    oracle = run_directly(simulated_annealing, problem, 5)
    np.testing.assert_array_equal(problem.looked_at[0], oracle.start(1)[0])


# -------------------------------------------------------------- temperatures


def test_temperatures_of_equal_moves_by_hand():
    first, last = temperatures(np.full(7, 3.0), 0.8, 0.01)
    assert first == pytest.approx(3 / np.log(1 / 0.8))
    assert last == pytest.approx(3 / np.log(100))


@pytest.mark.parametrize("acceptance", [0.05, 0.4, 0.8, 0.99])
def test_the_first_temperature_accepts_the_share_that_was_asked_for(acceptance):
    worsenings = np.random.default_rng(0).lognormal(2, 3, 50)
    first, last = temperatures(worsenings, acceptance, 0.01)
    assert np.exp(-worsenings / first).mean() == pytest.approx(acceptance)
    assert np.exp(-worsenings.min() / last) == pytest.approx(0.01)


def test_the_last_temperature_is_never_above_the_first():
    first, last = temperatures(np.full(3, 1.0), 0.1, 0.9)
    assert first == last == pytest.approx(1 / np.log(10))


def test_without_a_worsening_move_nothing_worse_is_accepted():
    first, last = temperatures(np.array([]), 0.8, 0.01)
    assert first == last > 0
    assert np.exp(-1e-9 / first) == 0


# ------------------------------------------------------------------ the walk


@pytest.fixture
def steps(monkeypatch):
    """Every move's (parent, candidate), those of the sampled walk first."""
    seen = []
    perturb = module.perturb

    def spy(space, points, chosen, rng, sigma):
        assert chosen.sum() == 1
        changed = perturb(space, points, chosen, rng, sigma)
        seen.append((points[0].copy(), changed[0].copy()))
        return changed

    monkeypatch.setattr(module, "perturb", spy)
    return seen


def test_the_sampled_walk_accepts_everything_and_is_paid_for(steps):
    problem = OneMax(30)
    oracle = run_directly(simulated_annealing, problem, 1001, samples=40)
    assert oracle.record.values == 1001
    for (_, candidate), (following, _) in pairwise(steps[:40]):
        np.testing.assert_array_equal(following, candidate)
    np.testing.assert_array_equal(steps[40][0], oracle.start(1)[0])  # then from the start again


def test_the_sampled_walk_is_at_most_a_twentieth_of_the_budget(steps):
    oracle = run_directly(simulated_annealing, OneMax(30), 101)
    start = oracle.start(1)[0]
    assert [i for i, (parent, _) in enumerate(steps) if (parent == start).all()][:2] == [0, 5]


def test_it_cools_from_the_first_acceptance_to_the_last(monkeypatch, steps):
    """On OneMax every worsening is 1: shares of accepted ones near 0.8 and near 0.01."""
    problem = OneMax(1000)  # so long that worsenings stay common to the end
    # As if there were one neighbour: with a thousand, too few would be accepted to be counted.
    monkeypatch.setattr(module, "number_of_neighbours", lambda space: 1)
    run_directly(simulated_annealing, problem, 10_001, first_acceptance=0.8, last_acceptance=0.01)
    walk = steps[100:-1]
    accepted = []
    for (parent, candidate), (following, _) in pairwise(walk):
        if problem.value(candidate) > problem.value(parent):
            accepted.append((following == candidate).all())
    begin, end = np.mean(accepted[:400]), np.mean(accepted[-400:])
    # 400 flips of a coin: four standard deviations are 0.08 and 0.02; cooling shifts a little.
    assert begin == pytest.approx(0.79, abs=0.08)
    assert end == pytest.approx(0.012, abs=0.02)


def test_the_more_neighbours_the_colder_it_ends(monkeypatch):
    """Of ten neighbours a hundredth is accepted together, of one a thousandth."""
    asked = []
    monkeypatch.setattr(module, "temperatures", lambda _, *shares: asked.append(shares) or (1, 1))
    run_directly(simulated_annealing, OneMax(10), 100)
    assert asked[0][1] == pytest.approx(0.001)


def test_every_variable_has_its_turn_before_one_has_another(steps):
    run_directly(simulated_annealing, OneMax(10), 101)
    changed = [int((parent != candidate).argmax()) for parent, candidate in steps]
    for begin in range(0, 100, 10):
        assert sorted(changed[begin : begin + 10]) == list(range(10))


@pytest.mark.parametrize(("budget", "share"), [(41, 0.08), (201, 0.4), (401, 0.8), (4001, 0.8)])
def test_a_short_run_begins_cooler(monkeypatch, budget, share):
    """Ten bits have ten neighbours: 400 evaluations are a long run."""
    asked = []

    def seen(worsenings, first, last):
        asked.append(first)
        return temperatures(worsenings, first, last)

    monkeypatch.setattr(module, "temperatures", seen)
    run_directly(simulated_annealing, OneMax(10), budget)
    assert asked == [pytest.approx(share, rel=0.03)]


def test_at_a_fixed_temperature_it_samples_boltzmanns_distribution(monkeypatch, steps):
    """P(x) ∝ exp(-x / T) on 0 … 5, where a move takes any other number.

    Chi-square on every 10th of 30,000 points, which are as good as independent. Wrong
    alarm: 0.1 %.
    """
    from scipy.stats import chisquare

    temperature = 2.0
    monkeypatch.setattr(module, "temperatures", lambda *_: (temperature, temperature))
    problem = Recorded(Box(0, 5, 1, integral=True), lambda x: float(x[0]))
    run_directly(simulated_annealing, problem, 30_000)
    points = np.array([int(parent[0]) for parent, _ in steps[200::10]])
    share = np.exp(-np.arange(6) / temperature)
    expected = len(points) * share / share.sum()
    assert chisquare(np.bincount(points, minlength=6), expected).pvalue > 0.001


# ----------------------------------------------------------------- problems


@pytest.mark.parametrize("seed", range(3))
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
    run = minimize(build(), "simulated-annealing", 3000, seed=seed, target=0.0)
    assert run.ended == "target"


def test_it_leaves_a_local_optimum_that_single_changes_cannot():
    """A trap: all zeros are worth n + 1 less than a hill of ones, climbed one bit at a time."""
    trap = Recorded(Box(0, 1, 8, integral=True), lambda x: 0.0 if not x.any() else 9.0 - x.sum())
    stuck = minimize(trap, "hill-climb", 4000, mutation="one", seed=3, target=0.0)
    assert stuck.ended == "budget"
    runs = [minimize(trap, "simulated-annealing", 4000, seed=s, target=0.0) for s in range(10)]
    assert sum(run.ended == "target" for run in runs) >= 5


def test_it_solves_a_rugged_landscape_that_one_change_at_a_time_does_not():
    problem = problems.make("nk-landscape")
    values = {
        name: np.median([minimize(problem, name, 2000, seed=s, **options).value for s in range(3)])
        for name, options in (("simulated-annealing", {}), ("hill-climb", {"mutation": "one"}))
    }
    assert values["simulated-annealing"] < values["hill-climb"] - 0.01


def test_it_survives_an_objective_that_is_never_finite():
    run = minimize(Flat(Box(0, 1, 3), float("nan")), "simulated-annealing", 50)
    assert (run.value, run.ended, run.ledger.invalid) == (None, "nan", 50)


@pytest.mark.parametrize(
    "options",
    [
        {"first_acceptance": 0},
        {"first_acceptance": 1},
        {"last_acceptance": -0.1},
        {"samples": 0},
        {"smallest": 0},
        {"smallest": 0.5, "largest": 0.1},
    ],
    ids=str,
)
def test_nonsense_is_refused_before_the_first_evaluation(options):
    problem = Flat(Box(0, 1, 2))
    with pytest.raises(ValueError, match=f"{next(iter(options))}=.*expected"):
        minimize(problem, "simulated-annealing", 10, **options)
    assert not problem.looked_at
