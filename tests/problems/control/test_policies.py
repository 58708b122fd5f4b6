"""Policies: their gradients, their batches and their way into the box."""

from __future__ import annotations

import gymnasium
import numpy as np
import pytest

from problems.control.policies import EXPLORATION, NeuralPolicy

DISCRETE = gymnasium.spaces.Discrete(3)
CONTINUOUS = gymnasium.spaces.Box(np.array([-1.0, 0.0]), np.array([1.0, 4.0]), dtype=np.float64)


def policy(actions, hidden):
    return NeuralPolicy(4, actions, hidden, bound=5.0)


def log_likelihood(made, theta, observations, actions):
    """Σ log π(a|o), written anew from the definition."""
    scores = made.scores(theta, observations)
    if made.discrete:
        logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        return logs[np.arange(len(actions)), actions]
    low, high = CONTINUOUS.low, CONTINUOUS.high
    half = (high - low) / 2
    mean = (high + low) / 2 + half * np.tanh(scores)
    return -0.5 * (((actions - mean) / (EXPLORATION * half)) ** 2).sum(axis=1)


@pytest.mark.parametrize("hidden", [0, 5])
@pytest.mark.parametrize("actions", [DISCRETE, CONTINUOUS], ids=["discrete", "continuous"])
def test_log_gradient_matches_finite_differences(actions, hidden):
    rng = np.random.default_rng(0)
    made = policy(actions, hidden)
    theta = rng.standard_normal(made.dimension)
    observations = rng.standard_normal((6, 4))
    taken = np.array([made.act(theta, o, rng) for o in observations])
    weights = rng.standard_normal(6)
    slope = made.log_gradient(theta, observations, taken, weights)
    for i in range(made.dimension):
        step = np.zeros(made.dimension)
        step[i] = 1e-6
        up, down = (log_likelihood(made, theta + s, observations, taken) for s in (step, -step))
        assert slope[i] == pytest.approx(weights @ (up - down) / 2e-6, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("hidden", [0, 5])
@pytest.mark.parametrize("actions", [DISCRETE, CONTINUOUS], ids=["discrete", "continuous"])
def test_many_policies_at_once_act_bit_for_bit_as_each_alone(actions, hidden):
    rng = np.random.default_rng(1)
    made = policy(actions, hidden)
    thetas = rng.standard_normal((7, made.dimension))
    observations = rng.standard_normal((7, 1, 4))
    together = made.scores(thetas, observations)
    for theta, seen, scores in zip(thetas, observations, together, strict=True):
        assert np.array_equal(made.scores(theta, seen), scores)


def test_a_linear_policy_is_what_its_name_says():
    made = policy(DISCRETE, 0)
    theta = np.zeros(made.dimension)
    theta[1] = 2.0  # first observation -> second action
    theta[-1] = 1.0  # bias of the third action
    assert made.scores(theta, np.array([[3.0, 0, 0, 0]])).tolist() == [[0.0, 6.0, 1.0]]
    assert made.greedy(theta, np.array([[3.0, 0, 0, 0], [0.1, 0, 0, 0]])).tolist() == [1, 2]


def test_continuous_actions_stay_in_range():
    made = policy(CONTINUOUS, 0)
    actions = made.greedy(np.full(made.dimension, 100.0), np.eye(4))
    assert (actions >= CONTINUOUS.low).all()
    assert (actions <= CONTINUOUS.high).all()


def test_discrete_exploration_draws_from_the_softmax():
    made = policy(DISCRETE, 0)
    theta = np.zeros(made.dimension)
    theta[-3:] = np.log([0.5, 0.3, 0.2])
    rng = np.random.default_rng(2)
    drawn = np.bincount([made.act(theta, np.zeros(4), rng) for _ in range(4000)], minlength=3)
    assert drawn / 4000 == pytest.approx([0.5, 0.3, 0.2], abs=0.03)


def test_decode_scales_a_linear_policy_and_clips_any_other():
    theta = np.array([10.0, -1.0] + [0.0] * 13)
    assert policy(DISCRETE, 0).decode(theta)[:2].tolist() == [5.0, -0.5]
    made = policy(DISCRETE, 5)
    wild = np.full(made.dimension, 10.0)
    assert made.decode(wild).max() == 5.0


def test_actions_count_from_where_their_space_starts():
    shifted = policy(gymnasium.spaces.Discrete(3, start=-1), 0)
    plain = policy(DISCRETE, 0)
    rng = np.random.default_rng(3)
    theta, observations = rng.standard_normal(plain.dimension), rng.standard_normal((6, 4))
    best = plain.greedy(theta, observations)
    assert shifted.greedy(theta, observations).tolist() == (best - 1).tolist()
    drawn = [
        made.act(theta, observations[0], np.random.default_rng(4)) for made in (plain, shifted)
    ]
    assert drawn[1] == drawn[0] - 1
    slopes = [
        made.log_gradient(theta, observations, actions, np.ones(6))
        for made, actions in ((plain, best), (shifted, best - 1))
    ]
    assert np.array_equal(*slopes)


def test_the_world_gets_a_clipped_action_and_the_likelihood_the_drawn_one():
    made = policy(CONTINUOUS, 0)
    drawn = np.array([-1.5, 2.0])
    assert made.to_world(drawn).tolist() == [-1.0, 2.0]
    assert drawn.tolist() == [-1.5, 2.0]
    assert policy(DISCRETE, 0).to_world(2) == 2
    theta, seen = np.zeros(made.dimension), np.zeros((1, 4))
    slope = made.log_gradient(theta, seen, drawn[None], np.ones(1))
    # d/db of -(a - m)^2 / 2s^2 with m = centre + half tanh(b), at b = 0: (a - m) half / s^2.
    assert slope[-2:] == pytest.approx([-1.5 / EXPLORATION**2, 0.0])
