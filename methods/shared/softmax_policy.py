"""A table of logits that acts in a discrete environment and learns from what it earns."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from problems.core.views import Unsupported

#: Table row, action, and which actions were legal (None: all).
Step = tuple[int, int, NDArray | None]

#: Logits in a table: 80 MB.
MOST_LOGITS = 10_000_000

#: What a row of the table is of.
Kind = Literal["auto", "factorized", "autoregressive", "last"]


@dataclass(frozen=True)
class Steps:
    """The steps of some episodes, one after the other.

    Parameters
    ----------
    rows, actions : ndarray of shape (n,)
        Of the table, and what was chosen.
    legal : ndarray of shape (n, actions), optional
        1 for the legal actions; None where all always are.
    """

    rows: NDArray[np.int64]
    actions: NDArray[np.int64]
    legal: NDArray | None


class SoftmaxPolicy:
    """Logits over the actions, one row for all that the policy conditions on.

    Parameters
    ----------
    environment : gymnasium.Env
        Discrete in observations and actions. What it has of these is used:
        ``prior``, logits of shape (observations, actions) to start from, else all
        are zero; ``remember_last``, whether the observation tells the last action
        beside the position, and ``is_tour`` (see `problems.core.environment.Construction`);
        ``info["action_mask"]``, which actions are legal.
    rng : numpy.random.Generator
    kind : {"auto", "factorized", "autoregressive", "last"}
        A row is the position, so that choices are independent but for the mask; or the
        position and the last action; or the last action alone, which learns what follows what
        wherever it stands. "auto" is the last action where a tour is built, in which no
        position means anything, else the observation as the environment gives it.
        A factorized policy starts at the marginals of an autoregressive prior, one of the
        last action at the mean of the prior's logits over the positions.

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
        kind: Kind = "auto",
    ) -> None:
        if not is_discrete(environment):
            raise Unsupported("its environment is not discrete in observations and actions")
        self._environment = environment
        self._rng = rng
        self._actions = int(environment.action_space.n)
        self._first = int(environment.action_space.start)
        self._remembers = bool(getattr(environment.unwrapped, "remember_last", False))
        if kind == "auto" and getattr(environment.unwrapped, "is_tour", False):
            kind = "last"
        as_it_is = "autoregressive" if self._remembers else "factorized"
        self.kind = "auto" if kind == as_it_is else kind
        observations = int(environment.observation_space.n)
        rows = {
            "auto": observations,
            "factorized": self._position(observations - 1) + 1,
            "autoregressive": observations * (self._actions + 1),
            "last": self._actions + 1,
        }[self.kind]
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
        if self.kind == "auto":
            return np.array(prior)
        if self.kind == "autoregressive":
            return np.repeat(prior, self._actions + 1, axis=0)
        if self.kind == "last":
            if not self._remembers:
                return np.tile(prior.mean(axis=0), (self._actions + 1, 1))
            after = prior[1:].reshape(-1, self._actions, self._actions).mean(axis=0)
            return np.concatenate([prior[:1], after])
        # A marginal is the last position's, carried on by the prior's chain.
        marginal = softmax(prior[:1])[0]
        marginals = [marginal]
        for first in range(1, len(prior), self._actions):
            marginal = marginal @ softmax(prior[first : first + self._actions])
            marginals.append(marginal)
        return np.log(np.maximum(marginals, 1e-300))

    def _row(self, observation: int, last: int) -> int:
        if self.kind == "autoregressive":
            return observation * (self._actions + 1) + last + 1
        if self.kind == "last":
            return last + 1
        return self._position(observation) if self.kind == "factorized" else observation

    def _refresh(self, rows: list[int]) -> None:
        """Work out the rows' probabilities and their running sums."""
        chances = softmax(self.logits[rows])
        sums = chances.cumsum(axis=1).tolist()
        self._cache.update(zip(rows, zip(chances, sums, strict=True), strict=True))

    def rollout(self) -> tuple[float, list[Step]]:
        """Play one episode; return its total reward and its steps."""
        environment, highest, cache = self._environment, self._actions - 1, self._cache
        plain = self.kind == "auto"
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

    def play(self, n: int) -> tuple[NDArray[np.float64], NDArray[np.int64], Steps]:
        """Play `n` episodes; return their total rewards, their lengths and their steps."""
        played = [self.rollout() for _ in range(n)]
        totals = np.array([total for total, _ in played])
        lengths = np.array([len(steps) for _, steps in played])
        return totals, lengths, self.steps([steps for _, steps in played])

    def steps(self, episodes: list[list[Step]]) -> Steps:
        """Put the steps of episodes one after the other."""
        flat = [step for steps in episodes for step in steps]
        legal = None
        if any(mask is not None for _, _, mask in flat):
            every = np.ones(self._actions)
            legal = np.array([every if mask is None else mask for _, _, mask in flat])
        rows, actions = (np.array([step[i] for step in flat]) for i in (0, 1))
        return Steps(rows, actions, legal)

    @property
    def parameters(self) -> NDArray[np.float64]:
        """The logits, shape (rows, actions)."""
        return self.logits

    def log_probabilities(
        self, steps: Steps, parameters: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return log π of every step's action, among the legal ones, under a table of logits."""
        # Below the floor, which keeps differences finite, all are alike.
        logits = np.maximum(parameters[steps.rows], -1e300)
        if steps.legal is not None:
            logits = np.where(steps.legal, logits, -np.inf)
        logits -= logits.max(axis=1, keepdims=True)
        chosen = logits[np.arange(len(logits)), steps.actions]
        logs: NDArray[np.float64] = chosen - np.log(np.exp(logits).sum(axis=1))
        return logs

    def gradient(self, steps: Steps, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return Σ weight × ∇ log π over the steps, in the shape of the logits."""
        slope = np.zeros_like(self.logits)
        np.add.at(slope, steps.rows, self._slopes(steps, self._policy(steps), weights))
        return slope

    def move(self, step: NDArray[np.float64]) -> None:
        """Add a step to all the logits."""
        self.logits += step
        self._cache.clear()

    def ascend(
        self, episodes: list[list[Step]], weights: NDArray[np.float64], entropy: float = 0.0
    ) -> None:
        """Add weight × ∇ log π and `entropy` × ∇ H(π) of every episode's steps to the logits.

        H is the entropy, in nats, of the choice at a step among the legal actions; the
        steps themselves are taken as given.
        """
        steps = self.steps(episodes)
        policy = self._policy(steps)
        slope = self._slopes(steps, policy, np.repeat(weights, [len(each) for each in episodes]))
        if entropy:
            slope += entropy * entropy_slope(policy)
        np.add.at(self.logits, steps.rows, slope)
        self._refresh(np.unique(steps.rows).tolist())

    def _policy(self, steps: Steps) -> NDArray[np.float64]:
        """Return the probabilities of all actions at every step."""
        distinct, where = np.unique(steps.rows, return_inverse=True)
        policy = softmax(self.logits[distinct])[where]
        if steps.legal is not None:
            policy = policy * steps.legal
            policy /= np.maximum(policy.sum(axis=1, keepdims=True), 1e-300)
        return policy

    def _slopes(
        self, steps: Steps, policy: NDArray[np.float64], weights: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return weight × ∂ log π/∂ logits of every step."""
        slope = -weights[:, None] * policy
        slope[np.arange(len(weights)), steps.actions] += weights
        return slope


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
