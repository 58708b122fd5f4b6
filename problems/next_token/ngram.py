"""n-gram models, the lines that every neural next-token model is held against.

All are tables over distinct contexts, so fitting and scoring a text cost as much
as there are distinct contexts, not tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from problems.next_token.ngram_counts import ContextIndex, NextCounts, distinct_rows, last_tokens


@dataclass(frozen=True)
class NGramScore:
    """How well a model predicts some text.

    Attributes
    ----------
    nats : float
        Mean negative log-likelihood, nats a token.
    error : float
        Share of tokens that are not the model's most probable one (the first, in a tie).
    """

    nats: float
    error: float


# ------------------------------------------------------------------ models


class NGram:
    """P(token | some tokens before it); a subclass adds tables, without which it is 1 / V.

    Parameters
    ----------
    size : int
        V, the number of symbols.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        #: Distinct contexts of 0, 1, … tokens, and the probabilities after each.
        self._tables: list[tuple[ContextIndex, NDArray[np.float64]]] = []

    def _add(self, contexts: NDArray[np.int64], probabilities: NDArray[np.float64]) -> None:
        """Add the table of contexts that are one token longer than those before."""
        self._tables.append((ContextIndex(contexts, self.size), probabilities))

    def probabilities(self, contexts: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return P, shape (C, V), after each context, shape (C, k), oldest token first.

        Tokens beyond the model's reach are ignored; after fewer than it can use,
        the model of that lower order answers.
        """
        p = np.full((len(contexts), self.size), 1 / self.size)
        if self._tables:
            k = min(contexts.shape[1], len(self._tables) - 1)
            index, table = self._tables[k]
            contexts = last_tokens(contexts, k)
            row = index.find(contexts)
            seen = row < len(index)
            p[seen] = table[row[seen]]
            if not seen.all():
                p[~seen] = self._unseen(contexts[~seen])
        return p

    def _unseen(self, contexts: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return P after contexts that were never seen."""
        return NGram(self.size).probabilities(contexts)


class AddOne(NGram):
    """Maximum likelihood with one added to every count (Laplace's rule of succession).

    P(w | c) = (n_cw + 1) / (n_c + V); uniform after a context that was never seen.

    Parameters
    ----------
    tables : sequence of NextCounts
        The training counts after 0, 1, … order − 1 tokens.
    """

    def __init__(self, tables: Sequence[NextCounts]) -> None:
        super().__init__(tables[0].counts.shape[1])
        for table in tables:
            raised = table.counts + 1.0
            self._add(table.contexts, raised / raised.sum(axis=1, keepdims=True))


class KneserNey(NGram):
    """Interpolated Kneser-Ney smoothing.

    With a(c, w) the count of w after c, D the order's discount and c' the context
    without its oldest token,

        P(w | c) = max(a(c, w) − D, 0) / a(c) + D · N₁₊(c •) / a(c) · P(w | c'),

    where a(c) = Σ_w a(c, w) and N₁₊(c •) is how many tokens follow c. At the highest
    order a is the number of occurrences; below, it is the number of distinct tokens
    that come before, a(c, w) = N₁₊(• c w) (Kneser and Ney 1995, "Improved
    backing-off for m-gram language modeling"; the interpolated form is that of Chen
    and Goodman 1999, "An empirical study of smoothing techniques for language
    modeling"). Below the unigram stands the uniform
    distribution. After a context never seen, P(w | c) = P(w | c').

    The discount of an order is D = n₁ / (n₁ + 2 n₂), with n_r the number of its
    n-grams for which a = r (Ney, Essen and Kneser 1994, "On structuring
    probabilistic dependences in stochastic language modelling"; the estimate that Chen
    and Goodman use for Kneser-Ney). Small alphabets have orders where n₁ or n₂ is
    0 and the estimate is 0, 1 or undefined: D = 1/2 there, so that every token
    keeps a positive probability.

    Parameters
    ----------
    highest : NextCounts
        The training counts after order − 1 tokens.
    """

    def __init__(self, highest: NextCounts) -> None:
        super().__init__(highest.counts.shape[1])
        levels = [highest]
        while levels[0].contexts.shape[1]:
            levels.insert(0, _continuations(levels[0]))
        self.discounts = tuple(_discount(level.counts) for level in levels)
        for level, discount in zip(levels, self.discounts, strict=True):
            shorter = self.probabilities(level.contexts[:, 1:])
            total = level.counts.sum(axis=1, keepdims=True)
            followers = (level.counts > 0).sum(axis=1, keepdims=True)
            kept = np.maximum(level.counts - discount, 0.0)
            self._add(level.contexts, (kept + discount * followers * shorter) / total)

    def _unseen(self, contexts: NDArray[np.int64]) -> NDArray[np.float64]:
        return self.probabilities(contexts[:, 1:])


def _continuations(level: NextCounts) -> NextCounts:
    """Count, for shorter contexts, the distinct tokens that come before: N₁₊(• c w)."""
    shorter, row = distinct_rows(level.contexts[:, 1:])
    counts = np.zeros((len(shorter), level.counts.shape[1]), dtype=np.int64)
    np.add.at(counts, row, level.counts > 0)
    return NextCounts(shorter, counts)


def _discount(counts: NDArray[np.int64]) -> float:
    once, twice = int((counts == 1).sum()), int((counts == 2).sum())
    return once / (once + 2 * twice) if once and twice else 0.5


# ----------------------------------------------------------------- scoring


def evaluate(model: NGram, held_out: Sequence[NextCounts]) -> NGramScore:
    """Score a model on counted tokens.

    Parameters
    ----------
    model : NGram
    held_out : sequence of NextCounts
        The tokens to predict, after contexts of one or several lengths.

    Raises
    ------
    ValueError
        When there is no token to predict.
    """
    total = sum(part.total for part in held_out)
    if not total:
        raise ValueError("there is no held-out token to predict")
    nats, correct = 0.0, 0
    for part in held_out:
        p = model.probabilities(part.contexts)
        nats -= float((part.counts * np.log(np.where(part.counts > 0, p, 1.0))).sum())
        correct += int(part.counts[np.arange(len(p)), p.argmax(axis=1)].sum())
    return NGramScore(nats / total, (total - correct) / total)


def ladder(tables: Sequence[NextCounts]) -> dict[str, NGram]:
    """Fit all the models that training counts allow.

    Parameters
    ----------
    tables : sequence of NextCounts
        The counts after 0, 1, … tokens, up to 2.

    Returns
    -------
    dict of str to NGram
        ``uniform``; ``unigram``, ``bigram`` and ``trigram`` with add-one smoothing;
        ``Kneser-Ney`` of the highest order.
    """
    models: dict[str, NGram] = {"uniform": NGram(tables[0].counts.shape[1])}
    for order, name in enumerate(("unigram", "bigram", "trigram")[: len(tables)], start=1):
        models[name] = AddOne(tables[:order])
    models["Kneser-Ney"] = KneserNey(tables[-1])
    return models
