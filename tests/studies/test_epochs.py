"""The study `epochs` judged by hand-made numbers."""

from __future__ import annotations

import pytest

from studies.epochs import FIXED, LEAST, Epochs

EPOCHS = (1, 2, 4, 8, 16, 64)


def tables(fixed, least=(2.0, 1.6, 1.7), high=1.45):
    def row(line, epochs, loss, high=None):
        found = {"line": line, "epochs": epochs, "loss": loss, "n": 5, "unique": 2000}
        return {**found, "low": loss - 0.02, "high": high or loss + 0.02}

    curves = [row(FIXED, *point, high) for point in zip(EPOCHS, fixed, strict=True)]
    curves += [row(LEAST, *point) for point in zip((4, 64, 256), least, strict=True)]
    return {"curves": curves, "R*": [{"R*": 20.0, "R*, from": 15.0, "R*, to": 30.0}]}


GOOD = (1.4, 1.41, 1.44, 1.46, 1.5, 1.6)


@pytest.mark.parametrize(
    ("fixed", "met"),
    [
        (GOOD, True),
        ((1.4, 1.41, 1.46, 1.46, 1.5, 1.6), False),  # four epochs are worse
        ((1.4, 1.41, 1.44, 1.44, 1.44, 1.6), False),  # sixteen are not
        ((1.4, 1.41, 1.44, 1.44, 1.46, 1.6), False),  # sixteen are not in all instances
    ],
)
def test_it_is_met_where_few_epochs_are_as_good_and_many_are_not(fixed, met):
    verdict = Epochs().judge(tables(fixed))
    assert verdict.met is met
    assert "R* = 20 (published 15.39)" in verdict.sentence
    assert verdict.numbers["to 4"] == fixed[2]
    assert verdict.numbers["from 16"] == pytest.approx(fixed[4] - 0.02)


def test_the_upturn_is_told_where_it_is_beyond_the_spread():
    def told(least):
        return Epochs().judge(tables(GOOD, least)).sentence

    rises = "rises again: 1.60 after 64 epochs, 1.70 after 256."
    assert rises in told((2.0, 1.6, 1.7))
    assert "does not rise yet: 1.60 after 64 epochs, 1.63" in told((2.0, 1.6, 1.63))
    assert "does not rise yet: 1.70 after 256 epochs" in told((2.0, 1.8, 1.7))
