"""The world in which a bigram policy writes strings for a reward, and that policy."""

from __future__ import annotations

import math
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from problems.core.views import Policy
from problems.next_token.reward_chain import BOUND, RegularizedReward


class RewardWorld(gymnasium.Env[np.int64, NDArray[np.float64]]):
    """An episode writes one string; its return is R(s) − β log(π(s) / p(s)).

    The observation is the last symbol. An action is the pair (next symbol, its log π),
    and a step pays β (log p − log π), the last one R(s) as well. As E_π[∇ log π] = 0,
    E[return × ∇ log π(s)] is minus the gradient of the problem's value, without a
    term for the returns' own dependence on the policy.
    """

    def __init__(self, regularized: RegularizedReward) -> None:
        self._regularized = regularized
        n = len(regularized.model)
        self.observation_space = gymnasium.spaces.Discrete(n)
        # Logits within the box leave no probability below e^(−2 BOUND) / V.
        low = np.array([0.0, -2 * BOUND - math.log(n)])
        high = np.array([n - 1.0, 0.0])
        self.action_space = gymnasium.spaces.Box(low, high, dtype=np.float64)
        self._string: list[int] = []
        self._ended = True

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.int64, dict[str, Any]]:
        super().reset(seed=seed)
        self._string, self._ended = [], False
        return np.int64(self._regularized.chain.edge), {}

    def step(
        self, action: NDArray[np.float64]
    ) -> tuple[np.int64, float, bool, bool, dict[str, Any]]:
        if self._ended:
            raise gymnasium.error.ResetNeeded("the episode has ended: call reset() first")
        regularized, chain = self._regularized, self._regularized.chain
        symbol, log_policy = round(float(action[0])), float(action[1])
        last = self._string[-1] if self._string else chain.edge
        reward = regularized.beta * (float(regularized.model[last, symbol]) - log_policy)
        if symbol != chain.edge:
            self._string.append(symbol)
        self._ended = symbol == chain.edge or len(self._string) == chain.length
        if self._ended:
            reward += chain.reward(self._string)
        return np.int64(symbol), reward, self._ended, False, {}


class RewardPolicy(Policy):
    """The problem's table of logits, clipped into its box; it starts as the relaxation does."""

    def __init__(self, regularized: RegularizedReward) -> None:
        self._regularized = regularized
        self.dimension = regularized.space.dimension

    def start(self, rng: np.random.Generator) -> NDArray[np.float64]:
        return self._regularized.start(rng)

    def act(
        self, theta: NDArray, observation: NDArray, rng: np.random.Generator
    ) -> NDArray[np.float64]:
        n = len(self._regularized.model)
        last = int(observation[0])
        row = np.clip(theta[last * n : (last + 1) * n], -BOUND, BOUND)
        logs = row - row.max()
        logs -= np.log(np.exp(logs).sum())
        symbol = int((logs + rng.gumbel(size=n)).argmax())
        return np.array([symbol, logs[symbol]])

    def log_gradient(
        self, theta: NDArray, observations: NDArray, actions: NDArray, weights: NDArray
    ) -> NDArray[np.float64]:
        policy = np.exp(self._regularized.log_policy(self.decode(theta))[0])
        moves = np.zeros_like(policy)
        np.add.at(moves, (observations[:, 0].astype(int), actions[:, 0].astype(int)), weights)
        return (moves - policy * moves.sum(axis=1, keepdims=True)).ravel()

    def log_probabilities(
        self, theta: NDArray, observations: NDArray, actions: NDArray
    ) -> NDArray[np.float64]:
        logs = self._regularized.log_policy(self.decode(theta))[0]
        found: NDArray[np.float64] = logs[observations[:, 0].astype(int), actions[:, 0].astype(int)]
        return found

    def entropy_gradient(
        self, theta: NDArray, observations: NDArray, weights: NDArray
    ) -> NDArray[np.float64]:
        logs = self._regularized.log_policy(self.decode(theta))[0]
        policy = np.exp(logs)
        entropy = -(policy * logs).sum(axis=1, keepdims=True)
        visits = np.bincount(observations[:, 0].astype(int), weights, minlength=len(policy))
        return (-visits[:, None] * policy * (logs + entropy)).ravel()

    def decode(self, theta: NDArray) -> NDArray:
        return self._regularized.space.decode(theta)
