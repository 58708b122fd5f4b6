"""A synthetic source of text whose entropy rate and Bayes error are known exactly."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np
from numpy.typing import NDArray

from problems.core.frozen import frozen_property

LETTERS = " abcdefghijklmnopqrstuvwxyz"


class MarkovSource:
    """A Markov chain over letters, the same on every machine.

    The next symbol's distribution after each of the symbolsᵒʳᵈᵉʳ contexts is
    drawn once: weights u⁸ of uniform numbers u, normalised, which makes a few
    continuations likely and the rest rare, as in text. The separator never
    follows itself, so collapsing runs of separators leaves the text as it is.

    Only the raw 64-bit stream of PCG64, which numpy guarantees across versions,
    and exactly rounded IEEE operations are used: no platform can differ.

    Parameters
    ----------
    order : int
        How many symbols the next one depends on.
    symbols : int
        2 … 27; symbol 0 is the separator.
    seed : int
        Seeds the distributions and the text.
    instance : int
        Which of the sources of one seed: each has distributions and a text of its own.

    Raises
    ------
    ValueError
        When a parameter is out of range or the table would pass 20 million cells.
    """

    def __init__(
        self, *, order: int = 1, symbols: int = 27, seed: int = 0, instance: int = 0
    ) -> None:
        if not 2 <= symbols <= len(LETTERS):
            raise ValueError(f"markov: symbols={symbols}: expected 2 to {len(LETTERS)}")
        # Beyond 24 not even two symbols will do, and the power would take for ever.
        if not 0 <= order <= 24 or symbols ** (order + 1) > 20_000_000:
            raise ValueError(
                f"markov: order={order}: expected 0 or more, and at most 20 million "
                f"probabilities (symbols ** (order + 1))"
            )
        if seed < 0:
            raise ValueError(f"markov: seed={seed}: expected a whole number >= 0")
        self.order, self.symbols = order, symbols
        spawned = np.random.SeedSequence(seed, spawn_key=(instance,)) if instance else seed
        self._bits = np.random.PCG64(spawned)
        weights = self._uniform(symbols ** (order + 1)).reshape(-1, symbols)
        for _ in range(3):
            weights = weights * weights
        # Contexts that end in the separator; at order 0 it never occurs.
        weights[::symbols, 0] = 0.0
        #: Shape (symbols ** order, symbols): P(next | context), contexts in radix order.
        self.transition = weights / np.cumsum(weights, axis=1)[:, -1:]

    def _uniform(self, n: int) -> NDArray[np.float64]:
        return (self._bits.random_raw(n) >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def text(self, length: int) -> str:
        """Generate the next `length` symbols of the chain, from an all-separator context."""
        rows = np.cumsum(self.transition, axis=1)
        rows[:, -1] = 1.0
        cumulative = rows.tolist()
        period = self.symbols**self.order
        context, out = 0, []
        for u in self._uniform(length).tolist():
            token = bisect_right(cumulative[context], u)
            out.append(token)
            context = (context * self.symbols + token) % period
        return "".join(LETTERS[token] for token in out)

    @frozen_property
    def stationary(self) -> NDArray[np.float64]:
        """Long-run share of each context, shape (symbols ** order,)."""
        contexts = len(self.transition)
        share = np.full(contexts, 1 / contexts)
        # Few contexts are solved for at once; of many, most chains mix soon.
        for _ in range(10_000 if contexts > 1000 else 0):
            # Context (c1, …, ck) followed by t becomes (c2, …, ck, t). Half a step
            # converges on periodic chains as well.
            flow = (share[:, None] * self.transition).reshape(self.symbols, -1).sum(axis=0)
            if np.abs(flow - share).sum() < 1e-13:
                return flow
            share = (share + flow) / 2
        return self._solved_shares()

    def _solved_shares(self) -> NDArray[np.float64]:
        """Solve share = share P, P the chain over contexts, however slowly it mixes.

        Contexts then number thousands, each with few continuations, and P is sparse.
        """
        from scipy.sparse import coo_array
        from scipy.sparse.linalg import spsolve

        contexts = len(self.transition)
        context = np.repeat(np.arange(contexts), self.symbols)
        follows = (context * self.symbols + np.tile(np.arange(self.symbols), contexts)) % contexts
        moves = context != follows
        flow = self.transition.ravel()[moves]
        context, follows = context[moves], follows[moves]
        # What leaves a context is summed rather than taken from one, as it may be tiny.
        leaves = np.bincount(context, flow, minlength=contexts)
        every = np.arange(contexts)
        system = coo_array(
            (
                np.concatenate([leaves, -flow]),
                (np.concatenate([every, follows]), np.concatenate([every, context])),
            ),
            shape=(contexts, contexts),
        ).tocsc()
        # The equations are dependent: the share of the last context is set, then scaled.
        share = np.ones(contexts)
        if contexts > 1:
            last = system[:-1, [-1]].toarray().ravel()
            share[:-1] = np.maximum(spsolve(system[:-1, :-1], -last), 0.0)
        solved: NDArray[np.float64] = share / share.sum()
        return solved

    @property
    def entropy_rate(self) -> float:
        """Nats a symbol that no predictor can go below: Σ π(c) H(next | c)."""
        p = self.transition
        logs = np.log(np.where(p > 0, p, 1.0))
        return float(-(self.stationary @ (p * logs).sum(axis=1)))

    @property
    def bayes_error(self) -> float:
        """Top-1 error that no predictor can go below: 1 − Σ π(c) max P(next | c)."""
        return float(1.0 - self.stationary @ self.transition.max(axis=1))
