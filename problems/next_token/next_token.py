"""What all next-token problems share: the text, its counts, and cross-entropy."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from problems.core.problem import Problem
from problems.core.views import Minibatch
from problems.next_token.corpus import Alphabet, Documents, read_corpus


class NextToken(Problem):
    """A problem on a corpus, reduced to contexts and next-token counts.

    Parameters
    ----------
    corpus : str
        ``python-docs``, ``markov``, ``markov:order=2`` or the path of a UTF-8 file.
    alphabet : {"letters", "characters", "bytes"}
        See `read_corpus`.
    documents : {"whole", "lines"}
        See `read_corpus`.
    context : int
        How many tokens a prediction sees.
    held_out : float
        Share of the text, in random blocks, that only `score` uses.
    instance : int
        Seeds the held-out blocks.
    """

    def __init__(
        self,
        *,
        corpus: str = "python-docs",
        alphabet: Alphabet = "letters",
        documents: Documents = "whole",
        context: int = 1,
        held_out: float = 0.1,
        instance: int = 0,
    ) -> None:
        self.corpus = read_corpus(corpus, alphabet, documents)
        self.counts = self.corpus.counts(context, held_out, instance)
        self.held_out, self.instance = held_out, instance
        #: Where nothing is held out, every instance has the whole text.
        self.one_instance = held_out == 0
        self.symbols = self.corpus.symbols
        self.fingerprint = self.corpus.fingerprint
        self.context = context
        self.rows = len(self.counts.train)
        #: Predictions in the training text, which a full evaluation goes through unless a
        #: subclass says otherwise.
        self.predicted_tokens = self.tokens = int(self.counts.train.sum())

    @property
    def title(self) -> str:
        return (
            f"{self.corpus.title}, {len(self.symbols)} symbols, "
            f"k = {self.context}, {self.predicted_tokens:,} predictions"
        )

    def score(self, x: NDArray) -> float:
        """Return the value on the held-out text, on the training text where none is held out."""
        return self._held_out_value(x) if self.counts.held_out.any() else self.value(x)

    def _held_out_value(self, x: NDArray) -> float:
        """Return the value of `x` on the held-out text, which there is."""
        raise NotImplementedError  # each problem has its own

    @cached_property
    def table_error(self) -> float:
        """Top-1 error of the best table: no model of the same context can do better."""
        correct = int(self.counts.train.max(axis=1).sum())
        return (self.tokens - correct) / self.tokens

    @cached_property
    def table_entropy(self) -> float:
        """Cross-entropy of the best table, in nats: no model of the same context has less."""
        counts = self.counts.train
        share = counts / counts.sum(axis=1, keepdims=True)
        logs = np.log(np.where(share > 0, share, 1.0))
        return float(-(counts * logs).sum() / self.tokens)

    @cached_property
    def error_anchors(self) -> dict[str, float]:
        """Errors that help to read a top-1 error: the unigram's, and a source's own."""
        unigram = int(self.counts.train.sum(axis=0).max())
        anchors = {"unigram": (self.tokens - unigram) / self.tokens}
        if self.corpus.source is not None:
            source = self.corpus.source
            anchors[f"Bayes error of the order-{source.order} source"] = source.bayes_error
        return anchors

    def bigram_log_probabilities(self, counts: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return log P(j | i) of the bigram model smoothed by one, shape (V, V).

        Parameters
        ----------
        counts : ndarray of shape (rows, V)
            The training or held-out counts of context 1; other contexts are unseen.
        """
        smoothed = np.ones((len(self.symbols), len(self.symbols)))
        smoothed[self.counts.contexts[: len(counts), 0]] += counts
        logs: NDArray[np.float64] = np.log(smoothed / smoothed.sum(axis=1, keepdims=True))
        return logs

    def show_predictions(self, predicted: NDArray[np.int64]) -> str:
        """Say what is predicted after the most frequent contexts of the training text.

        Parameters
        ----------
        predicted : ndarray of shape (C,)
            The predicted token after each training context; -1 for none.
        """
        frequent = np.argsort(-self.counts.train.sum(axis=1), kind="stable")[:12]
        shown = []
        for c in frequent:
            context = "".join(self.symbols[t] for t in self.counts.contexts[c])
            token = repr(self.symbols[predicted[c]]) if predicted[c] >= 0 else "a tie"
            shown.append(f"{context!r} → {token}")
        return ", ".join(shown)


class CrossEntropy:
    """Mean negative log-likelihood of next tokens, in nats, and its gradient in the logits.

    Parameters
    ----------
    counts : ndarray of shape (C, V)
        How often each token follows each context.
    """

    def __init__(self, counts: NDArray[np.int64]) -> None:
        self.counts = counts
        self._shares: dict[str, _Shares] = {}
        # Tokens are drawn for minibatches by inverting this running total.
        self._running = np.cumsum(counts)

    def loss_and_slope(
        self, logits: NDArray[np.float64], rows: Minibatch | None = None
    ) -> tuple[float, NDArray[np.float64]]:
        """Return the loss of `logits`, shape (rows, V), and its gradient in them."""
        loss, exponential, totals, shares = self._forward(logits, rows)
        # In place, as new arrays of this size cost more than the arithmetic.
        exponential *= shares.of_rows / totals
        exponential -= shares.of_cells
        return loss, exponential

    def loss(self, logits: NDArray[np.float64], rows: Minibatch | None = None) -> float:
        """Return the loss of `logits`, shape (rows, V), alone."""
        return self._forward(logits, rows)[0]

    def _forward(
        self, logits: NDArray[np.float64], rows: Minibatch | None
    ) -> tuple[float, NDArray[np.float64], NDArray[np.float64], _Shares]:
        """Return the loss, exp(logits) shifted by each row's highest, its sums, and the shares."""
        order: Literal["C", "F"] = "F" if logits.flags.f_contiguous else "C"
        if rows is None:
            if order not in self._shares:
                self._shares[order] = _Shares(self.counts, order)
            shares = self._shares[order]
        else:
            shares = _Shares(rows.weights, order)
        shifted = np.subtract(logits, logits.max(axis=1, keepdims=True), order=order)
        of_targets = shares.of_cells.ravel("K") @ shifted.ravel("K")
        exponential = np.exp(shifted, out=shifted)
        totals = exponential @ np.ones((logits.shape[1], 1))
        loss = float((shares.of_rows * np.log(totals)).sum() - of_targets)
        return loss, exponential, totals, shares

    def minibatch(self, rng: np.random.Generator, size: int) -> Minibatch:
        """Draw `size` tokens with replacement, grouped by distinct context."""
        drawn = rng.integers(0, self._running[-1], size)
        cells = np.searchsorted(self._running, drawn, side="right")
        width = self.counts.shape[1]
        rows, at = np.unique(cells // width, return_inverse=True)
        weights = np.zeros((len(rows), width), dtype=np.int64)
        np.add.at(weights, (at, cells % width), 1)
        return Minibatch(rows, weights, len(rows) / len(self.counts), size)


class _Shares:
    """Counts as shares of all observations: of cells, and of rows as a column.

    In the memory order of the logits, as mixed orders are several times slower.
    """

    def __init__(self, counts: NDArray, order: Literal["C", "F"]) -> None:
        self.of_cells = np.array(counts, dtype=float, order=order)
        self.of_cells /= counts.sum()
        self.of_rows = self.of_cells.sum(axis=1, keepdims=True)


def mean_loss(counts: NDArray[np.int64], logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the cross-entropy of a batch of logits, shape (n, C, V), on counts (C, V)."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    totals = np.log(np.exp(shifted).sum(axis=-1))
    total = totals @ counts.sum(axis=-1) - np.einsum("ncv,cv->n", shifted, counts)
    return total / counts.sum()
