"""Sequences of a text and their gradients."""

from __future__ import annotations

import numpy as np
import pytest

import problems
from methods import minimize
from problems.next_token.split import HELD_OUT
from studies.measurements.sequences import KINDS, draw_predictions, sequence_gradients

MODEL = {"corpus": "markov:length=5000", "loss": "cross-entropy", "context": 1, "hidden": 4}


def test_drawn_predictions_are_consecutive_ones_of_the_training_text():
    problem = problems.make("next-token-mlp", **{**MODEL, "context": 2})
    tokens, hidden = problem.corpus.tokens, problem.corpus.split(0.1).mask(HELD_OUT)
    windows = {
        tuple(sorted((*tokens[i : i + 2], tokens[i + 2]) for i in range(start, start + 5)))
        for start in range(len(tokens) - 7)
        if not hidden[start : start + 7].any()
    }
    for batch in draw_predictions(problem, 5, 50, np.random.default_rng(0)):
        contexts = problem.counts.contexts[batch.rows]
        seen = [
            (*contexts[row], token)
            for row, token in np.argwhere(batch.weights)
            for _ in range(batch.weights[row, token])
        ]
        assert batch.tokens == len(seen) == 5
        assert tuple(sorted(seen)) in windows


def test_the_gradient_of_a_sequence_is_that_of_its_predictions():
    problem = problems.make("next-token-mlp", **MODEL)
    run = minimize(problem, "adam", budget=30, learning_rate=0.03)
    rows = sequence_gradients(run, 400, 3)
    assert [row["kind"] for row in rows] == [*KINDS] * 3
    for text, other in zip(rows[::2], rows[1::2], strict=True):
        assert text["loss"] < other["loss"]
        assert text["norm"] < other["norm"]
    assert rows[0]["loss"] == pytest.approx(run.surrogate, abs=0.2)
