"""The study `batch-size` judged by hand-made numbers."""

from __future__ import annotations

import pytest

from studies.batch_size import IN_STEPS, IN_TOKENS, BatchSize

BATCHES = (4, 16, 64, 256, 1024, 16_384)


def tables(rates, in_tokens=(2.0, 2.5), in_steps=(2.6, 2.1)):
    medians = []
    for fixed, (first, last) in {IN_TOKENS: in_tokens, IN_STEPS: in_steps}.items():
        for batch, rate in zip(BATCHES, rates, strict=True):
            loss = first if batch == BATCHES[0] else last
            medians.append({"fixed": fixed, "batch": batch, "rate": rate, "loss": loss})
    best = [
        {"fixed": IN_TOKENS, "batch": BATCHES[-1], "seed": seed, "rate": rates[-1]}
        for seed in range(3)
    ]
    return {"medians": medians, "best": best}


RISING = [0.01 * (batch / 4) ** 0.75 for batch in BATCHES[:-1]]


def test_it_is_met_where_all_four_parts_hold():
    verdict = BatchSize().judge(tables([*RISING, 0.1]))
    assert verdict.met
    assert verdict.numbers["slope"] == pytest.approx(0.75)
    assert "lower than at best in 3 of 3 seeds" in verdict.sentence


@pytest.mark.parametrize(
    "changed",
    [
        {"rates": [*RISING, 10.0]},  # does not fall back
        {"rates": [0.01, 0.011, 0.012, 0.013, 0.014, 0.001]},  # hardly rises
        {"in_tokens": (2.5, 2.0)},
        {"in_steps": (2.1, 2.6)},
    ],
)
def test_it_is_not_met_where_one_does_not(changed):
    assert not BatchSize().judge(tables(**{"rates": [*RISING, 0.1], **changed})).met
