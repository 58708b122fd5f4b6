"""The study `dimension` judged by hand-made numbers, and the theory that is drawn."""

from __future__ import annotations

import math

import pytest

from studies.dimension import ALL, FEW, Dimension


def tables(spsa=1.0, few=0.0, random_search=((2, 10), (4, 40), (8, 400), (12, 4000), (30, None))):
    fits = {
        "gradient-descent": (0.01, -0.02),
        "spsa": (spsa, few),
        "evolution-strategy": (0.95, 0.05),
        "l-bfgs-b": (1.0, 1.0),
    }
    exponents = [
        {"way": way, "bend": bend, "exponent": p, "from": p - 0.1, "to": p + 0.1}
        for way, pair in fits.items()
        for bend, p in zip((ALL, FEW), pair, strict=True)
    ]
    medians = [
        {"way": "random-search", "bend": ALL, "d": d, "work": work} for d, work in random_search
    ]
    return {"exponents": exponents, "medians": medians}


def test_it_is_met_where_the_exponents_are_theorys():
    verdict = Dimension().judge(tables())
    assert verdict.met
    last = math.log(10) / math.log(12 / 8)
    assert verdict.numbers["last"] == pytest.approx(last)
    assert verdict.numbers["farthest from theory"] == pytest.approx(0.05)
    assert f"rises from 2.0 to {last:.1f}" in verdict.sentence
    assert "l-bfgs-b 1.00, of few 1.00; random search" in verdict.sentence
    assert "beyond 12 parameters it does not arrive" in verdict.sentence


@pytest.mark.parametrize(
    "changed",
    [
        {"spsa": 0.7},
        {"few": 0.3},
        {"random_search": ((2, 10), (4, 20), (8, 40), (12, 60))},  # a power
        {"random_search": ((2, 10), (4, 40), (12, 4000), (30, 10_000_000))},  # it arrives
    ],
)
def test_it_is_not_met_where_one_is_not(changed):
    assert not Dimension().judge(tables(**changed)).met
