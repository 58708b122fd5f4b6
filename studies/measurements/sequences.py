"""Sequences of a text: how likely a model finds them, and how hard they pull."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

import problems
from methods.result import Run
from problems.core.views import Minibatch
from problems.next_token.split import TRAIN
from studies.framework.study import Row
from studies.measurements.shocked_training import shuffled

if TYPE_CHECKING:
    from problems.next_token.next_token import NextToken

#: Kinds of sequences: as they are in the text, and with their next tokens permuted.
KINDS = ("text", "shuffled text")


def sequence_gradients(run: Run, length: int, n: int) -> list[Row]:
    """Return the loss of sequences and the norm of its gradient, at a run's solution.

    Each sequence is taken as it stands in the training text, and with its next tokens permuted.

    Parameters
    ----------
    run : Run
        On a problem of next tokens after a context; its seed draws the sequences.
    length : int
        Predictions in a sequence.
    n : int
        Sequences.

    Returns
    -------
    list of dict
        ``seed``, ``kind`` (one of `KINDS`), ``loss`` (nats a token), and ``norm``, which
        is Euclidean.
    """
    problem: Any = problems.make(run.problem, **run.problem_options)
    relaxation, rng = problem.relaxation(), np.random.default_rng(run.seed)
    theta, rows = relaxation.encode(run.x), []
    for sequence in draw_predictions(problem, length, n, rng):
        for kind, batch in zip(KINDS, (sequence, shuffled(sequence, rng)), strict=True):
            loss, gradient = relaxation.loss_and_gradient(theta, batch)
            row = {"seed": run.seed, "kind": kind, "loss": loss}
            rows.append({**row, "norm": float(np.linalg.norm(gradient))})
    return rows


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
    windows = np.lib.stride_tricks.sliding_window_view
    learned = corpus.split(problem.held_out, problem.instance).mask(TRAIN)
    starts = rng.choice(np.flatnonzero(windows(learned, k + length).all(axis=1)), n)
    radix = size ** np.arange(k - 1, -1, -1)
    codes = problem.counts.contexts[: problem.rows] @ radix
    drawn = []
    for start in starts:
        text = corpus.tokens[start : start + k + length]
        contexts = np.searchsorted(codes, windows(text[:-1], k) @ radix)
        rows, at = np.unique(contexts, return_inverse=True)
        weights = np.zeros((len(rows), size), dtype=np.int64)
        np.add.at(weights, (at, text[k:]), 1)
        drawn.append(Minibatch(rows, weights, len(rows) / problem.rows, length))
    return drawn
