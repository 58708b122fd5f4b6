from __future__ import annotations

import numpy as np
import pytest

import methods.iterated_local_search as module
import problems
from methods import minimize
from methods.iterated_local_search import Values, iterated_local_search
from methods.shared.descent import descend
from problems import Box, Budget, Categorical, Oracle
from tests.methods.examples import (
    SOLVABLE,
    Flat,
    OneMax,
    Recorded,
    TwoOfSix,
    around,
    run_directly,
)


def test_it_begins_at_the_shared_start():
    problem = Flat(Box(-5, 5, 3))
    oracle = run_directly(iterated_local_search, problem, 5)
    np.testing.assert_array_equal(problem.looked_at[0], oracle.start(1)[0])


@pytest.mark.parametrize("seed", range(3))
def test_the_shortest_tour_of_burma14_is_met(seed):
    """3323, the optimum that TSPLIB gives."""
    problem = problems.make("travelling-salesman", data="burma14")
    run = minimize(problem, "ils", 5000, seed=seed, target=3323)
    assert run.value == 3323


@pytest.mark.parametrize("instance", range(2))
def test_the_shortest_tour_of_twelve_cities_is_met(instance):
    problem = problems.make("travelling-salesman", cities=12, instance=instance)
    run = minimize(problem, "ils", 10_000, seed=0)
    assert run.value == problem.reference.value


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("build", SOLVABLE.values(), ids=SOLVABLE)
def test_it_reaches_the_optimum(build, seed):
    assert minimize(build(), "ils", 4000, seed=seed, target=0.0).ended == "target"


def test_onemax_is_climbed_in_one_pass():
    """The start, and a flip of every bit: each is at its best after its own."""
    problem = OneMax(30)
    run = minimize(problem, "ils", 100, target=0.0)
    assert run.ended == "target"
    assert run.ledger.values <= 31


# -------------------------------------------------------------- the neighbourhoods


def test_bits_have_every_flip():
    neighbours = around(Values(Box(0, 1, 3, integral=True), None, 0.001, 1), np.array([0, 1, 0]))
    assert sorted(neighbours) == [(0, 0, 0), (0, 1, 1), (1, 1, 0)]


def test_bits_are_exchanged_too_where_it_is_said():
    values = Values(Box(0, 1, 3, integral=True), None, 0.001, 1)
    values.exchanged = True
    neighbours = around(values, np.array([0, 1, 0]))
    assert set(neighbours) == {(0, 0, 0), (0, 1, 1), (1, 1, 0), (1, 0, 0), (0, 0, 1)}


def test_what_is_full_is_exchanged_for_what_is_worth_more():
    assert minimize(TwoOfSix(), "ils", 60, seed=0, target=-11).ended == "target"


def test_categories_have_every_other_value():
    neighbours = around(Values(Categorical([2, 3]), None, 0.001, 1), np.array([0, 1]))
    assert sorted(neighbours) == [(0, 0), (0, 2), (1, 1)]


def test_whole_numbers_of_many_values_step_by_one_at_least():
    neighbours = around(Values(Box(0, 1000, 1, integral=True), None, 1e-9, 1e-9), np.array([500]))
    assert set(neighbours) <= {(499,), (501,)}


def test_a_step_is_longer_after_a_success_and_turns_round_after_a_failure():
    values = Values(Box(0, 1, 2), None, 0.001, 1)
    rng, x = np.random.default_rng(0), np.array([0.4, 0.4])
    steps = [float(y[0] - 0.4) for y, _ in values.moves(x, 0, rng)]
    assert steps[:4] == pytest.approx([0.1, -0.05, 0.025, -0.0125])  # and none was taken
    following, _ = next(values.moves(x, 0, rng))  # this one is
    assert following[0] - 0.4 == pytest.approx(0.1 / 16)
    longer, _ = next(values.moves(x, 0, rng))
    assert longer[0] - 0.4 == pytest.approx(0.1 / 8)
    values.kick(x, rng)
    anew, _ = next(values.moves(x, 0, rng))
    assert anew[0] - 0.4 == pytest.approx(0.1)


@pytest.mark.parametrize("seed", range(5))
def test_a_bowl_of_ten_real_variables_is_descended_to_the_bottom(seed):
    problem = Recorded(Box(-5, 5, 10), lambda x: float(np.sum((x - 1) ** 2)))
    assert minimize(problem, "ils", 1000, seed=seed, target=1e-6).ended == "target"


def test_bits_are_kicked_by_so_many_flips():
    values = Values(Box(0, 1, 30, integral=True), 4, 0.001, 1)
    kicked, _ = values.kick(np.zeros(30, dtype=int), np.random.default_rng(0))
    assert kicked.sum() == 4


def test_a_real_box_is_kicked_in_all_variables_at_scales_of_every_length():
    values = Values(Box(-1, 1, 4), None, 0.001, 1)
    rng, x = np.random.default_rng(0), np.zeros(4)
    scales = []
    for _ in range(200):
        kicked, _ = values.kick(x, rng)
        assert (kicked != x).all()
        scales.append(values.kicked)
    assert np.median(np.log10(scales)) == pytest.approx(-1.5, abs=0.3)
    assert (min(scales), max(scales)) == pytest.approx((0.001, 1), rel=0.2)


def test_a_descent_ends_where_no_neighbour_is_better():
    rng = np.random.default_rng(0)
    matrix = rng.standard_normal((40, 40))
    problem = Recorded(Box(0, 1, 40, integral=True), lambda x: float(x @ matrix @ x))
    oracle = Oracle(problem, Budget(5000, 30))
    values = Values(problem.space, None, 0.001, 1)
    x = problem.space.sample(rng, 1)[0]
    x, value = descend(oracle, values, x, oracle.value(x), list(range(40)), rng)
    assert value == problem.value(x)
    assert min(problem.value(np.array(y)) for y in around(values, x)) >= value


# ------------------------------------------------------------- acceptance, restarts


def test_without_patience_it_never_restarts():
    assert minimize(Flat(Box(0, 1, 5, integral=True)), "ils", 500).ledger.restarts == 0


def test_it_restarts_after_so_many_local_optima_that_were_not_better():
    """On a plateau of 5 bits each of 3 descents costs the point it begins at and 5 flips."""
    run = minimize(Flat(Box(0, 1, 5, integral=True)), "ils", 9 * 18 + 17, patience=2)
    assert run.ledger.restarts == 9


def values_of_local_optima(monkeypatch, acceptance):
    """Return the values at the beginning of every kick, and those that it led to."""
    kicked, led_to = [], []
    problem = Recorded(Box(0, 1, 40, integral=True), lambda x: float(np.sin(x @ np.arange(40.0))))
    kick, descent = Values.kick, module.descend

    def seen_kick(self, x, rng):
        kicked.append(problem.value(x))
        return kick(self, x, rng)

    def seen_descent(*arguments):
        x, value = descent(*arguments)
        led_to.append(value)
        return x, value

    monkeypatch.setattr(Values, "kick", seen_kick)
    monkeypatch.setattr(module, "descend", seen_descent)
    run_directly(iterated_local_search, problem, 5000, acceptance=acceptance)
    return kicked, led_to


def test_the_better_local_optimum_is_kicked(monkeypatch):
    kicked, led_to = values_of_local_optima(monkeypatch, "better")
    np.testing.assert_array_equal(kicked, np.minimum.accumulate(led_to)[: len(kicked)])


def test_a_random_walk_kicks_the_latest(monkeypatch):
    kicked, led_to = values_of_local_optima(monkeypatch, "random-walk")
    np.testing.assert_array_equal(kicked, led_to[: len(kicked)])
    assert (np.diff(kicked) > 0).any()


@pytest.mark.parametrize(
    "options",
    [
        {"acceptance": "worse"},
        {"strength": 0},
        {"patience": 0},
        {"smallest": 0},
        {"smallest": 0.5, "largest": 0.1},
    ],
    ids=str,
)
def test_nonsense_is_refused_before_the_first_evaluation(options):
    problem = Flat(Box(0, 1, 2))
    with pytest.raises(ValueError, match=f"{next(iter(options))}=.*expected"):
        minimize(problem, "ils", 10, **options)
    assert not problem.looked_at
