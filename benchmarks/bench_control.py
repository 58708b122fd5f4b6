"""CartPole: 64 episodes side by side beside a loop over a single environment."""

from __future__ import annotations

import gymnasium
import numpy as np
import pytest

import problems

EPISODES = 64


@pytest.fixture(scope="module")
def problem():
    return problems.make("cart-pole", episodes=EPISODES)


@pytest.fixture(scope="module")
def balancing():
    x = np.zeros(10)
    x[1::2][:4] = [0.1, 0.5, 5.0, 1.0]
    return x


@pytest.mark.benchmark(group="a step of CartPole-v1, 64 episodes")
def test_side_by_side(benchmark, problem, balancing):
    steps = int(problem.play(balancing[None], problem.evaluation_seeds).steps.sum())
    benchmark.extra_info.update(side="ours", per=steps, bar=">= 5")
    benchmark.pedantic(problem.value, (balancing,), rounds=5, warmup_rounds=1)


@pytest.mark.benchmark(group="a step of CartPole-v1, 64 episodes")
def test_single_environment(benchmark, problem, balancing):
    world = gymnasium.make("CartPole-v1", disable_env_checker=True)
    matrix, bias = balancing[:8].reshape(4, 2), balancing[8:]

    def loop():
        total = 0
        for seed in problem.evaluation_seeds:
            observation, _ = world.reset(seed=seed)
            done = False
            while not done:
                action = int((observation @ matrix + bias).argmax())
                observation, _, terminated, truncated, _ = world.step(action)
                total += 1
                done = terminated or truncated
        return total

    benchmark.extra_info.update(side="peer", per=loop(), bar=">= 5")
    benchmark.pedantic(loop, rounds=3)
