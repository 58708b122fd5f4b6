"""A bigram policy and a sequence reward, exactly: dynamic programming over their product."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from problems.core.parts import in_parts
from problems.core.space import Box
from problems.next_token.automaton import Automaton

Array = NDArray[np.float64]

#: Bound of every logit; e⁻²⁰ is 2 · 10⁻⁹.
BOUND = 20.0
#: Standard deviation of the noise on the model's logits where learning begins.
INITIAL = 0.01
#: Policies evaluated at once.
CHUNK = 32


class RewardChain:
    """Strings of at most `length` symbols under a bigram policy π, with a reward of 0 or 1.

    A string starts after the symbol `edge` and ends with it; at the greatest length
    it ends by itself. The product of the policy's chain and the automaton has the
    states (t, q, a): t symbols read, automaton state q, last symbol a. A string
    that ends in a rewarded state is rewarded unless it is in `excluded`: those are
    few, so their probabilities are subtracted one by one instead of making the
    automaton remember a whole dictionary.

    Parameters
    ----------
    automaton : Automaton
        Over V symbols; the column of `edge` is not used.
    edge : int
    rewarded : ndarray of bool, shape (length + 1, Q, V)
        In which states an end is rewarded.
    excluded : sequence of tuple of int
        Distinct strings, without `edge`, that are not rewarded.
    """

    def __init__(
        self,
        automaton: Automaton,
        edge: int,
        rewarded: NDArray[np.bool_],
        excluded: Sequence[tuple[int, ...]] = (),
    ) -> None:
        self.automaton, self.edge = automaton, edge
        self._rewarded = rewarded
        self.length = len(rewarded) - 1
        self._symbols = np.arange(automaton.step.shape[1])
        self._letters = self._symbols[self._symbols != edge]
        self._excluded = frozenset(
            string for string in excluded if len(string) <= self.length and self._ends_well(string)
        )
        size = len(self._symbols)
        # Row w lists the transitions of string w; V² stands for none.
        self._moves = np.full((len(self._excluded), self.length + 1), size * size)
        for row, string in zip(self._moves, sorted(self._excluded), strict=True):
            path = (edge, *string, edge)[: self.length + 1]
            row[: len(path) - 1] = [i * size + j for i, j in pairwise(path)]

    def _ends_well(self, string: Sequence[int]) -> bool:
        last = string[-1] if len(string) else self.edge
        return bool(self._rewarded[len(string), self.automaton.read(string), last])

    def reward(self, string: Sequence[int]) -> int:
        """Return the reward, 0 or 1, of one string."""
        return int(self._ends_well(string) and tuple(string) not in self._excluded)

    def forward(self, policy: Array) -> Array:
        """Return the probability of passing each state, shape (n, length + 1, Q, V).

        Parameters
        ----------
        policy : ndarray of shape (n, V, V)
            π(b | a), rows sum to one.
        """
        states = len(self.automaton.step)
        mass = np.zeros((len(policy), self.length + 1, states, len(self._symbols)))
        mass[:, 0, 0, self.edge] = 1.0
        for t in range(self.length):
            flow = mass[:, t] @ policy
            for q in range(states):  # for one q the targets (δ(q, b), b) differ
                targets = self.automaton.step[q, self._letters]
                mass[:, t + 1, targets, self._letters] += flow[:, q, self._letters]
        return mass

    def success(self, policy: Array, mass: Array) -> Array:
        """Return the expected reward of policies whose `forward` is `mass`, shape (n,)."""
        ended = mass.copy()
        ended[:, :-1] *= policy[:, None, None, :, self.edge]
        total = (ended * self._rewarded).sum(axis=(1, 2, 3))
        # Where cancellation leaves less than nothing, nothing was left.
        return np.maximum(0.0, total - self._probability_of_excluded(policy).sum(axis=1))

    def rewarded_strings(self) -> float:
        """Return how many strings are rewarded: exactly, as long as they are few."""
        every = np.ones((1, len(self._symbols), len(self._symbols)))
        return float(self.success(every, self.forward(every))[0])

    def _probability_of_excluded(self, policy: Array) -> Array:
        flat = np.ones((len(policy), policy[0].size + 1))
        flat[:, :-1] = policy.reshape(len(policy), -1)
        return flat[:, self._moves].prod(axis=2)

    def visits(self, mass: Array) -> Array:
        """Return how often the next symbol is chosen after each symbol, shape (n, V)."""
        return mass[:, :-1].sum(axis=(1, 2))

    def rewarded_moves(self, policy: Array, mass: Array) -> Array:
        """Return E[R × number of moves a → b], shape (V, V), of one policy (V, V).

        Parameters
        ----------
        policy : ndarray of shape (V, V)
        mass : ndarray of shape (length + 1, Q, V)
            Its `forward`.
        """
        moves = np.zeros_like(policy)
        ahead = self._rewarded[self.length].astype(float)  # P(reward | state), (Q, V)
        for t in range(self.length - 1, -1, -1):
            # worth[q, a, b] is the probability of reward after moving from (q, a) to b.
            worth = ahead[self.automaton.step, self._symbols][:, None, :].repeat(len(policy), 1)
            worth[:, :, self.edge] = self._rewarded[t]
            moves += np.einsum("qa,ab,qab->ab", mass[t], policy, worth)
            ahead = np.einsum("ab,qab->qa", policy, worth)
        weights = np.repeat(self._probability_of_excluded(policy[None])[0], self._moves.shape[1])
        spent = np.bincount(self._moves.ravel(), weights, minlength=policy.size + 1)
        return moves - spent[:-1].reshape(policy.shape)

    def downstream_moves(self, policy: Array, mass: Array, cost: Array) -> Array:
        """Return Σ over moves a → b of their probability × the cost expected after them.

        Parameters
        ----------
        policy, mass
            As in `rewarded_moves`.
        cost : ndarray of shape (V,)
            Paid at each choice after a symbol.
        """
        moves = np.zeros_like(policy)
        ahead = np.zeros(len(policy))
        for t in range(self.length - 1, -1, -1):
            ahead[self.edge] = 0.0  # the string has ended
            moves += mass[t].sum(axis=0)[:, None] * policy * ahead
            ahead = cost + policy @ ahead
        return moves

    def draw(self, policy: Array, uniforms: Array) -> NDArray[np.int64]:
        """Sample strings by inversion, one a row of `uniforms`, padded with `edge`.

        Parameters
        ----------
        policy : ndarray of shape (V, V)
        uniforms : ndarray of shape (n, length)
            In [0, 1).
        """
        upto = policy.cumsum(axis=1)
        upto[:, -1] = 1.0
        strings = np.full(uniforms.shape, self.edge)
        last = np.full(len(uniforms), self.edge)
        alive = np.ones(len(uniforms), dtype=bool)
        for t in range(self.length):
            drawn = (uniforms[:, t, None] >= upto[last]).sum(axis=1)
            alive &= drawn != self.edge
            last = np.where(alive, drawn, self.edge)
            strings[:, t] = last
        return strings


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
        noise = INITIAL * rng.standard_normal(self.space.dimension)
        return self.space.decode(self.model.ravel() + noise)
