"""Rows chosen and summarised."""

from __future__ import annotations

import math

from studies import framework as fw
from tests.studies.framework.small import ROWS


def test_rows_are_chosen_and_summarised():
    assert fw.where(ROWS, way="b") == [ROWS[3]]
    assert fw.median(ROWS, "x", way="a") == 3.0  # what never came counts as infinite
    assert fw.median(ROWS[2:3], "x") == math.inf
    assert fw.summary(ROWS, "x", ["way"]) == [
        {"way": "a", "x": 2.0, "low": 1.0, "high": 3.0, "n": 2},
        {"way": "b", "x": 5.0, "low": 5.0, "high": 5.0, "n": 1},
    ]
    assert fw.wide(ROWS, "x", ["seed"], "way", ("a", "b")) == [
        {"seed": 0, "a": 1.0, "b": 5.0},
        {"seed": 1, "a": 3.0, "b": None},
        {"seed": 2, "a": math.inf, "b": None},
    ]
    assert fw.medians(ROWS, "x", ["way"]) == [{"way": "a", "x": 3.0}, {"way": "b", "x": 5.0}]
    quarters = fw.summary(ROWS, "x", ["way"], ends=(0.25, 0.75))
    assert (quarters[0]["low"], quarters[0]["high"]) == (1.5, 2.5)
