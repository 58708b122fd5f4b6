"""The study `differentiable` judged by hand-made numbers, and the lines that it goes along."""

from __future__ import annotations

import pytest

from studies.differentiable import Differentiable


def tables(error, cross_entropy):
    return {
        "unchanged": [
            {"loss": "zero-one", "share": 1.0},
            {"loss": "zero-one", "share": error},
            {"loss": "cross-entropy", "share": 0.0},
            {"loss": "cross-entropy", "share": cross_entropy},
        ]
    }


@pytest.mark.parametrize(
    ("error", "cross_entropy", "met"), [(0.95, 0.0, True), (0.9, 0.0, False), (0.95, 0.001, False)]
)
def test_it_is_met_where_only_the_error_stands_still(error, cross_entropy, met):
    verdict = Differentiable().judge(tables(error, cross_entropy))
    assert verdict.met is met
    assert ("none of them" in verdict.sentence) is (cross_entropy == 0)
    assert list(verdict.numbers.values()) == [error, cross_entropy]
