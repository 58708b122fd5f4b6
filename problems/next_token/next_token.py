"""What all next-token problems share: the counts of a text, and what they say."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from problems.next_token.corpus import Documents
from problems.next_token.text_problem import TextProblem


class NextToken(TextProblem):
    """A problem on a corpus, reduced to contexts and next-token counts.

    Parameters
    ----------
    context : int
        How many tokens a prediction sees.
    corpus, alphabet, documents, held_out, instance
        The options of `TextProblem`.
    """

    def __init__(
        self,
        *,
        corpus: str = "python-docs",
        alphabet: str = "letters",
        documents: Documents = "whole",
        context: int = 1,
        held_out: float = 0.1,
        instance: int = 0,
    ) -> None:
        super().__init__(
            corpus=corpus,
            alphabet=alphabet,
            documents=documents,
            held_out=held_out,
            instance=instance,
        )
        self.counts = self.corpus.counts(context, self.held_out, self.instance)
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

    def predictions(self, points: NDArray, *, unseen: bool = False) -> NDArray[np.int64]:
        """Return the predicted token after every context of each point, -1 where there is none.

        Parameters
        ----------
        points : ndarray of shape (n, dimension)
        unseen : bool
            Whether the contexts of the held-out text alone follow those of the training text.

        Returns
        -------
        ndarray of shape (n, contexts)
        """
        raise NotImplementedError  # of models that predict one token

    @cached_property
    def table_error(self) -> float:
        """Top-1 error of the best table: no model of the same context can do better."""
        correct = int(self.counts.train.max(axis=1).sum())
        return (self.predicted_tokens - correct) / self.predicted_tokens

    @cached_property
    def table_entropy(self) -> float:
        """Cross-entropy of the best table, in nats: no model of the same context has less."""
        counts = self.counts.train
        share = counts / counts.sum(axis=1, keepdims=True)
        logs = np.log(np.where(share > 0, share, 1.0))
        return float(-(counts * logs).sum() / self.predicted_tokens)

    @cached_property
    def error_anchors(self) -> dict[str, float]:
        """Errors that help to read a top-1 error: the unigram's, and a source's own."""
        unigram = int(self.counts.train.sum(axis=0).max())
        anchors = {"unigram": (self.predicted_tokens - unigram) / self.predicted_tokens}
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
