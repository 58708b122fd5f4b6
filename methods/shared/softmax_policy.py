"""A table of logits that acts in a discrete environment and learns by REINFORCE."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from problems.core.views import Unsupported

#: Table row, action, and which actions were legal (None: all).
Step = tuple[int, int, NDArray | None]

#: Logits in a table: 80 MB.
MOST_LOGITS = 10_000_000


class SoftmaxPolicy:
    """Logits over the actions, one row for all that the policy conditions on.

    Parameters
    ----------
    environment : gymnasium.Env
        Discrete in observations and actions. What it has of these is used:
        ``prior``, logits of shape (observations, actions) to start from, else all
        are zero; ``remember_last``, whether the observation tells the last action
        beside the position (see `problems.core.environment.Construction`);
        ``info["action_mask"]``, which actions are legal.
    rng : numpy.random.Generator
    kind : {"auto", "factorized", "autoregressive"}
        A row is an observation as the environment gives it; or its position alone, so
        that choices are independent but for the mask; or the position and the last
        action. A factorized policy starts at the marginals of an autoregressive prior.

    Raises
    ------
    Unsupported
        When the environment is not discrete.
    ValueError
        When the table would have more than ten million logits.
    """

    def __init__(
        self,
        environment: Any,
        rng: np.random.Generator,
        kind: Literal["auto", "factorized", "autoregressive"] = "auto",
    ) -> None:
        if not is_discrete(environment):
            raise Unsupported("its environment is not discrete in observations and actions")
        self._environment = environment
        self._rng = rng
        self._actions = int(environment.action_space.n)
        self._first = int(environment.action_space.start)
        remembers = bool(getattr(environment.unwrapped, "remember_last", False))
        self._adds_last = kind == "autoregressive" and not remembers
        self._drops_last = kind == "factorized" and remembers
        observations = int(environment.observation_space.n)
        rows = observations
        if self._adds_last:
            rows = observations * (self._actions + 1)
        elif self._drops_last:
            rows = self._position(observations - 1) + 1
        if rows * self._actions > MOST_LOGITS:
            raise ValueError(
                f"policy={kind}: expected at most {MOST_LOGITS:,} logits, not "
                f"{rows * self._actions:,}; policy=factorized has one a position and action"
            )
        prior = getattr(environment.unwrapped, "prior", None)
        self.logits = np.zeros((rows, self._actions)) if prior is None else self._from_prior(prior)
        self._cache: dict[int, tuple[NDArray[np.float64], list[float]]] = {}

    def _position(self, observation: int) -> int:
        """Return the position in ``position × actions + last + 1``, which is 0 at the start."""
        return (observation + self._actions - 1) // self._actions

    def _from_prior(self, prior: NDArray[np.float64]) -> NDArray[np.float64]:
        if self._adds_last:
            return np.repeat(prior, self._actions + 1, axis=0)
        if not self._drops_last:
            return np.array(prior)
        # A marginal is the last position's, carried on by the prior's chain.
        marginal = softmax(prior[:1])[0]
        marginals = [marginal]
        for first in range(1, len(prior), self._actions):
            marginal = marginal @ softmax(prior[first : first + self._actions])
            marginals.append(marginal)
        return np.log(np.maximum(marginals, 1e-300))

    def _row(self, observation: int, last: int) -> int:
        if self._adds_last:
            return observation * (self._actions + 1) + last + 1
        return self._position(observation) if self._drops_last else observation

    def _refresh(self, rows: list[int]) -> None:
        """Work out the rows' probabilities and their running sums."""
        chances = softmax(self.logits[rows])
        sums = chances.cumsum(axis=1).tolist()
        self._cache.update(zip(rows, zip(chances, sums, strict=True), strict=True))

    def rollout(self) -> tuple[float, list[Step]]:
        """Play one episode; return its total reward and its steps."""
        environment, highest, cache = self._environment, self._actions - 1, self._cache
        plain = not (self._adds_last or self._drops_last)
        observation, info = environment.reset()
        steps: list[Step] = []
        total, done, action = 0.0, False, -1
        while not done:
            row = int(observation) if plain else self._row(int(observation), action)
            if row not in cache:
                self._refresh([row])
            chances, sums = cache[row]
            mask = info.get("action_mask")
            if mask is None:
                action = min(bisect_right(sums, self._rng.random()), highest)
            else:
                legal = (chances * mask).cumsum()
                if legal[-1] > 0:
                    # The product may round up to the total where that is denormal.
                    u = min(self._rng.random() * legal[-1], np.nextafter(legal[-1], 0.0))
                    action = int(np.searchsorted(legal, u, "right"))
                else:  # every legal action's probability has vanished
                    action = int(self._rng.choice(np.flatnonzero(mask)))
            steps.append((row, action, mask))
            observation, reward, terminated, truncated, info = environment.step(
                self._first + action
            )
            total += reward
            done = terminated or truncated
        return total, steps

    def ascend(
        self, episodes: list[list[Step]], weights: NDArray[np.float64], entropy: float = 0.0
    ) -> None:
        """Add weight × ∇ log π and `entropy` × ∇ H(π) of every episode's steps to the logits.

        H is the entropy, in nats, of the choice at a step among the legal actions; the
        steps themselves are taken as given.
        """
        rows = np.array([row for steps in episodes for row, _, _ in steps])
        taken = np.array([action for steps in episodes for _, action, _ in steps])
        weight = np.repeat(weights, [len(steps) for steps in episodes])
        masks = [mask for steps in episodes for _, _, mask in steps]
        distinct, where = np.unique(rows, return_inverse=True)
        policy = softmax(self.logits[distinct])[where]
        if any(mask is not None for mask in masks):
            all_legal = np.ones(self._actions)
            policy = policy * np.array([all_legal if m is None else m for m in masks])
            policy /= np.maximum(policy.sum(axis=1, keepdims=True), 1e-300)
        slope = -weight[:, None] * policy
        slope[np.arange(len(taken)), taken] += weight
        if entropy:
            slope += entropy * entropy_slope(policy)
        np.add.at(self.logits, rows, slope)
        self._refresh(distinct.tolist())


def is_discrete(environment: Any) -> bool:
    """Tell whether an environment is discrete in observations and actions."""
    from gymnasium.spaces import Discrete

    spaces = environment.observation_space, environment.action_space
    return all(isinstance(space, Discrete) for space in spaces)


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the probabilities of rows of logits."""
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    chances: NDArray[np.float64] = shifted / shifted.sum(axis=1, keepdims=True)
    return chances


def entropy_slope(policy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ∂H/∂logits of rows of softmax probabilities p: −p (log p + H)."""
    logs = np.log(np.where(policy > 0, policy, 1.0))
    entropy = -(policy * logs).sum(axis=1, keepdims=True)
    slope: NDArray[np.float64] = -policy * (logs + entropy)
    return slope
