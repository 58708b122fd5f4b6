"""The study `loss-surface` judged by hand-made numbers; paths, planes and theory."""

from __future__ import annotations

import pytest

from studies.loss_surface import LossSurface


def tables(heavy):
    powers = {"gradient-descent": 1.0, "momentum": heavy, "nesterov": 0.5}
    return {
        "medians": [
            {"method": method, "condition": kappa, "steps": 10 * kappa**power}
            for method, power in powers.items()
            for kappa in (10, 100, 1000)
        ],
        "steps": [{"instance": 0}, {"instance": 1}],
    }


def test_it_is_met_where_momentum_needs_a_third_of_the_steps():
    verdict = LossSurface().judge(tables(heavy=0.5))
    assert verdict.met
    assert "medians of 2 instances" in verdict.sentence
    assert verdict.numbers["ratio of steps"] == pytest.approx(0.1)
    assert verdict.numbers["exponent, momentum"] == pytest.approx(0.5)


def test_it_is_not_met_where_momentum_buys_little():
    assert not LossSurface().judge(tables(heavy=0.9)).met
