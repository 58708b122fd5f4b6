"""REINFORCE (Williams 1992) in the problem's gymnasium environment."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from methods.advantages import Baseline
from methods.world_policy import WorldPolicy
from problems.oracle import Oracle
from problems.problem import Unsupported


def reinforce(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    batch: int = 16,
    learning_rate: float = 0.5,
    baseline: Literal["leave-one-out", "moving"] = "leave-one-out",
) -> None:
    """Ascend E[(return − baseline) ∇ log π] for a softmax policy over discrete actions.

    The policy has one logit for each (observation, action), at first zero or,
    where the environment has one, its ``prior``: a language model's policy starts
    as the language model. Which actions are legal, the environment says in
    ``info["action_mask"]``. Advantages are divided by the batch's standard
    deviation, where it is not zero.

    Parameters
    ----------
    batch : int
        Episodes an update.
    learning_rate : float
        Step along the mean of advantage × ∇ log π, summed over an episode.
    baseline : {"leave-one-out", "moving"}
        The mean return of the batch's other episodes (Kool et al. 2019), or a
        running mean of past batches, which keeps 0.9 of itself.
    """
    least = 2 if baseline == "leave-one-out" else 1
    if batch < least:
        raise ValueError(f"batch={batch}: expected >= {least} with baseline={baseline}")
    if not 0 < learning_rate < np.inf:
        raise ValueError(f"learning_rate={learning_rate:g}: expected a number > 0")
    environment = oracle.environment()
    centred = Baseline(baseline)
    parametrised = oracle.policy()
    if parametrised is not None:
        learner = WorldPolicy(parametrised, environment, oracle, rng)
        while True:
            learner.learn([learner.rollout() for _ in range(batch)], centred, learning_rate)
    policy = SoftmaxPolicy(environment, rng)
    while True:
        episodes = [policy.rollout() for _ in range(batch)]
        advantages = centred.advantages(np.array([total for total, _ in episodes]))
        policy.ascend([steps for _, steps in episodes], learning_rate * advantages / batch)


class SoftmaxPolicy:
    """A table of logits over a discrete environment's (observation, action) pairs."""

    def __init__(self, environment: Any, rng: np.random.Generator) -> None:
        from gymnasium.spaces import Discrete

        self._environment = environment
        self._rng = rng
        spaces = environment.observation_space, environment.action_space
        if not all(isinstance(space, Discrete) for space in spaces):
            raise Unsupported("its environment is not discrete in observations and actions")
        self._actions = int(environment.action_space.n)
        self._first = int(environment.action_space.start)
        prior = getattr(environment.unwrapped, "prior", None)
        shape = (int(environment.observation_space.n), self._actions)
        self.logits = np.zeros(shape) if prior is None else np.array(prior)
        self._refresh()

    def _refresh(self) -> None:
        shifted = np.exp(self.logits - self.logits.max(axis=1, keepdims=True))
        self._probability = shifted / shifted.sum(axis=1, keepdims=True)
        self._cumulative = self._probability.cumsum(axis=1).tolist()

    def rollout(self) -> tuple[float, list[tuple[int, int, NDArray | None]]]:
        """Play one episode; return its total reward and (observation, action, mask) steps."""
        environment, last = self._environment, self._actions - 1
        observation, info = environment.reset()
        steps: list[tuple[int, int, NDArray | None]] = []
        total, done = 0.0, False
        while not done:
            mask = info.get("action_mask")
            if mask is None:
                action = min(bisect_right(self._cumulative[observation], self._rng.random()), last)
            else:
                legal = (self._probability[observation] * mask).cumsum()
                if legal[-1] > 0:
                    # The product may round up to the total where that is denormal.
                    u = min(self._rng.random() * legal[-1], np.nextafter(legal[-1], 0.0))
                    action = int(np.searchsorted(legal, u, "right"))
                else:  # every legal action's probability has vanished
                    action = int(self._rng.choice(np.flatnonzero(mask)))
            steps.append((observation, action, mask))
            observation, reward, terminated, truncated, info = environment.step(
                self._first + action
            )
            total += reward
            done = terminated or truncated
        return total, steps

    def ascend(
        self, episodes: list[list[tuple[int, int, NDArray | None]]], weights: NDArray[np.float64]
    ) -> None:
        """Add weight × ∇ log π of every episode's steps to the logits."""
        observed = np.array([o for steps in episodes for o, _, _ in steps])
        taken = np.array([a for steps in episodes for _, a, _ in steps])
        weight = np.repeat(weights, [len(steps) for steps in episodes])
        masks = [m for steps in episodes for _, _, m in steps]
        policy = self._probability[observed]
        if any(mask is not None for mask in masks):
            all_legal = np.ones(self._actions)
            policy = policy * np.array([all_legal if m is None else m for m in masks])
            policy /= np.maximum(policy.sum(axis=1, keepdims=True), 1e-300)
        slope = -weight[:, None] * policy
        slope[np.arange(len(taken)), taken] += weight
        np.add.at(self.logits, observed, slope)
        self._refresh()
