"""A parametrised policy that acts in a world with rewards of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from methods.shared.advantages import Baseline
from problems.core.oracle import Oracle
from problems.core.views import Policy

#: The scale of a problem's start at which the methods' rates were chosen, that of logits.
USUAL_SCALE = 0.3


@dataclass
class Episode:
    """One episode: what was seen, what was done, what it earned."""

    observations: list[NDArray] = field(default_factory=list)
    actions: list[Any] = field(default_factory=list)
    rewards: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Seen:
    """The steps of some episodes, one after the other: what was seen and what was done."""

    observations: NDArray
    actions: NDArray


def seen(episodes: list[Episode]) -> Seen:
    """Put the steps of episodes one after the other."""
    return Seen(
        np.array([o for episode in episodes for o in episode.observations]),
        np.array([a for episode in episodes for a in episode.actions]),
    )


class WorldPolicy:
    """The problem's own policy; its parameters are the solution.

    The world's rewards are no evaluations of the objective, so after each update one
    evaluation is paid at the policy's greedy form. In a chain it starts from the previous
    method's best point.

    Where the problem has a start, learning is along parameters in units of its scale, relative to
    0.3: a rate that suits logits would undo the trained weights of a network in one step.
    """

    def __init__(
        self, policy: Policy, environment: Any, oracle: Oracle, rng: np.random.Generator
    ) -> None:
        self._policy, self._environment = policy, environment
        self._oracle, self._rng = oracle, rng
        before = oracle.previous
        self._theta = policy.start(rng) if before is None else policy.encode(before)
        scale = oracle.scale
        self._unit: NDArray[np.float64] | float = 1.0
        if scale is not None and len(scale) == policy.dimension:
            self._unit = scale / USUAL_SCALE

    def rollout(self) -> Episode:
        """Play one episode to its end."""
        observation, _ = self._environment.reset(seed=int(self._rng.integers(2**31)))
        episode = Episode()
        done = False
        while not done:
            view = np.ravel(np.asarray(observation, dtype=float))
            action = self._policy.act(self._theta, view, self._rng)
            observation, reward, terminated, truncated, _ = self._environment.step(
                self._policy.to_world(action)
            )
            episode.observations.append(view)
            episode.actions.append(action)
            episode.rewards.append(float(reward))
            done = terminated or truncated
        return episode

    def learn(
        self,
        episodes: list[Episode],
        baseline: Baseline,
        learning_rate: float,
        entropy: float = 0.0,
    ) -> None:
        """Ascend along what each step still earned, then evaluate the policy.

        `entropy` is the weight of ∇ H(π), in nats, summed over an episode's steps.
        """
        returns, played = returns_to_go(episodes)
        weights = learning_rate * baseline.advantages(returns, played)[played] / len(episodes)
        steps = seen(episodes)
        step = self.gradient(steps, weights)
        if entropy:
            shares = np.full(len(weights), learning_rate * entropy / len(episodes))
            slope = self._policy.entropy_gradient(self._theta, steps.observations, shares)
            step = step + self._unit * slope
        self.move(step)

    def play(self, n: int) -> tuple[NDArray[np.float64], NDArray[np.int64], Seen]:
        """Play `n` episodes; return their total rewards, their lengths and their steps."""
        episodes = [self.rollout() for _ in range(n)]
        totals = np.array([sum(episode.rewards) for episode in episodes])
        lengths = np.array([len(episode.rewards) for episode in episodes])
        return totals, lengths, seen(episodes)

    @property
    def parameters(self) -> NDArray[np.float64]:
        """The policy's, shape (dimension,)."""
        return self._theta

    def log_probabilities(
        self, steps: Seen, parameters: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return log π of every step's action under some parameters."""
        return self._policy.log_probabilities(parameters, steps.observations, steps.actions)

    def gradient(self, steps: Seen, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return Σ weight × ∇ log π over the steps."""
        return self._unit * self._policy.log_gradient(
            self._theta, steps.observations, steps.actions, weights
        )

    def move(self, step: NDArray[np.float64]) -> None:
        """Add a step to the parameters, and evaluate the policy."""
        self._theta = self._theta + self._unit * step
        self._oracle.value(self._policy.decode(self._theta))


def returns_to_go(episodes: list[Episode]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return what each episode still earns from each step on, and which steps exist.

    Both have shape (episodes, steps of the longest); returns are zero after the end.
    """
    lengths = np.array([len(episode.rewards) for episode in episodes])
    played = np.arange(lengths.max()) < lengths[:, None]
    rewards = np.zeros(played.shape)
    rewards[played] = [reward for episode in episodes for reward in episode.rewards]
    return rewards[:, ::-1].cumsum(axis=1)[:, ::-1], played
