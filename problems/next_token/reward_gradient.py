"""The gradient of a policy's reward and divergence: exact, or REINFORCE from samples."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from problems.core.views import BoxRelaxation, Minibatch
from problems.next_token.reward_chain import Array, RegularizedReward


class RewardGradient(BoxRelaxation):
    """The value itself; its gradient by the adjoint of the dynamic programme.

    With A[a, b] the expected sum, over moves a → b, of all that is gained from the
    choice on, ∂E/∂x[a, b] = A[a, b] − π(b | a) Σ_b A[a, b].
    On a minibatch it is REINFORCE (Williams 1992): A is the cost of sampled strings
    that make the move, less the mean cost of the batch's other strings.
    """

    exact = True
    yields_value = True

    def __init__(self, regularized: RegularizedReward) -> None:
        super().__init__(regularized.space)
        self._regularized = regularized

    def start(self, rng: np.random.Generator) -> NDArray[np.float64]:
        return self._regularized.start(rng)

    def loss_and_gradient(
        self, theta: NDArray[np.float64], rows: Minibatch | None = None
    ) -> tuple[float, NDArray[np.float64]]:
        logs = self._regularized.log_policy(theta)[0]
        policy, ratio = np.exp(logs), logs - self._regularized.model
        if rows is None:
            loss, advantage = self._exact(policy, ratio)
        else:
            loss, advantage = self._reinforce(policy, ratio, rows.weights)
        return loss, (advantage - policy * advantage.sum(axis=1, keepdims=True)).ravel()

    def _exact(self, policy: Array, ratio: Array) -> tuple[float, Array]:
        regularized, chain = self._regularized, self._regularized.chain
        mass = chain.forward(policy[None])
        steps = (policy * ratio).sum(axis=1)
        visits = chain.visits(mass)[0]
        success = float(chain.success(policy[None], mass)[0])
        loss = regularized.beta * float(visits @ steps) - success
        advantage = regularized.beta * (
            visits[:, None] * policy * ratio + chain.downstream_moves(policy, mass[0], steps)
        ) - chain.rewarded_moves(policy, mass[0])
        return loss, advantage

    def minibatch(self, rng: np.random.Generator, size: int) -> Minibatch:
        """Draw the random numbers of `size` strings; a string touches one state a symbol."""
        chain = self._regularized.chain
        length, states = chain.length, chain.automaton.step.size
        uniforms = rng.random((size, length))
        return Minibatch(np.arange(size), uniforms, min(1.0, size / states), size * length)

    def _reinforce(self, policy: Array, ratio: Array, uniforms: Array) -> tuple[float, Array]:
        chain = self._regularized.chain
        strings = chain.draw(policy, uniforms)
        before = np.column_stack([np.full(len(strings), chain.edge), strings[:, :-1]])
        # A choice is made at the start and after every symbol but the boundary.
        chosen = before != chain.edge
        chosen[:, 0] = True
        nats = (ratio[before, strings] * chosen).sum(axis=1)
        rewards = [chain.reward(row[row != chain.edge].tolist()) for row in strings]
        cost = self._regularized.beta * nats - np.array(rewards)
        n = len(cost)
        advantage = cost if n == 1 else (cost - cost.mean()) * n / (n - 1)
        weight = np.repeat(advantage / n, uniforms.shape[1])[chosen.ravel()]
        moves = np.zeros_like(policy)
        np.add.at(moves, (before[chosen], strings[chosen]), weight)
        return float(cost.mean()), moves
