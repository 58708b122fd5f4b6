"""The study `unlikely-sequences` judged by hand-made numbers, and training with a shock in it."""

from __future__ import annotations

import pytest

from studies.measurements.shocked_training import (
    CLIPPINGS,
)
from studies.unlikely_sequences import PLAIN, UnlikelySequences

MODEL = {"corpus": "markov:length=5000", "loss": "cross-entropy", "context": 1, "hidden": 4}


def tables(norms, free, clipped):
    losses = {"text": (1.0, 2.0), "shuffled text": (4.0, 5.0)}
    loss = [(kind, value) for kind, values in losses.items() for value in values]
    rows = zip(loss, norms, strict=True)
    sequences = [{"seed": 0, "kind": k, "loss": value, "norm": n} for (k, value), n in rows]
    damage = [
        {"descent": PLAIN, "clip": clip, "rate": rate, "damage": value}
        for clip, values in zip(CLIPPINGS, (free, clipped), strict=True)
        for rate, value in enumerate(values, start=1)
    ]
    return {"sequences": sequences, "damage (nats)": damage}


@pytest.mark.parametrize(
    ("norms", "free", "clipped", "met"),
    [
        ((1, 2, 3, 4), (0.1, 0.2, 0.4), (0.05, 0.05, 0.1), True),
        ((1, 2, 3, 4), (0.1, 0.4, 0.2), (0.05, 0.05, 0.1), False),  # not more at a higher rate
        ((1, 2, 3, 4), (0.1, 0.2, 0.4), (0.05, 0.11, 0.1), False),  # clipping does not halve it
        ((4, 3, 2, 1), (0.1, 0.2, 0.4), (0.05, 0.05, 0.1), False),  # the norm falls with the loss
    ],
)
def test_it_is_met_where_norm_and_damage_grow_and_clipping_halves(norms, free, clipped, met):
    verdict = UnlikelySequences().judge(tables(norms, free, clipped))
    assert verdict.met is met
    rank = 1 if norms[0] < norms[-1] else -1
    left = max(c / f for c, f in zip(clipped, free, strict=True))
    found = [rank, rank, free[-1], clipped[-1], left]
    assert list(verdict.numbers.values()) == pytest.approx(found)
    assert f"{rank:.2f} or more at 1 seeds" in verdict.sentence
