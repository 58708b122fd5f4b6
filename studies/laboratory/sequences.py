"""Sequences of a text, each as the minibatch of its predictions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from problems.views import Minibatch

if TYPE_CHECKING:
    from problems.next_token.next_token import NextToken


def draw_predictions(
    problem: NextToken, length: int, n: int, rng: np.random.Generator
) -> list[Minibatch]:
    """Draw sequences of consecutive predictions from a problem's training text.

    Parameters
    ----------
    problem : NextToken
        On one whole text.
    length : int
        Predictions in a sequence.
    n : int
        Sequences; two may overlap.
    rng : numpy.random.Generator

    Returns
    -------
    list of Minibatch
        As `Relaxation.minibatch` draws them, for the problem's relaxation.
    """
    corpus, k, size = problem.corpus, problem.context, len(problem.symbols)
    hidden = corpus.hidden(problem.held_out, problem.instance)
    windows = np.lib.stride_tricks.sliding_window_view(hidden, k + length)
    starts = rng.choice(np.flatnonzero(~windows.any(axis=1)), n)
    radix = size ** np.arange(k - 1, -1, -1)
    known = problem.counts.contexts[: problem.rows] @ radix
    drawn = []
    for start in starts:
        text = corpus.tokens[start : start + k + length]
        contexts = np.lib.stride_tricks.sliding_window_view(text[:-1], k) @ radix
        rows, at = np.unique(np.searchsorted(known, contexts), return_inverse=True)
        weights = np.zeros((len(rows), size), dtype=np.int64)
        np.add.at(weights, (at, text[k:]), 1)
        drawn.append(Minibatch(rows, weights, len(rows) / problem.rows, length))
    return drawn
