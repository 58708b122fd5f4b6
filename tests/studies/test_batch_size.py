"""The study `batch-size` judged by hand-made numbers."""

from __future__ import annotations

import pytest

from studies.batch_size import IN_STEPS, IN_TOKENS, BatchSize

BATCHES = (4, 16, 64, 256, 1024, 16_384)
RISING = [0.01 * (batch / 4) ** 0.75 for batch in BATCHES[:-1]]


def tables(rates, in_tokens=(2.0, 2.5), in_steps=(2.6, 2.1), spread=0.05):
    """Make tables in which every loss and rate varies by a share of it over seeds."""
    found = {"loss": [], "rate": []}
    for fixed, (first, last) in {IN_TOKENS: in_tokens, IN_STEPS: in_steps}.items():
        for batch, rate in zip(BATCHES, rates, strict=True):
            middle = {"loss": first if batch == BATCHES[0] else last, "rate": rate}
            for name, value in middle.items():
                ends = {"low": value * (1 - spread), "high": value * (1 + spread), "n": 5}
                found[name].append({"fixed": fixed, "batch": batch, name: value, **ends})
    return found


def test_it_is_met_where_all_four_parts_hold():
    verdict = BatchSize().judge(tables([*RISING, 0.3]))
    assert verdict.met
    assert verdict.numbers["slope"] == pytest.approx(0.75)
    assert verdict.numbers["least at the peak"] == pytest.approx(RISING[-1] * 0.95)
    assert "4 end at 2.00 nats in fixed tokens and 2.60 in fixed steps" in verdict.sentence
    assert "with 4 steps 0.30 is lower beyond the spread of 5 seeds" in verdict.sentence


@pytest.mark.parametrize(
    "changed",
    [
        {"rates": [*RISING, 10.0]},  # does not fall back
        {"rates": [*RISING, 0.62]},  # not in all seeds
        {"rates": [0.01, 0.011, 0.012, 0.013, 0.014, 0.001]},  # hardly rises
        {"in_tokens": (2.5, 2.0)},
        {"in_steps": (2.1, 2.6)},
        {"in_tokens": (2.4, 2.5)},  # one seed of the one beats one of the other
    ],
)
def test_it_is_not_met_where_one_does_not(changed):
    verdict = BatchSize().judge(tables(**{"rates": [*RISING, 0.3], **changed}))
    assert not verdict.met
    fell = changed.get("rates", [0.3])[-1] in (0.3, 0.001)
    assert ("not lower beyond the spread" in verdict.sentence) is not fell
