"""The study `epochs` judged by hand-made numbers."""

from __future__ import annotations

import pytest

from studies.epochs import FIXED, LEAST, Epochs

EPOCHS = (1, 2, 4, 8, 16, 64)


def tables(fixed, least=(2.0, 1.6, 1.7), high=1.45):
    curves = [
        {"drawn as": FIXED, "epochs": epochs, "loss": loss, "high": high}
        for epochs, loss in zip(EPOCHS, fixed, strict=True)
    ]
    curves += [
        {"drawn as": LEAST, "epochs": epochs, "loss": loss, "unique": 2048}
        for epochs, loss in zip((4, 64, 256), least, strict=True)
    ]
    return {"curves": curves, "R*": [{"R*": 20.0, "R*, from": 15.0, "R*, to": 30.0}]}


@pytest.mark.parametrize(
    ("fixed", "met"),
    [
        ((1.4, 1.41, 1.44, 1.46, 1.5, 1.6), True),
        ((1.4, 1.41, 1.46, 1.46, 1.5, 1.6), False),  # four epochs are worse
        ((1.4, 1.41, 1.44, 1.44, 1.44, 1.6), False),  # sixteen are not visibly so
    ],
)
def test_it_is_met_where_few_epochs_are_as_good_and_many_are_not(fixed, met):
    verdict = Epochs().judge(tables(fixed))
    assert verdict.met is met
    assert "R* = 20 (published 15.39)" in verdict.sentence


def test_the_upturn_is_told_where_there_is_one():
    fixed = (1.4, 1.41, 1.44, 1.46, 1.5, 1.6)
    assert "after 64 epochs on 2,048 tokens: to 1.70" in Epochs().judge(tables(fixed)).sentence
    without = Epochs().judge(tables(fixed, least=(2.0, 1.8, 1.7)))
    assert "after 256 epochs on 2,048 tokens: not yet" in without.sentence
