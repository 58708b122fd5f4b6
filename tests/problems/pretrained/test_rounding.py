"""Rounded weights: the error by lines of its own, and optima that are tried."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import problems
from methods import minimize
from problems.pretrained.gru import PHONEMES, Speller, letters, pretrained_weights
from problems.pretrained.pronunciation import words_of_instance


def made(**options):
    return problems.make("rounding", **options)


def states_of(words):
    """The decoder's states on the way of each word, a word at a time."""
    speller, states = Speller(pretrained_weights()), []
    for word in words:
        h, token, count = speller.encode(letters([word])), 2, 0
        while token != 3 and count < 20:
            h = speller.decoder.step(np.array([token]), h)
            token, count = int(speller.logits(h)[0].argmax()), count + 1
            states.append(h[0].astype(float))
    return np.array(states)


def test_the_held_out_value_is_the_mean_error_of_the_scores():
    """On all states of the held-out words, with the weights that were meant recovered by name."""
    problem = made(weights=256, bits=3, states=10)
    x = np.random.default_rng(0).integers(0, 2, 256)
    (phoneme,) = problem.phonemes
    row = pretrained_weights()["fc_w"][4 + phoneme].astype(float)
    assert PHONEMES[phoneme] in problem.title
    step = np.abs(row).max() / 3
    # 256 of 256 weights: each is one of the row's, and tells by its fraction which.
    below = np.minimum(np.floor(row / step), 2)  # of the grid's -3 to 3, as 3 is the last
    fractions = row / step - below
    columns = [int(np.abs(fractions - each).argmin()) for each in problem.fractions[0]]
    assert sorted(columns) == list(range(256))
    rounded = np.empty(256)
    rounded[columns] = step * (below[columns] + x)
    assert rounded.max() <= 3.0001 * step
    held_out = states_of(words_of_instance(0, 400, 400)[1])
    error = np.abs(held_out @ (rounded - row)).mean()
    assert problem.score(x) == pytest.approx(error, rel=1e-4)


def test_values_of_rows_add_up_and_points_at_once_are_points_alone():
    problem = made(weights=5, rows=3)
    points = np.random.default_rng(0).integers(0, 2, (4, 15))
    by_hand = [
        sum(
            np.abs(problem.states[r] @ (x[5 * r : 5 * r + 5] - problem.fractions[r])).mean()
            for r in range(3)
        )
        for x in points
    ]
    assert problem.values(points) == pytest.approx(by_hand)
    assert [problem.value(x) for x in points] == pytest.approx(by_hand)


@pytest.mark.parametrize("options", [{"weights": 7}, {"weights": 4, "rows": 2}])
@pytest.mark.parametrize("instance", range(3))
def test_the_reference_is_the_least_of_all_roundings(options, instance):
    problem = made(**options, instance=instance)
    every = np.array(list(itertools.product([0, 1], repeat=problem.space.dimension)))
    assert problem.reference.value == pytest.approx(problem.values(every).min(), rel=1e-12)
    assert problem.reference.optimum


def test_a_search_begins_at_nearest_rounding():
    problem = made(weights=9)
    assert (problem.start().point == np.rint(problem.fractions.ravel())).all()
    for method in ("hill-climb", "simulated-annealing", "tabu", "genetic"):
        assert minimize(problem, method, 50).value <= problem.anchors["nearest rounding"][0]


def test_the_relaxation_begins_without_an_error_and_knows_its_slope():
    problem = made(weights=6)
    relaxation = problem.relaxation()
    theta = relaxation.start(np.random.default_rng(0))
    soft = 1.2 / (1 + np.exp(-theta)) - 0.1
    assert soft == pytest.approx(problem.fractions.ravel())
    assert problem.error_and_slope(soft)[0] == pytest.approx(0, abs=1e-12)
    assert (relaxation.decode(theta) == problem.start().point).all()
    theta = theta + np.random.default_rng(1).normal(size=6)
    _, slope = relaxation.loss_and_gradient(theta)
    for i, unit in enumerate(1e-6 * np.eye(6)):
        above, below = (relaxation.loss_and_gradient(theta + s * unit)[0] for s in (1, -1))
        assert slope[i] == pytest.approx((above - below) / 2e-6, abs=1e-5)


def test_soft_roundings_at_corners_have_the_value():
    problem = made(weights=6)
    x = np.array([0, 1, 1, 0, 1, 0])
    assert problem.error_and_slope(x.astype(float))[0] == pytest.approx(problem.value(x))


def test_a_solution_is_shown_as_arrows():
    problem = made(weights=4, rows=2)
    x = problem.start().point.copy()
    x[0] = 1 - x[0]
    assert problem.describe(x).endswith("1 not to the nearest")
    assert len(problem.describe(x).partition(";")[0]) == 9
