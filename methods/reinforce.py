"""REINFORCE (Williams 1992) in the problem's gymnasium environment."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from problems.oracle import Oracle
from problems.problem import Policy


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
    parametrised = oracle.policy()
    policy = (
        SoftmaxPolicy(environment, rng)
        if parametrised is None
        else ParametrisedPolicy(parametrised, environment, oracle, rng)
    )
    moving: float | None = None
    while True:
        episodes = [rollout(environment, policy) for _ in range(batch)]
        returns = finite(returns_to_go(episodes))
        if baseline == "moving":
            mean = float(returns[:, 0].mean())
            moving = mean if moving is None else moving
            advantages = returns - moving
            moving = 0.9 * moving + 0.1 * mean
        else:
            advantages = (returns - returns.mean(axis=0)) * batch / (batch - 1)
        lengths = [len(episode.rewards) for episode in episodes]
        played = np.arange(advantages.shape[1]) < np.array(lengths)[:, None]
        spread = advantages[played].std()
        if spread > 1e-12 * max(1.0, float(np.abs(returns).max())):
            advantages = advantages / spread
        policy.ascend(episodes, learning_rate * advantages[played] / batch)


@dataclass
class Episode:
    """One episode: what was seen, what was done, what was legal, what it earned."""

    observations: list[Any]
    actions: list[Any]
    masks: list[NDArray | None]
    rewards: list[float]


def rollout(environment: Any, policy: SoftmaxPolicy | ParametrisedPolicy) -> Episode:
    """Play one episode to its end."""
    observation, info = environment.reset(seed=policy.next_seed())
    episode = Episode([], [], [], [])
    done = False
    while not done:
        mask = info.get("action_mask")
        action = policy.act(observation, mask)
        episode.observations.append(observation)
        episode.actions.append(action)
        episode.masks.append(mask)
        observation, reward, terminated, truncated, info = environment.step(action)
        episode.rewards.append(float(reward))
        done = terminated or truncated
    return episode


def returns_to_go(episodes: list[Episode]) -> NDArray[np.float64]:
    """Return what each episode still earns from each step on, zero after its end: (n, steps)."""
    longest = max(len(episode.rewards) for episode in episodes)
    rewards = np.zeros((len(episodes), longest))
    for row, episode in zip(rewards, episodes, strict=True):
        row[: len(episode.rewards)] = episode.rewards
    return rewards[:, ::-1].cumsum(axis=1)[:, ::-1]


def finite(returns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Replace returns that are no numbers by the worst of the others, 0 without any."""
    good = np.isfinite(returns)
    worst = returns[good].min() if good.any() else 0.0
    return np.where(good, returns, worst)


class SoftmaxPolicy:
    """A table of logits over a discrete environment's (observation, action) pairs."""

    def __init__(self, environment: Any, rng: np.random.Generator) -> None:
        self._rng = rng
        self._actions = int(environment.action_space.n)
        prior = getattr(environment.unwrapped, "prior", None)
        shape = (int(environment.observation_space.n), self._actions)
        self.logits = np.zeros(shape) if prior is None else np.array(prior)
        self._refresh()

    def _refresh(self) -> None:
        shifted = np.exp(self.logits - self.logits.max(axis=1, keepdims=True))
        self._probability = shifted / shifted.sum(axis=1, keepdims=True)
        self._cumulative = self._probability.cumsum(axis=1).tolist()

    def next_seed(self) -> None:
        """Return no seed: building a candidate draws no random numbers."""

    def act(self, observation: int, mask: NDArray | None) -> int:
        """Draw a legal action."""
        if mask is None:
            drawn = bisect_right(self._cumulative[observation], self._rng.random())
            return min(drawn, self._actions - 1)
        legal = (self._probability[observation] * mask).cumsum()
        if legal[-1] > 0:
            return int(np.searchsorted(legal, self._rng.random() * legal[-1], "right"))
        # Every legal action's probability has vanished.
        return int(self._rng.choice(np.flatnonzero(mask)))

    def ascend(self, episodes: list[Episode], weights: NDArray[np.float64]) -> None:
        """Add weight × ∇ log π of every step of all episodes to the logits."""
        observed = np.array([o for episode in episodes for o in episode.observations])
        taken = np.array([a for episode in episodes for a in episode.actions])
        masks = [m for episode in episodes for m in episode.masks]
        policy = self._probability[observed]
        if masks[0] is not None:
            policy = policy * np.array(masks)
            policy /= np.maximum(policy.sum(axis=1, keepdims=True), 1e-300)
        slope = -weights[:, None] * policy
        slope[np.arange(len(taken)), taken] += weights
        np.add.at(self.logits, observed, slope)
        self._refresh()


class ParametrisedPolicy:
    """The problem's own policy, acting in the world; its parameters are the solution.

    The world's rewards are not looks at the objective, so after each update one
    look is paid at the greedy form of the policy.
    """

    def __init__(
        self, policy: Policy, environment: Any, oracle: Oracle, rng: np.random.Generator
    ) -> None:
        self._policy, self._oracle, self._rng = policy, oracle, rng
        self._theta = policy.start(rng)

    def next_seed(self) -> int:
        """Return a seed for the world's next episode."""
        return int(self._rng.integers(2**31))

    def act(self, observation: Any, mask: NDArray | None) -> Any:
        """Draw an action."""
        return self._policy.act(self._theta, observation, self._rng)

    def ascend(self, episodes: list[Episode], weights: NDArray[np.float64]) -> None:
        """Add weight × ∇ log π of every step of all episodes, then look at the policy."""
        observed = np.array([np.ravel(o) for episode in episodes for o in episode.observations])
        taken = np.array([a for episode in episodes for a in episode.actions])
        slope = self._policy.log_gradient(self._theta, observed.astype(float), taken, weights)
        self._theta = self._theta + slope
        self._oracle.value(self._policy.decode(self._theta))
