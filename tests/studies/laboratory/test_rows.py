"""Rows chosen and summarised."""

from __future__ import annotations

import math

from studies import laboratory as lab
from tests.studies.laboratory.small import ROWS


def test_rows_are_chosen_and_summarised():
    assert lab.where(ROWS, way="b") == [ROWS[3]]
    assert lab.median(ROWS, "x", way="a") == 3.0  # what never came counts as infinite
    assert lab.median(ROWS[2:3], "x") == math.inf
    assert lab.summary(ROWS, "x", ["way"]) == [
        {"way": "a", "x": 2.0, "low": 1.0, "high": 3.0, "n": 2},
        {"way": "b", "x": 5.0, "low": 5.0, "high": 5.0, "n": 1},
    ]
    assert lab.wide(ROWS, "x", ["seed"], "way", ("a", "b")) == [
        {"seed": 0, "a": 1.0, "b": 5.0},
        {"seed": 1, "a": 3.0, "b": None},
        {"seed": 2, "a": math.inf, "b": None},
    ]
    assert lab.medians(ROWS, "x", ["way"]) == [{"way": "a", "x": 3.0}, {"way": "b", "x": 5.0}]
    quarters = lab.summary(ROWS, "x", ["way"], ends=(0.25, 0.75))
    assert (quarters[0]["low"], quarters[0]["high"]) == (1.5, 2.5)
