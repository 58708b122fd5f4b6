"""The world of words, and the network as a policy in it."""

from __future__ import annotations

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import problems
from problems.pretrained.gru import END, LONGEST, TOKEN, TOKENS, Speller, letters

PROBLEM = problems.make("speller-dialect", words=6, held_out=1, dimension=8)
THETA = 0.02 * np.random.default_rng(0).standard_normal(8)


def made_world():
    return PROBLEM.environment(PROBLEM.value)


def played(policy, episodes, seed=0):
    """Return the observations, actions and returns of some episodes."""
    world, rng = made_world(), np.random.default_rng(seed)
    seen, done, returns = [], [], []
    for episode in range(episodes):
        observation, _ = world.reset(seed=seed + episode)
        ended, total = False, 0.0
        while not ended:
            seen.append(observation.astype(float))
            done.append(policy.act(THETA, seen[-1], rng))
            observation, reward, ended, _, _ = world.step(done[-1])
            total += reward
        returns.append(total)
    return np.array(seen), np.array(done), returns


def test_the_world_is_one_of_gymnasiums():
    check_env(made_world(), skip_render_check=True)


def test_a_word_is_paid_for_where_it_is_right_and_only_at_its_end():
    world = made_world()
    observation, _ = world.reset(seed=3)
    target = PROBLEM.targets[observation[0]]
    rewards = []
    for token in [*target[target != END], END]:
        observation, reward, ended, truncated, _ = world.step(token)
        rewards.append(reward)
    assert rewards == [0.0] * (len(rewards) - 1) + [1.0]
    assert (ended, truncated) == (True, False)
    with pytest.raises(gymnasium.error.ResetNeeded):
        world.step(END)


def test_twenty_tokens_end_an_episode():
    world = made_world()
    world.reset(seed=0)
    ends = [world.step(TOKEN["K"])[2] for _ in range(LONGEST)]
    assert ends == [False] * (LONGEST - 1) + [True]


def test_a_policy_that_takes_the_best_token_writes_what_the_value_counts():
    class Best:
        def gumbel(self, size):
            return np.zeros(size)

    policy, world = PROBLEM.policy(), made_world()
    right = {}
    for seed in range(40):
        observation, _ = world.reset(seed=seed)
        word, ended = int(observation[0]), False
        while not ended:
            action = policy.act(THETA, observation.astype(float), Best())
            observation, reward, ended, _, _ = world.step(action)
        right[word] = reward
    assert len(right) == 6
    assert 1 - np.mean(list(right.values())) == pytest.approx(PROBLEM.value(THETA))


def test_log_probabilities_are_those_of_the_softmax_step_by_step():
    policy = PROBLEM.policy()
    seen, done, _ = played(policy, 5)
    logs = policy.log_probabilities(THETA, seen, done)
    speller = Speller(PROBLEM.adaptation.weights(THETA))
    for row, action, log in zip(seen.astype(int), done, logs, strict=True):
        h = speller.encode(letters([PROBLEM.training_words[row[0]]]))
        for token in [2, *(t for t in row[1:] if t != END)]:
            h = speller.decoder.step(np.array([token]), h)
        scores = speller.logits(h)[0].astype(float)
        assert log == pytest.approx(scores[action] - np.log(np.exp(scores).sum()), abs=1e-4)


def test_steps_in_any_order_have_the_same_log_probabilities_and_gradient():
    policy = PROBLEM.policy()
    seen, done, _ = played(policy, 4)
    weights = np.random.default_rng(1).standard_normal(len(done))
    mixed = np.random.default_rng(2).permutation(len(done))
    logs = policy.log_probabilities(THETA, seen, done)
    assert policy.log_probabilities(THETA, seen[mixed], done[mixed]) == pytest.approx(
        logs[mixed], abs=1e-5
    )
    gradient = policy.log_gradient(THETA, seen, done, weights)
    shuffled = policy.log_gradient(THETA, seen[mixed], done[mixed], weights[mixed])
    assert shuffled == pytest.approx(gradient, rel=1e-3, abs=1e-3)


@pytest.mark.parametrize("direction", range(3))
def test_the_gradients_are_those_of_differences(direction):
    policy = PROBLEM.policy()
    seen, done, _ = played(policy, 4)
    rng = np.random.default_rng(direction)
    weights, along = rng.random(len(done)), rng.standard_normal(8)
    step = 1e-3

    def entropy(theta):
        every = [
            policy.log_probabilities(theta, seen, np.full(len(done), token))
            for token in range(TOKENS)
        ]
        return weights @ (-(np.exp(every) * every).sum(axis=0))

    def likelihood(theta):
        return weights @ policy.log_probabilities(theta, seen, done)

    for function, gradient in (
        (likelihood, policy.log_gradient(THETA, seen, done, weights)),
        (entropy, policy.entropy_gradient(THETA, seen, weights)),
    ):
        slope = (function(THETA + step * along) - function(THETA - step * along)) / (2 * step)
        assert gradient @ along == pytest.approx(slope, rel=0.01, abs=0.02)


def test_a_step_beside_the_last_is_drawn_from_the_whole_of_what_was_written():
    policy, fresh = PROBLEM.policy(), PROBLEM.policy()
    seen, _, _ = played(policy, 3)
    for row in seen[::-1]:  # never the step after the last
        rng = [np.random.default_rng(5) for _ in range(2)]
        assert policy.act(THETA, row, rng[0]) == fresh.act(THETA, row, rng[1])
        fresh = PROBLEM.policy()
