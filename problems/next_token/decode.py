"""Decoding as combinatorial optimization: the most probable string without repetition."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from problems.core.linear_model import LinearModel, Solution, assigned
from problems.core.permutation import Permutation
from problems.core.reference import Reference
from problems.next_token.next_token import NextToken

if TYPE_CHECKING:
    import gymnasium

#: Strings that are listed at most.
MOST_STRINGS = 1_000_000


class NextTokenDecode(NextToken):
    """The most probable string of fixed length under the bigram model, no symbol twice.

    value(s) = −Σ_t log P(s_t | s_{t−1}), t = 1 … L, in nats, with s_0 the boundary
    symbol (`Corpus.edge`: the separator, in the alphabet ``letters``) and P the add-one smoothed
    bigram model of the training text. The length is fixed because with free length the mode is
    often the empty string (Stahlberg and Byrne 2019, "On NMT search errors and model
    errors: cat got your tongue?"). `score` is the same string's value under the
    held-out text's model.

    Parameters
    ----------
    length : int
        L, at most the number of symbols.
    **text
        The options of `NextToken`; `context` stays 1.
    """

    space: Permutation
    objective = "negative log-probability (nats)"

    def __init__(self, *, length: int = 12, **text: Any) -> None:
        super().__init__(**text)
        if self.context != 1:
            raise ValueError(f"context={self.context}: the decoder's model is a bigram, context=1")
        size = len(self.symbols)
        if not 1 <= length <= size:
            raise ValueError(f"length={length}: expected 1 to {size}, the number of symbols")
        self.space = Permutation(size, length, kind="sequence")
        self.length = length
        self.edge = self.corpus.edge
        self.cost = -self.bigram_log_probabilities(self.counts.train)
        self._held_out_cost = -self.bigram_log_probabilities(self.counts.held_out)

    @property
    def title(self) -> str:
        after = "" if self.corpus.alphabet == "letters" else f" after {self.symbols[self.edge]!r}"
        return f"length {self.length}{after}, {super().title}"

    def _total(self, cost: NDArray, points: NDArray) -> NDArray[np.float64]:
        return cost[self.edge, points[:, 0]] + cost[points[:, :-1], points[:, 1:]].sum(axis=1)

    def values(self, points: NDArray) -> NDArray[np.float64]:
        return self._total(self.cost, points)

    def _held_out_value(self, x: NDArray) -> float:
        return float(self.held_out_values(np.asarray(x)[None])[0])

    def held_out_values(self, points: NDArray) -> NDArray[np.float64]:
        """Return the value of each string under the held-out text's model."""
        return self._total(self._held_out_cost, points)

    def sample(self, rng: np.random.Generator, n: int, temperature: float = 1.0) -> NDArray:
        """Draw strings from the model, symbol by symbol, used symbols left out.

        The probability of each symbol is that of the bigram model to the power
        1 / `temperature`, renormalised over the symbols not used yet.
        """
        logits = self._logits(temperature)
        noise = rng.gumbel(size=(n, self.length, len(self.symbols)))
        drawn = np.empty((n, self.length), dtype=np.int64)
        used = np.zeros((n, len(self.symbols)), dtype=bool)
        last = np.full(n, self.edge)
        for t in range(self.length):
            # The arg-max of logits plus Gumbel noise is a draw from their softmax.
            perturbed = np.where(used, -np.inf, logits[last] + noise[:, t])
            last = perturbed.argmax(axis=1)
            drawn[:, t] = last
            used[np.arange(n), last] = True
        return drawn

    def _logits(self, temperature: float) -> NDArray[np.float64]:
        if not temperature > 0:
            raise ValueError(f"temperature={temperature:g}: expected a number > 0")
        return -self.cost / temperature

    def proposal(self, temperature: float = 1.0) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return every string and the probability that `sample` draws it.

        Returns
        -------
        strings : ndarray of shape (n, length)
            In lexical order.
        probabilities : ndarray of shape (n,)

        Raises
        ------
        ValueError
            When the temperature is not positive, or the strings are more than a million.
        """
        logits, size = self._logits(temperature), len(self.symbols)
        if math.perm(size, self.length) > MOST_STRINGS:
            raise ValueError(
                f"length={self.length}: {math.perm(size, self.length):,} strings, "
                f"expected at most {MOST_STRINGS:,}"
            )
        strings, probabilities = np.empty((1, 0), dtype=np.int64), np.ones(1)
        last = np.array([self.edge])
        for _ in range(self.length):
            left = logits[last]
            np.put_along_axis(left, strings, -np.inf, axis=1)
            shares = np.exp(left - left.max(axis=1, keepdims=True))
            shares *= (probabilities / shares.sum(axis=1))[:, None]
            parent, last = np.nonzero(left > -np.inf)
            strings = np.concatenate([strings[parent], last[:, None]], axis=1)
            probabilities = shares[parent, last]
        return strings, probabilities

    def beam_search(self, width: int) -> NDArray[np.int64]:
        """Return the best string that a beam of `width` partial strings finds."""
        beams = np.empty((1, 0), dtype=np.int64)
        costs, last = np.zeros(1), np.full(1, self.edge)
        size = len(self.symbols)
        for _ in range(self.length):
            grown = costs[:, None] + self.cost[last]
            np.put_along_axis(grown, beams, np.inf, axis=1)
            kept = np.argsort(grown, axis=None, kind="stable")[:width]
            kept = kept[np.isfinite(grown.ravel()[kept])]
            parent, last = kept // size, kept % size
            beams = np.concatenate([beams[parent], last[:, None]], axis=1)
            costs = grown.ravel()[kept]
        return beams[0]

    @cached_property
    def reference(self) -> Reference:
        # Viterbi: the cheapest path of L steps when symbols may repeat.
        costs = self.cost[self.edge]
        for _ in range(self.length - 1):
            costs = (costs[:, None] + self.cost).min(axis=0)
        return Reference(float(costs.min()), "bound", "Viterbi, repetition allowed")

    @cached_property
    def anchors(self) -> dict[str, float]:
        return {f"beam {w}": self.value(self.beam_search(w)) for w in (1, 5, 50)}

    def environment(self, value: Callable[[NDArray], float]) -> gymnasium.Env[Any, Any]:
        from problems.core.environment import Construction

        # Observation 0 is the start; then position × V + last symbol + 1.
        prior = -np.concatenate([self.cost[[self.edge]], *[self.cost] * self.length])
        return Construction(self.space, value, remember_last=True, prior=prior)

    def linear_model(self) -> LinearModel:
        """Return a path of L arcs from a start node, kept free of cycles by ordering.

        z_ij = 1 where j follows i, z_0j where j comes first; u_j is the position
        of j. The ordering constraints u_i − u_j + L z_ij + (L − 2) z_ji <= L − 1
        are those of Miller, Tucker and Zemlin (1960) as lifted by Desrochers and
        Laporte (1991).
        """
        import pulp

        size, length = len(self.symbols), self.length
        program = pulp.LpProblem("decode", pulp.LpMinimize)
        nodes = range(size)
        first = [pulp.LpVariable(f"first_{j}", cat=pulp.LpBinary) for j in nodes]
        follows = {
            (i, j): pulp.LpVariable(f"z_{i}_{j}", cat=pulp.LpBinary)
            for i in nodes
            for j in nodes
            if i != j
        }
        position = [pulp.LpVariable(f"u_{j}", 1, length) for j in nodes]
        program += pulp.lpSum(self.cost[self.edge, j] * first[j] for j in nodes) + pulp.lpSum(
            self.cost[i, j] * z for (i, j), z in follows.items()
        )
        program += pulp.lpSum(first) == 1
        program += pulp.lpSum(follows.values()) == length - 1
        for j in nodes:
            entered = first[j] + pulp.lpSum(follows[i, j] for i in nodes if i != j)
            program += entered <= 1
            program += pulp.lpSum(follows[j, i] for i in nodes if i != j) <= entered
        for (i, j), z in follows.items():
            back = (length - 2) * follows[j, i] if length > 2 else 0
            program += position[i] - position[j] + length * z + back <= length - 1

        def read(values: Solution) -> NDArray:
            symbol = max(nodes, key=lambda j: values[first[j]])
            string = [symbol]
            while len(string) < length:
                symbol = max(
                    (j for j in nodes if j not in string),
                    key=lambda j: values[follows[string[-1], j].name],
                )
                string.append(symbol)
            return np.array(string, dtype=np.int64)

        def write(x: NDArray) -> dict[pulp.LpVariable, float]:
            string = np.asarray(x).tolist()
            arcs = set(pairwise(string))
            return assigned(first, (j == string[0] for j in nodes)) | assigned(
                follows.values(), (arc in arcs for arc in follows)
            )

        return LinearModel(program, read, write=write)

    def describe(self, x: NDArray) -> str:
        return repr("".join(self.symbols[t] for t in np.asarray(x)))
