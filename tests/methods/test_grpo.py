"""GRPO against the exact mean of its update, finite differences of its surrogate, and problems."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import problems
from methods import minimize
from methods.grpo import grpo, surrogate_slope
from methods.shared.softmax_policy import SoftmaxPolicy, softmax
from problems import Box, Permutation, Problem, Unsupported
from problems.core.environment import Construction
from tests.methods.examples import Flat, OneMax, Recorded, run_directly

MASK = np.array([1, 0, 1], dtype=np.int8)

# ------------------------------------------------------------- the mean of its update

LOGITS = np.array([[0.4, -0.3], [0.1, 0.9], [0.0, 0.0]])
REWARD = {(0, 0): 0.3, (0, 1): 2.0, (1, 0): -1.0, (1, 1): 0.7}


class TwoBits(Problem):
    """Two bits whose rewards are a table, and a prior that is not uniform."""

    def __init__(self, reward=REWARD):
        self.space = Box(0, 1, 2, integral=True)
        self._reward = reward

    def value(self, x):
        return -self._reward[tuple(int(v) for v in x)]

    def environment(self, look):
        return Construction(self.space, look, prior=LOGITS)


def chances_and_slopes():
    """The probability of every outcome, and ∇ log of it in the logits."""
    chances, slopes = [], []
    share = softmax(LOGITS)
    for outcome in REWARD:
        slope = np.zeros_like(LOGITS)
        for row, action in enumerate(outcome):
            slope[row] -= share[row]
            slope[row, action] += 1
        chances.append(share[0, outcome[0]] * share[1, outcome[1]])
        slopes.append(slope)
    return np.array(chances), np.array(slopes)


def enumerated(n, normalize, reward=REWARD):
    """The exact mean of the update over all groups of n episodes, by the paper's formula."""
    chances, slopes = chances_and_slopes()
    rewards = np.array(list(reward.values()))
    mean = np.zeros_like(LOGITS)
    for group in itertools.product(range(4), repeat=n):
        drawn = rewards[list(group)]
        advantages = drawn - drawn.mean()
        if normalize:
            advantages /= (drawn.std() or 1.0) * 2  # the deviation, and the two steps
        mean += chances[list(group)].prod() * np.tensordot(advantages, slopes[list(group)], 1) / n
    return mean


def gradient_of_the_expected_return(reward=REWARD):
    chances, slopes = chances_and_slopes()
    return np.tensordot(chances * list(reward.values()), slopes, 1)


@pytest.fixture
def updates(monkeypatch):
    """The gradients that a policy which does not move is handed."""
    seen, gradient = [], SoftmaxPolicy.gradient
    monkeypatch.setattr(
        SoftmaxPolicy, "gradient", lambda self, *a: seen.append(gradient(self, *a)) or seen[-1]
    )
    monkeypatch.setattr(SoftmaxPolicy, "move", lambda self, step: None)
    return seen


@pytest.mark.parametrize("normalize", [True, False])
def test_the_mean_update_is_the_enumerated_one(updates, normalize):
    """Of 1,000 groups of four, within 4.5 standard errors in every logit."""
    run_directly(grpo, TwoBits(), 4_001, group=4, normalize=normalize)
    assert len(updates) == 1000
    error = np.std(updates, axis=0) / np.sqrt(1000)
    off = np.abs(np.mean(updates, axis=0) - enumerated(4, normalize))
    assert (off <= 4.5 * error + 1e-12).all()


@pytest.mark.parametrize("n", [2, 3, 4])
def test_without_the_divisions_the_mean_is_the_gradient_times_one_less_over_n(n):
    expected = (n - 1) / n * gradient_of_the_expected_return()
    np.testing.assert_allclose(enumerated(n, False), expected, atol=1e-12)


def test_with_the_division_the_mean_is_another_vector_than_the_gradient():
    mean, exact = enumerated(4, True), gradient_of_the_expected_return()
    cosine = (mean * exact).sum() / np.linalg.norm(mean) / np.linalg.norm(exact)
    assert 0.9 < cosine < 0.9999


def test_of_binary_rewards_the_mean_is_1_6_times_the_gradient_at_four_draws():
    """E[std]/(p (1 − p)) of four Bernoulli draws: (8 √3/4 + 6/2)/16/0.25 at p = 1/2."""
    reward = {(a, b): float(a) for a, b in REWARD}
    share = softmax(LOGITS)[0, 1]
    deviations = {k: np.sqrt(k * (4 - k)) / 4 for k in range(5)}
    ways = {0: 1, 1: 4, 2: 6, 3: 4, 4: 1}
    mean = sum(ways[k] * share**k * (1 - share) ** (4 - k) * d for k, d in deviations.items())
    times = mean / (share * (1 - share))
    exact = gradient_of_the_expected_return(reward)[0]
    np.testing.assert_allclose(2 * enumerated(4, True, reward)[0], times * exact, rtol=1e-12)
    assert 1.6 < times < 1.7


# --------------------------------------------------------------------- the surrogate


def log_probability(logits, row, action, mask):
    legal = logits[row] if mask is None else logits[row][np.array(mask, bool)]
    return logits[row, action] - np.log(np.exp(legal).sum())


def surrogate(logits, drawn, prior, episodes, advantages, clip, kl, normalize):
    """The paper's equation 3, term by term, with its k3."""
    total = 0.0
    for steps, advantage in zip(episodes, advantages, strict=True):
        for step in steps:
            now, then, before = (log_probability(at, *step) for at in (logits, drawn, prior))
            ratio, r = np.exp(now - then), np.exp(before - now)
            term = min(ratio * advantage, np.clip(ratio, 1 - clip, 1 + clip) * advantage)
            share = len(episodes) * (len(steps) if normalize else 1)
            total += (term - kl * (r - np.log(r) - 1)) / share
    return total


def numerical(function, at):
    slope = np.zeros_like(at)
    for index in np.ndindex(*at.shape):
        shift = np.zeros_like(at)
        shift[index] = 1e-6
        slope[index] = (function(at + shift) - function(at - shift)) / 2e-6
    return slope


@pytest.mark.parametrize("normalize", [True, False])
@pytest.mark.parametrize("kl", [0.0, 0.7])
def test_the_slope_follows_finite_differences_of_the_surrogate(kl, normalize):
    rng = np.random.default_rng(3)
    prior, drawn, logits = (rng.normal(size=(3, 3)) for _ in range(3))
    episodes = [
        [(0, 1, None), (1, 2, MASK)],
        [(0, 2, None), (1, 0, MASK), (2, 1, None)],
        [(2, 0, MASK)],
    ]
    advantages = np.array([1.2, -0.4, -0.8])
    policy = SoftmaxPolicy(
        Construction(Box(0, 2, 2, integral=True), lambda x: 0.0, prior=logits),
        np.random.default_rng(0),
    )
    steps = policy.steps(episodes)
    lengths = np.array([2, 3, 1])
    logs = [policy.log_probabilities(steps, at) for at in (logits, drawn, prior)]
    ratios = np.exp(logs[0] - logs[1])
    assert (ratios > 1.2).any()  # the clip has something to do,
    assert (ratios < 0.8).any()  # on either side
    slopes = surrogate_slope(*logs, np.repeat(advantages, lengths), clip=0.2, kl=kl)
    shares = np.repeat(1 / 3 / lengths if normalize else np.full(3, 1 / 3), lengths)
    expected = numerical(
        lambda at: surrogate(at, drawn, prior, episodes, advantages, 0.2, kl, normalize), logits
    )
    np.testing.assert_allclose(policy.gradient(steps, shares * slopes), expected, atol=1e-8)


@pytest.mark.parametrize(
    ("ratio", "advantage", "slope"),
    [(1.5, 2.0, 0.0), (1.5, -2.0, -3.0), (0.5, -2.0, 0.0), (0.5, 2.0, 1.0), (1.1, 2.0, 2.2)],
)
def test_what_is_clipped_is_what_has_gained_enough(ratio, advantage, slope):
    now = np.log([ratio])
    found = surrogate_slope(now, np.zeros(1), now, np.array([advantage]), clip=0.2, kl=1.0)
    np.testing.assert_allclose(found, [slope], rtol=1e-12)


def test_the_mean_slope_of_k3_is_that_of_the_divergence_of_the_prior_from_the_policy():
    logits, prior = np.array([[0.3, -0.8, 0.1]]), softmax(np.array([[1.0, 0.2, -0.5]]))[0]
    policy = softmax(logits)[0]
    logs = np.log(policy)
    slopes = surrogate_slope(logs, logs, np.log(prior), np.zeros(3), clip=0.2, kl=0.3)
    mean = sum(policy[a] * slopes[a] * (np.eye(3)[a] - policy) for a in range(3))
    expected = numerical(lambda at: -0.3 * (prior * np.log(prior / softmax(at)[0])).sum(), logits)
    np.testing.assert_allclose(mean, expected[0], atol=1e-8)


def test_no_probability_is_too_small_for_a_finite_slope():
    logs = np.array([-1e4, 0.0, -1e300])
    for now, drawn, reference in itertools.permutations(logs):
        slope = surrogate_slope(
            *np.array([[now], [drawn], [reference]]), np.ones(1), clip=0.2, kl=1.0
        )
        assert np.isfinite(slope**2).all()


@pytest.mark.parametrize("name", ["cart-pole", "pendulum", "next-token-reward"])
def test_a_worlds_policy_tells_the_probabilities_that_it_has_the_gradient_of(name):
    options = {"corpus": "markov:length=2000,symbols=4"} if "token" in name else {}
    problem = problems.make(name, **options)
    policy, rng = problem.policy(), np.random.default_rng(2)
    theta = rng.normal(size=policy.dimension)
    seen = {"cart-pole": rng.normal(size=(5, 4)), "pendulum": rng.normal(size=(5, 3))}.get(
        name, rng.integers(0, 4, (5, 1)).astype(float)
    )
    actions, weights = np.array([policy.act(theta, o, rng) for o in seen]), rng.normal(size=5)
    expected = numerical(lambda at: weights @ policy.log_probabilities(at, seen, actions), theta)
    np.testing.assert_allclose(
        policy.log_gradient(theta, seen, actions, weights), expected, atol=1e-7
    )


# --------------------------------------------------------------------- the method


def test_a_group_is_as_many_evaluations_whatever_the_epochs(updates):
    run = minimize(OneMax(6), "grpo", 64, group=16, epochs=3)
    assert (run.ledger.values, run.ledger.work, run.ended) == (64, 64, "budget")
    assert len(updates) == 4 * 3


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
@pytest.mark.parametrize("normalize", [True, False])
def test_it_learns_to_set_all_bits(optimizer, normalize):
    """By chance an evaluation is worth 10 ± 2.2; the optimum is 0."""
    problem = OneMax(20)
    late = Recorded(problem.space, lambda x: float(20 - x.sum()))
    late.environment = lambda look: Construction(problem.space, look)
    rate = {"adam": 0.3, "sgd": 10.0 if normalize else 1.0}[optimizer]
    run_directly(
        grpo, late, 3000, group=16, optimizer=optimizer, normalize=normalize,
        learning_rate=rate, kl=0.0,
    )  # fmt: skip
    assert np.mean([x.sum() for x in late.looked_at[-200:]]) > 17


def test_a_heavy_weight_on_the_divergence_keeps_the_policy_at_its_prior():
    means = {}
    for kl in (0.0, 50.0):
        problem = Recorded(Box(0, 1, 8, integral=True), lambda x: -float(x.sum()))
        problem.environment = lambda look, space=problem.space: Construction(space, look)
        run_directly(grpo, problem, 2000, group=16, kl=kl)
        means[kl] = np.mean([x.sum() for x in problem.looked_at[-200:]])
    assert means[0.0] > 6.5
    assert abs(means[50.0] - 4) < 0.7


def test_a_constant_reward_teaches_nothing(updates):
    flat = Flat(Permutation(5))
    flat.environment = lambda look: Construction(flat.space, look)
    run_directly(grpo, flat, 320, group=16)
    assert len(updates) == 20
    np.testing.assert_array_equal(updates, 0)


def test_it_acts_in_a_world_with_rewards_of_its_own():
    run = minimize(problems.make("cart-pole", episodes=4), "grpo", 21, group=4)
    assert run.ended == "budget", run.message
    assert run.ledger.steps > 0


@pytest.mark.parametrize("policy", ["auto", "factorized", "autoregressive", "last"])
def test_without_an_environment_it_is_unsupported(policy):
    with pytest.raises(Unsupported, match=r"^it has no environment to act in$"):
        minimize(problems.make("sphere"), "grpo", 10, policy=policy)


@pytest.mark.parametrize(
    "options",
    [{"group": 1}, {"epochs": 0}, {"clip": 0}, {"clip": 1}, {"kl": -1}, {"optimizer": "adan"},
     {"learning_rate": 0}, {"policy": "gaussian"}],
    ids=str,
)  # fmt: skip
def test_nonsense_is_refused(options):
    with pytest.raises(ValueError, match=f"{next(iter(options))}=.*expected"):
        minimize(OneMax(4), "grpo", 10, **options)
