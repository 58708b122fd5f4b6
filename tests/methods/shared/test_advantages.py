"""Baselines by formula, and their gradient against the exact one by enumeration."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from methods.shared.advantages import Baseline
from methods.shared.gaussian_policy import GaussianPolicy
from methods.shared.softmax_policy import SoftmaxPolicy
from problems import Box
from problems.core.environment import Construction

RETURNS = np.array([1.0, -2.0, 4.0, 0.5])


def test_without_a_baseline_returns_are_the_advantages():
    np.testing.assert_array_equal(Baseline("none", False).advantages(RETURNS), RETURNS)


def test_without_a_baseline_the_scale_is_the_root_mean_square():
    scaled = Baseline("none").advantages(RETURNS)
    np.testing.assert_allclose(scaled, RETURNS / np.sqrt((RETURNS**2).mean()))
    assert (scaled**2).mean() == pytest.approx(1.0)


def test_a_single_return_without_a_baseline_is_not_scaled():
    """Else it would be its sign."""
    np.testing.assert_array_equal(Baseline("none").advantages(np.array([-7.0])), [-7.0])


def test_leave_one_out_subtracts_the_mean_of_the_others():
    expected = [RETURNS[i] - np.delete(RETURNS, i).mean() for i in range(4)]
    np.testing.assert_allclose(Baseline("leave-one-out", False).advantages(RETURNS), expected)


def test_a_group_subtracts_the_mean_of_all():
    advantages = Baseline("group", False).advantages(RETURNS)
    np.testing.assert_allclose(advantages, RETURNS - RETURNS.mean())
    scaled = Baseline("group").advantages(RETURNS)
    np.testing.assert_allclose(scaled, advantages / RETURNS.std())


def test_a_moving_baseline_keeps_nine_tenths_of_itself():
    moving = Baseline("moving", False)
    np.testing.assert_allclose(moving.advantages(RETURNS), RETURNS - RETURNS.mean())
    np.testing.assert_allclose(moving.advantages(RETURNS + 3.0), RETURNS + 3.0 - RETURNS.mean())
    carried = RETURNS.mean() + 0.1 * 3.0
    np.testing.assert_allclose(moving.advantages(RETURNS), RETURNS - carried)


def test_a_moving_baseline_is_one_for_each_step():
    moving = Baseline("moving", False)
    first = np.array([[3.0, 2.0], [5.0, 0.0]])
    np.testing.assert_allclose(moving.advantages(first), first - [4.0, 1.0])
    longer = np.array([[6.0, 4.0, 2.0], [6.0, 4.0, 2.0]])
    np.testing.assert_allclose(moving.advantages(longer), longer - [4.0, 1.0, 0.0])
    shorter = np.array([[1.0], [1.0]])
    np.testing.assert_allclose(moving.advantages(shorter), shorter - [4.2])
    last = np.zeros((2, 3))
    np.testing.assert_allclose(
        moving.advantages(last), -np.tile([0.9 * 4.2 + 0.1, 0.9 * 1.3, 0.9 * 0.2], (2, 1))
    )


def test_steps_that_were_not_played_have_no_say_in_the_scale():
    returns = np.array([[3.0, 1.0, 0.0], [2.0, 0.0, 0.0]])
    played = np.array([[True, True, False], [True, False, False]])
    scaled = Baseline("none").advantages(returns, played)
    np.testing.assert_allclose(scaled, returns / np.sqrt((9 + 1 + 4) / 3))


# ------------------------------------------------- the gradient of the expected return

REWARD = {(0, 0): 0.3, (0, 1): 2.0, (1, 0): -1.0, (1, 1): 0.7}
LOGITS = {
    "factorized": np.array([[0.4, -0.3], [0.1, 0.9], [0.0, 0.0]]),
    "autoregressive": np.linspace(-1.0, 1.0, 9 * 2).reshape(9, 2) ** 3,
}


def two_bits(kind):
    """A softmax policy that sets two bits."""
    environment = Construction(Box(0, 1, 2, integral=True), lambda x: 0.0)
    policy = SoftmaxPolicy(environment, np.random.default_rng(0), kind)
    policy.logits = LOGITS[kind].copy()
    return policy


def outcomes(kind):
    """Every outcome: its steps, its reward and the logs of its choices' probabilities."""
    found = []
    for first, second in REWARD:
        rows = (0, 1) if kind == "factorized" else (0, 3 + first + 1)
        found.append(([(rows[0], first, None), (rows[1], second, None)], REWARD[first, second]))
    return found


def chance(logits, steps):
    return np.prod([np.exp(logits[r, a]) / np.exp(logits[r]).sum() for r, a, _ in steps])


def expected_reward(kind, logits):
    return sum(chance(logits, steps) * reward for steps, reward in outcomes(kind))


@pytest.mark.parametrize("kind", LOGITS)
@pytest.mark.parametrize(("baseline", "batch"), [("none", 1), ("none", 2), ("leave-one-out", 2),
                                                 ("leave-one-out", 3)])  # fmt: skip
def test_the_mean_step_over_all_batches_is_the_exact_gradient(kind, baseline, batch):
    """Every batch of outcomes, weighted by its probability: no sampling, no tolerance of it."""
    logits, mean = LOGITS[kind], np.zeros_like(LOGITS[kind])
    for drawn in itertools.product(outcomes(kind), repeat=batch):
        policy = two_bits(kind)
        returns = np.array([reward for _, reward in drawn])
        weights = Baseline(baseline, normalize=False).advantages(returns) / batch
        policy.ascend([steps for steps, _ in drawn], weights)
        probability = np.prod([chance(logits, steps) for steps, _ in drawn])
        mean += probability * (policy.logits - logits)
    exact = np.zeros_like(logits)
    for at in np.ndindex(*logits.shape):
        shift = np.zeros_like(logits)
        shift[at] = 1e-6
        up, down = (expected_reward(kind, logits + sign * shift) for sign in (1, -1))
        exact[at] = (up - down) / 2e-6
    np.testing.assert_allclose(mean, exact, atol=1e-9)
    assert np.abs(exact).max() > 0.05


@pytest.mark.parametrize(("baseline", "batch"), [("none", 1), ("leave-one-out", 2)])
def test_the_mean_gaussian_step_is_the_exact_gradient(baseline, batch):
    """By Gauss-Hermite quadrature, exact for the polynomial reward 3 z + z².

    With z = 10 (μ + σ ε), the expected reward is 30 μ + 100 (μ² + σ²): its slope is
    30 + 200 μ in μ and 200 σ² in log σ.
    """
    nodes, shares = np.polynomial.hermite_e.hermegauss(8)
    shares = shares / shares.sum()
    mean_step, sigma_step = 0.0, 0.0
    for picked in itertools.product(range(8), repeat=batch):
        policy = GaussianPolicy(Box(0, 10, 1), np.array([4.0]), 0.03, np.random.default_rng(0))
        noise = nodes[list(picked)][:, None]
        z = 10 * (policy.mean + np.exp(policy.log_sigma) * noise)[:, 0]
        weights = Baseline(baseline, normalize=False).advantages(3 * z + z**2) / batch * 1e-4
        before = policy.mean.copy(), policy.log_sigma.copy()
        policy.ascend(noise, weights, weights)
        share = shares[list(picked)].prod() / 1e-4
        mean_step += share * (policy.mean - before[0])[0]
        sigma_step += share * (policy.log_sigma - before[1])[0]
    assert mean_step == pytest.approx(0.03**2 * (30 + 200 * 0.4), rel=1e-9)
    assert sigma_step == pytest.approx(200 * 0.03**2, rel=1e-9)
