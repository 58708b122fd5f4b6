"""Strings written one symbol a step: their returns, and REINFORCE against the exact gradient."""

import math
import warnings

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from methods import minimize
from methods.shared.world_policy import Episode, returns_to_go
from problems import Budget
from tests.problems.next_token.test_reward import CASES, log_probability, make


def play(problem, theta, rng):
    world, policy = problem.environment(problem.value), problem.policy()
    observation, _ = world.reset()
    episode, done = Episode(), False
    while not done:
        seen = np.ravel(np.asarray(observation, dtype=float))
        action = policy.act(theta, seen, rng)
        observation, reward, done, _, _ = world.step(action)
        episode.observations.append(seen)
        episode.actions.append(action)
        episode.rewards.append(reward)
    return episode


def test_an_episode_pays_the_reward_less_the_price_of_its_log_ratio():
    problem = make(**CASES[0])
    theta = problem.sample(np.random.default_rng(0), 1)[0]
    logs, rng = problem.regularized.log_policy(theta)[0], np.random.default_rng(1)
    for _ in range(200):
        episode = play(problem, theta, rng)
        string = tuple(int(a[0]) for a in episode.actions if a[0] != 0)
        own = log_probability(logs, string, problem.length)
        model = log_probability(problem.model, string, problem.length)
        expected = problem.chain.reward(string) - problem.beta * (own - model)
        assert sum(episode.rewards) == pytest.approx(expected, abs=1e-12)


def test_reinforce_estimates_minus_the_exact_gradient_without_bias():
    problem = make(**CASES[0])
    policy = problem.policy()
    theta = problem.sample(np.random.default_rng(4), 1)[0]
    loss, slope = problem.relaxation().loss_and_gradient(theta)
    rng = np.random.default_rng(5)
    totals, estimates = [], []
    for _ in range(8000):
        episode = play(problem, theta, rng)
        returns, _ = returns_to_go([episode])
        seen, taken = np.array(episode.observations), np.array(episode.actions)
        totals.append(returns[0, 0])
        estimates.append(policy.log_gradient(theta, seen, taken, returns[0]))
    root = math.sqrt(len(totals))
    assert abs(np.mean(totals) + loss) < 4 * np.std(totals) / root
    deviation = np.std(estimates, axis=0) / root
    assert (np.abs(np.mean(estimates, axis=0) + slope) < 4.5 * deviation + 1e-12).all()


def test_gymnasium_accepts_the_world_and_an_ended_episode_stays_ended():
    problem = make(**CASES[0])
    world = problem.environment(problem.value)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check_env(world, skip_render_check=True)
    world.reset()
    world.step(np.array([0.0, -1.0]))
    with pytest.raises(gymnasium.error.ResetNeeded):
        world.step(np.array([0.0, -1.0]))


def test_reinforce_improves_on_the_texts_own_model():
    problem = make(**CASES[0])
    run = minimize(problem, "reinforce", Budget(500))
    assert problem.reference.value <= run.value < problem.value(problem.model.ravel())
