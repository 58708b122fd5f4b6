"""Sensitivity to the learning rate, by hand."""

from __future__ import annotations

import numpy as np
import pytest

import problems
from methods.result import Run
from studies.measurements.sensitivity import final_losses, rate_sensitivities


def test_sensitivity_is_the_mean_loss_above_the_best_and_capped_by_the_first():
    losses = {"a": (1.0, 2.0, 9.0), "b": (1.5, 1.5, 1.5)}
    rows = [
        {"way": way, "rate": rate, "loss": loss, "initial": 3.0}
        for way, found in losses.items()
        for rate, loss in enumerate(found)
    ]
    assert rate_sensitivities(rows, ["way"]) == [
        {"way": "a", "best": 1.0, "sensitivity": 1.0},  # of 0, 1 and 3 - 1
        {"way": "b", "best": 1.5, "sensitivity": 0.0},
    ]


def test_the_loss_is_the_last_iterates_and_at_most_that_before_training():
    options = {"corpus": "markov:length=5000", "context": 1}
    runs = [
        Run("adam", "next-token-mlp", problem_options=options, seed=seed, surrogate=loss)
        for seed, loss in enumerate((2.5, 99.0, None))
    ]
    found = list(final_losses(runs))
    assert [run for run, _ in found] == runs
    rows = [row for _, row in found]
    assert [row["seed"] for row in rows] == [0, 1, 2]
    first = rows[0]["initial"]
    assert first == pytest.approx(np.log(27), abs=0.3)
    assert [row["loss"] for row in rows] == [2.5, first, first]
    source = problems.make("next-token-mlp", **options).corpus.source
    assert all(row["entropy"] == source.entropy_rate for row in rows)
