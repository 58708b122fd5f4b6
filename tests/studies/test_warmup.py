"""The study `warmup` judged by hand-made numbers, and the sensitivity to the learning rate."""

from __future__ import annotations

import numpy as np
import pytest

import problems
from methods.run import Run
from studies.instruments.sensitivity import final_losses, rate_sensitivities
from studies.warmup import NAMES, SIZES, Warmup


def tables(*sensitivities, best=0.6):
    rows = [
        {"width": width, "setting": name, "best": 0.6, "sensitivity": value}
        for width in SIZES
        for name, value in zip(NAMES, sensitivities, strict=True)
    ]
    rows[-1]["best"] = best
    return {"medians": rows, "runs": [{"seed": 0}, {"seed": 1}]}


@pytest.mark.parametrize(
    ("sensitivities", "best", "met"),
    [
        ((0.5, 0.4, 0.4, 0.3, 0.2), 0.64, True),
        ((0.5, 0.4, 0.4, 0.3, 0.2), 0.66, False),  # qk-norm comes to another loss
        ((0.5, 0.4, 0.4, 0.3, 0.3), 0.6, False),  # and is only 25 % less sensitive
        ((0.5, 0.4, 0.3, 0.31, 0.2), 0.6, False),  # the longest warmup is more sensitive
    ],
)
def test_it_is_met_where_qk_norm_helps_and_warmup_does_no_harm(sensitivities, best, met):
    verdict = Warmup().judge(tables(*sensitivities, best=best))
    assert verdict.met is met
    _, at, *_, qk = sensitivities
    added = max(np.diff(sensitivities[:-1]))
    assert list(verdict.numbers.values()) == pytest.approx([best - 0.6, 1 - qk / at, added, 2])
    assert f"differ by {best - 0.6:.3f} nats" in verdict.sentence


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
