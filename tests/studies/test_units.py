"""The study `units` judged by hand-made winners."""

from __future__ import annotations

import pytest

from comparison.evidence.curves import UNITS
from studies.units import Units

ONE, THREE, DIMENSION, SECONDS, _ = UNITS


def tables(*flips, problems=6):
    """Problems 0, 1, … in all; each flip is of a problem and between two units."""
    return {
        "winners": [
            {"problem": p, "flips": any(p == flip[0] for flip in flips)} for p in range(problems)
        ],
        "flips": [{"problem": p, "unit": unit, "other unit": other} for p, unit, other in flips],
    }


@pytest.mark.parametrize(
    ("flips", "met"),
    [
        (((0, ONE, DIMENSION), (1, THREE, SECONDS)), True),
        (((0, ONE, DIMENSION), (0, THREE, SECONDS)), False),  # on one of six
        (((0, ONE, SECONDS), (1, THREE, SECONDS)), False),  # none by the price alone
    ],
)
def test_it_is_met_where_units_decide_and_a_price_alone_does(flips, met):
    verdict = Units().judge(tables(*flips))
    assert verdict.met is met
    assert verdict.numbers["flips"] == len(flips)


def test_every_flip_of_a_small_comparison_is_listed(call):
    from comparison import load

    code, _, _ = call("study", "units", "--quick", "--to", "here")
    assert code == 0
    study = Units(quick=True)
    found = study.measure(load("here/units-quick.sqlite"))
    assert {row["problem"] for row in found["winners"]} == {"next-token-rank", "rosenbrock"}
    for flip in found["flips"]:
        assert flip["best"] != flip["then best"]
        winners = next(row for row in found["winners"] if row["problem"] == flip["problem"])
        assert winners[flip["unit"]] == flip["best"]
        assert winners[flip["other unit"]] == flip["then best"]
