"""Curves and fixed views, on runs that can be followed by hand."""

from __future__ import annotations

import pytest

from comparison.analysis.any_time import any_time_rows
from comparison.analysis.curves import Evidence
from tests.comparison.analysis.small import made, step, stored

#: Values of 10, 8 and 6 at cost 1; 4, 2 and 0 from cost 50 on.
RUNS = [
    made("genetic", step(1, first), step(50, last), seed=i)
    for i, (first, last) in enumerate(((10.0, 4.0), (8.0, 2.0), (6.0, 0.0)))
]


def test_a_curve_has_quartiles_and_only_points_where_something_changes(tmp_path):
    rows = list(any_time_rows(Evidence(stored(tmp_path, *RUNS)), "work"))
    shown = [(row.low, row.median, row.high) for row in rows]
    assert shown == [(7.0, 8.0, 9.0), (1.0, 2.0, 3.0), (1.0, 2.0, 3.0)]
    assert [row.cost for row in rows] == pytest.approx([1.0, 10 ** (26 / 15), 100], rel=0.2)
    assert {row.contender for row in rows} == {"genetic"}


def test_a_curve_begins_when_half_the_seeds_have_a_value(tmp_path):
    late = [RUNS[0], made("genetic", step(50, 3.0), seed=1)]
    rows = list(any_time_rows(Evidence(stored(tmp_path, *late)), "work"))
    assert min(row.cost for row in rows) >= 50
    assert rows[0].median == 3.5
    nothing = made("hill-climb", ended="error")
    rows = list(any_time_rows(Evidence(stored(tmp_path, nothing)), "work"))
    assert [row for row in rows if row.contender == "hill-climb"] == []
