"""Expected reward and divergence of bigram policies: what a problem and its views share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from problems.core.parts import in_parts
from problems.core.space import Box
from problems.next_token.reward_chain import Array, RewardChain

#: Bound of every logit; e⁻²⁰ is 2 · 10⁻⁹.
BOUND = 20.0
#: Policies evaluated at once.
CHUNK = 32


class RegularizedReward:
    """The KL-regularized reward of policies π that are tables of logits, softmax in each row.

    Parameters
    ----------
    chain : RewardChain
        What strings are written, and which are rewarded.
    model : ndarray of shape (V, V)
        log p(b | a), the bigram model that a policy is to stay near.
    beta : float
        The price of a nat.

    Attributes
    ----------
    space : Box
        Of the V² logits.
    """

    def __init__(self, chain: RewardChain, model: Array, beta: float) -> None:
        self.chain, self.model, self.beta = chain, model, beta
        self.space = Box(-BOUND, BOUND, model.size)

    def log_policy(self, points: NDArray) -> Array:
        """Return log π(b | a) of rows of logits, shape (n, V, V)."""
        logits = np.reshape(np.asarray(points, dtype=float), (-1, *self.model.shape))
        shifted = logits - logits.max(axis=2, keepdims=True)
        normal: Array = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
        return normal

    def reward_and_kl(self, points: NDArray, model: Array | None = None) -> tuple[Array, Array]:
        """Return E_π[R] and KL(π ‖ model) of every row of `points`, shapes (n,).

        Parameters
        ----------
        points : ndarray of shape (n, V²)
        model : ndarray of shape (V, V), optional
            Log-probabilities; p's by default.
        """
        model = self.model if model is None else model
        logs = self.log_policy(points)
        policy = np.exp(logs)
        mass = self.chain.forward(policy)
        steps = (policy * (logs - model)).sum(axis=2)
        kl = (self.chain.visits(mass) * steps).sum(axis=1)
        return self.chain.success(policy, mass), kl

    def costs(self, points: NDArray) -> Array:
        """Return β KL(π ‖ p) − E_π[R] of every row of `points`, shape (n,)."""
        return in_parts(self._costs, points, CHUNK)

    def _costs(self, points: NDArray) -> Array:
        reward, kl = self.reward_and_kl(points)
        return self.beta * kl - reward

    def start(self, rng: np.random.Generator) -> Array:
        """Draw logits next to those of p, where learning begins."""
        noise = 0.01 * rng.standard_normal(self.space.dimension)
        return self.space.decode(self.model.ravel() + noise)
