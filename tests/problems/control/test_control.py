"""Policy search: episodes against gymnasium's own loop, and what an evaluation means."""

from __future__ import annotations

import types

import gymnasium
import numpy as np
import pytest

import problems
from methods import minimize
from methods.shared.world_policy import WorldPolicy
from problems.control.control import Control
from problems.control.rollouts import roll_out

NAMES = {
    "cart-pole": "CartPole-v1",
    "acrobot": "Acrobot-v1",
    "mountain-car": "MountainCarContinuous-v0",
    "pendulum": "Pendulum-v1",
}


def played_alone(problem, x, seed):
    """One episode in gymnasium's own checked environment: return, steps, terminated."""
    world = gymnasium.make(problem.world)
    observation, _ = world.reset(seed=seed)
    total, steps, done = 0.0, 0, False
    while not done:
        seen = np.asarray(observation, dtype=float).reshape(1, -1)
        action = problem.policy().greedy(x, seen)[0]
        if isinstance(world.action_space, gymnasium.spaces.Box):
            action = action.astype(world.action_space.dtype)
        observation, reward, terminated, truncated, _ = world.step(action)
        total, steps, done = total + float(reward), steps + 1, terminated or truncated
    world.close()
    return total, steps, terminated


def test_cart_poles_side_by_side_play_as_each_alone():
    problem = problems.make("cart-pole", episodes=4)
    points = problem.space.sample(np.random.default_rng(0), 12)
    played = problem.play(points, problem.evaluation_seeds)
    at = 0
    for x in points:
        for seed in problem.evaluation_seeds:
            alone = played_alone(problem, x, seed)
            assert alone == (played.returns[at], played.steps[at], played.terminated[at])
            at += 1


@pytest.mark.parametrize("steps", [None, 60])
def test_a_cart_pole_that_outlives_the_others_is_stopped_in_time(steps):
    problem = problems.make("cart-pole", episodes=2, steps=steps)
    points = np.zeros((5, 10))
    points[:4, -1] = 1.0  # always push to one side: down within a dozen steps
    points[4, 1::2][:4] = [0.1, 0.5, 5.0, 1.0]  # push where the pole leans
    played = problem.play(points, problem.evaluation_seeds)
    assert (played.steps[:8] < 15).all()
    assert played.steps[8:].tolist() == [steps or 500] * 2
    assert played.terminated.tolist() == [True] * 8 + [False] * 2


@pytest.mark.parametrize("name", ["acrobot", "mountain-car", "pendulum"])
def test_looped_worlds_play_as_each_alone(name):
    problem = problems.make(name, episodes=1)
    x = problem.space.sample(np.random.default_rng(1), 1)[0]
    total, steps, terminated = played_alone(problem, x, problem.evaluation_seeds[0])
    played = problem.play(x[None], problem.evaluation_seeds)
    assert played.returns[0] == pytest.approx(total, rel=1e-6)
    assert (played.steps[0], played.terminated[0]) == (steps, terminated)


def test_a_value_is_minus_the_mean_return_of_its_episodes():
    problem = problems.make("cart-pole", episodes=3)
    x = problem.space.sample(np.random.default_rng(2), 1)[0]
    alone = [played_alone(problem, x, seed)[0] for seed in problem.evaluation_seeds]
    assert problem.value(x) == -np.mean(alone)


def test_score_plays_100_fresh_episodes():
    problem = problems.make("cart-pole")
    assert len(set(problem.fresh_seeds)) == 100
    assert not set(problem.fresh_seeds) & set(problem.evaluation_seeds)
    x = problem.space.sample(np.random.default_rng(3), 1)[0]
    assert problem.score(x) == -problem.play(x[None], problem.fresh_seeds).returns.mean()


def test_instances_differ_in_their_episodes_only():
    first, second = (problems.make("cart-pole", instance=i) for i in (0, 1))
    assert first.evaluation_seeds != second.evaluation_seeds
    assert first.space.dimension == second.space.dimension == 10


def test_truncation_and_termination_are_told_apart():
    problem = problems.make("cart-pole", episodes=2)
    falls = np.zeros(10)
    falls[-1] = 1.0  # always pushes to one side
    assert "2 terminated, 0 truncated" in problem.describe(falls)
    balances = np.zeros(10)
    balances[1::2][:4] = [0.1, 0.5, 5.0, 1.0]  # push where the pole leans
    assert "0 terminated, 2 truncated" in problem.describe(balances)
    assert problem.value(balances) == problem.reference.value == -500


@pytest.mark.parametrize("name", NAMES)
def test_the_named_worlds_are_gymnasiums(name):
    problem = problems.make(name)
    assert problem.world == NAMES[name]
    assert problem.reference.kind == "bound"
    assert problem.value(problem.space.sample(np.random.default_rng(4), 1)[0]) > (
        problem.reference.value - 1e-9
    )


def test_any_environment_goes_by_its_id():
    problem = problems.make("control", environment="MountainCar-v0", policy="mlp", hidden=3)
    assert problem.space.dimension == (2 + 1) * 3 + (3 + 1) * 3
    assert problem.value(np.zeros(problem.space.dimension)) == 200.0
    assert problem.reference is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"environment": "CartPol-v1"}, "CartPol"),
        ({"environment": "nosuch:Thing-v0"}, "environment=nosuch:Thing-v0: No module named"),
        ({"environment": "CliffWalking-v1"}, "expected Box observations"),
        ({"episodes": 0}, r"episodes=0: expected a whole number in \[1, 10000\]"),
        ({"hidden": 0}, "hidden=0: expected a whole number >= 1"),
    ],
)
def test_bad_options_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        problems.make("control", **options)


def test_a_misspelt_policy_is_refused_without_the_registry_too():
    with pytest.raises(ValueError, match=r"^policy=lineal: .* linear, mlp; did you mean 'linear'"):
        Control(policy="lineal")


def test_a_rollout_counts_its_steps():
    def act(observations, episodes):
        return np.ones(len(observations), dtype=np.int64)

    played = roll_out("CartPole-v1", [1, 2, 3], act)
    assert (played.steps == played.returns).all()
    assert played.terminated.all()


def test_reinforce_acts_in_the_world_and_is_charged_for_it():
    problem = problems.make("cart-pole", episodes=4)
    run = minimize(problem, "reinforce", 21, seed=0, batch=4)
    # Four episodes are one evaluation, and each update pays one evaluation more.
    assert run.ledger.values == 10
    assert run.ledger.work == pytest.approx(21)
    assert run.ledger.steps > 4 * 10
    assert run.x in problem.space


def test_reinforce_balances_the_pole():
    run = minimize(problems.make("cart-pole"), "reinforce", 300, seed=0)
    assert run.value == -500
    assert run.score <= -475


def test_a_car_is_charged_for_the_force_it_can_have():
    """Each step costs 0.1 force², and a force beyond the action's range is not applied."""
    problem = problems.make("mountain-car", steps=50)
    world = problem.environment(problem.value)
    oracle = types.SimpleNamespace(
        previous=np.full(3, 2.0), scale=None
    )  # drives forward with all it has
    learner = WorldPolicy(problem.policy(), world, oracle, np.random.default_rng(0))
    episode = learner.rollout()
    world.close()
    drawn = np.ravel(episode.actions)
    assert drawn.max() > 1
    assert episode.rewards == pytest.approx(-0.1 * np.clip(drawn, -1, 1) ** 2)


@pytest.mark.parametrize("name", ["cart-pole", "pendulum"])
def test_no_points_have_no_values(name):
    problem = problems.make(name)
    assert problem.values(np.empty((0, problem.space.dimension))).shape == (0,)


def test_a_batch_plays_no_more_steps_than_the_clock_can_wait_for():
    assert problems.make("cart-pole", episodes=8).most_rows == 1_000_000 // (500 * 8)
    assert problems.make("cart-pole", episodes=8, steps=50).most_rows == 1_000_000 // (50 * 8)
    assert problems.make("cart-pole", episodes=10_000).most_rows == 1
    assert problems.make("pendulum", episodes=8).most_rows == 64 // 8


class Endless(gymnasium.Env):
    """Every step earns 1, and none ends an episode."""

    observation_space = gymnasium.spaces.Box(-1, 1, (2,), dtype=np.float64)
    action_space = gymnasium.spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return np.zeros(2), {}

    def step(self, action):
        return np.zeros(2), 1.0, False, False, {}


@pytest.fixture
def endless():
    gymnasium.register("Endless-v0", Endless)
    yield "Endless-v0"
    del gymnasium.registry["Endless-v0"]


def test_a_world_without_a_time_limit_needs_one(endless):
    with pytest.raises(ValueError, match="Endless-v0: it has no time limit; give steps="):
        problems.make("control", environment=endless)
    problem = problems.make("control", environment=endless, steps=7)
    assert problem.value(np.zeros(problem.space.dimension)) == -7
