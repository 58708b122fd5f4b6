"""REINFORCE with a Gaussian over parameters: its moves, its start, what it reaches."""

from __future__ import annotations

import numpy as np
import pytest

import problems
from methods import minimize
from methods.reinforce import reinforce
from methods.shared.gaussian_policy import GaussianPolicy
from methods.shared.world_policy import WorldPolicy
from problems import Box, Categorical, Permutation, Problem, from_function
from tests.methods.examples import Flat, inversions, run_directly, spaces


def gaussian(space, start=None, sigma=0.2, seed=0):
    start = space.sample(np.random.default_rng(9), 1)[0] if start is None else start
    return GaussianPolicy(space, start, sigma, np.random.default_rng(seed))


class Watched(Problem):
    """Records every point that is evaluated."""

    def __init__(self, space, value):
        self.space, self.looked_at, self._value = space, [], value

    def values(self, points):
        self.looked_at.extend(np.array(points))
        return np.array([self._value(x) for x in points], dtype=float)


@pytest.mark.parametrize("name", spaces())
def test_its_draws_are_members(name):
    space = spaces()[name]
    points, noise = gaussian(space).draw(30)
    assert space.contains(points)
    assert noise.shape == (30, space.latent_dimension)


def test_draws_have_the_mean_and_the_spread_that_it_says():
    """Six standard errors of 20,000 draws."""
    space = Box([-1000, 0], [1000, 2])
    policy = gaussian(space, np.array([100.0, 1.2]), sigma=0.03)
    points, _ = policy.draw(20_000)
    spread = 0.03 * np.array([2000, 2])
    assert (np.abs(points.mean(axis=0) - [100, 1.2]) < 6 * spread / np.sqrt(20_000)).all()
    np.testing.assert_allclose(points.std(axis=0), spread, rtol=6 / np.sqrt(40_000))


def log_density(mean, log_sigma, z):
    return float((-0.5 * ((z - mean) / np.exp(log_sigma)) ** 2 - log_sigma).sum())


def test_a_step_follows_the_gradient_of_the_log_density():
    """Against finite differences; σ² times the gradient for the mean."""
    policy = gaussian(Box(0, 1, 3), np.array([0.4, 0.5, 0.6]))
    policy.log_sigma = np.log([0.05, 0.2, 0.1])
    mean, log_sigma = policy.mean.copy(), policy.log_sigma.copy()
    noise, weights = np.random.default_rng(3).normal(size=(2, 3)), np.array([0.01, -0.02])
    z = mean + np.exp(log_sigma) * noise
    slopes = np.zeros((2, 3))
    for i in range(3):
        shift = 1e-6 * np.eye(3)[i]
        for weight, drawn in zip(weights, z, strict=True):
            up, down = (log_density(mean + s * shift, log_sigma, drawn) for s in (1, -1))
            slopes[0, i] += weight * (up - down) / 2e-6
            up, down = (log_density(mean, log_sigma + s * shift, drawn) for s in (1, -1))
            slopes[1, i] += weight * (up - down) / 2e-6
    policy.ascend(noise, weights, weights, entropy=0.25)
    np.testing.assert_allclose(policy.mean - mean, np.exp(2 * log_sigma) * slopes[0], atol=1e-9)
    np.testing.assert_allclose(policy.log_sigma - log_sigma, slopes[1] + 0.25, atol=1e-8)


def test_a_step_does_not_depend_on_the_scale_of_the_box():
    values = []
    for scale in (1.0, 1e6):
        centre = 0.3 * scale
        problem = from_function(lambda x: float(((x - centre) ** 2).sum()), Box(-scale, scale, 4))  # noqa: B023 - run at once
        values.append(minimize(problem, "reinforce", 300).value / scale**2)
    assert values[0] == pytest.approx(values[1], rel=1e-6)


def test_the_mean_stays_in_the_box_and_the_spread_within_its_width():
    policy = gaussian(Box(0, 1, 2), np.array([0.5, 0.5]))
    policy.ascend(np.full((1, 2), 50.0), np.array([1.0]), np.array([1.0]))
    np.testing.assert_array_equal(policy.mean, 1.0)
    np.testing.assert_array_equal(np.exp(policy.log_sigma), 1.0)


def test_a_step_that_overflows_is_left_out():
    policy = gaussian(Box(0, 1, 1), np.array([0.5]))
    with np.errstate(all="ignore"):  # as every method runs
        policy.ascend(np.array([[20.0], [20.0]]), np.array([1e308, -1e308]), np.zeros(2))
    assert policy.mean == 0.5


# --------------------------------------------------------------- where it starts


def test_it_starts_where_every_method_does():
    problem = Watched(Box(-5, 5, 3), lambda x: 0.0)
    oracle = run_directly(reinforce, problem, 64, sigma=1e-6)
    start = oracle.start(1)[0]
    np.testing.assert_allclose(problem.looked_at[:16], np.tile(start, (16, 1)), atol=1e-4)


@pytest.mark.parametrize("space", [Box(-5, 5, 3), Categorical([3, 4, 2]), Permutation(6)], ids=str)
def test_in_a_chain_it_starts_at_the_previous_methods_best(space):
    goal = space.sample(np.random.default_rng(1), 1)[0]
    problem = Watched(space, lambda x: float(np.abs(x - goal).sum()))
    minimize(problem, "random-search@200+reinforce", 216, reinforce_sigma=1e-9)
    values = [np.abs(x - goal).sum() for x in problem.looked_at]
    best = problem.looked_at[int(np.argmin(values[:200]))]
    np.testing.assert_allclose(problem.looked_at[200:216], np.tile(best, (16, 1)), atol=1e-6)


def test_in_a_chain_a_worlds_policy_starts_at_the_previous_methods_best(monkeypatch):
    begun, first = [], WorldPolicy.__init__

    def started(self, *arguments):
        first(self, *arguments)
        begun.append((np.array(self._theta), np.array(arguments[2].previous)))

    monkeypatch.setattr(WorldPolicy, "__init__", started)
    minimize(problems.make("cart-pole", episodes=2), "random-search@3+reinforce", 8)
    ((theta, previous),) = begun
    np.testing.assert_array_equal(theta, previous)


# ---------------------------------------------------------------- what it reaches


@pytest.mark.parametrize("baseline", ["leave-one-out", "moving"])
@pytest.mark.parametrize("seed", range(3))
def test_it_minimises_a_sphere(baseline, seed):
    """Random search gets to 18."""
    run = minimize(problems.make("sphere"), "reinforce", 2000, seed=seed, baseline=baseline)
    assert run.value < 0.5


def test_it_sorts_through_the_latent_box():
    problem = from_function(inversions, Permutation(8))
    assert minimize(problem, "reinforce", 2000).value <= 1


def test_it_serves_where_asked_for_in_place_of_an_environment():
    problem = problems.make("onemax", n=10)
    run = minimize(problem, "reinforce", 200, policy="gaussian")
    assert run.ledger.steps == 0
    assert run.ledger.values == 200 or run.ended == "optimal"


@pytest.mark.parametrize("name", spaces())
def test_it_runs_on_every_space(name):
    run = minimize(Flat(spaces()[name]), "reinforce", 40)
    assert run.ended == "budget", run.message
    assert run.ledger.values == 40


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e308, -1e308])
def test_no_value_leaves_it_without_numbers(value):
    for normalize in (True, False):
        problem = Watched(Box(-1, 1, 2), lambda x: value if x[0] > 0 else float(x[1]))
        run = minimize(problem, "reinforce", 320, normalize=normalize)
        assert run.ended in ("budget", "nan"), run.message
        assert np.isfinite(problem.looked_at).all()
