"""Curves and fixed views, on runs that can be followed by hand."""

from __future__ import annotations

import pytest

from comparison.analysis.any_time import any_time_rows, fixed_budget_rows, fixed_target_rows
from comparison.analysis.curves import Evidence
from tests.comparison.analysis.small import made, step, stored

#: Values of 10, 8 and 6 at cost 1; 4, 2 and 0 from cost 50 on.
RUNS = [
    made("genetic", step(1, first), step(50, last), seed=i)
    for i, (first, last) in enumerate(((10.0, 4.0), (8.0, 2.0), (6.0, 0.0)))
]


def test_a_curve_has_quartiles_and_only_points_where_something_changes(tmp_path):
    rows = list(any_time_rows(Evidence(stored(tmp_path, *RUNS)), "work"))
    shown = [(row["low"], row["median"], row["high"]) for row in rows]
    assert shown == [(7.0, 8.0, 9.0), (1.0, 2.0, 3.0), (1.0, 2.0, 3.0)]
    assert [row["cost"] for row in rows] == pytest.approx([1.0, 10 ** (26 / 15), 100], rel=0.2)
    assert {row["contender"] for row in rows} == {"genetic"}


def test_a_curve_begins_when_half_the_seeds_have_a_value(tmp_path):
    late = [RUNS[0], made("genetic", step(50, 3.0), seed=1)]
    rows = list(any_time_rows(Evidence(stored(tmp_path, *late)), "work"))
    assert min(row["cost"] for row in rows) >= 50
    assert rows[0]["median"] == 3.5
    nothing = made("hill-climb", ended="error")
    rows = list(any_time_rows(Evidence(stored(tmp_path, nothing)), "work"))
    assert [row for row in rows if row["contender"] == "hill-climb"] == []


def test_budgets_are_shares_of_what_all_were_given(tmp_path):
    evidence = Evidence(stored(tmp_path, *RUNS, made("hill-climb", step(2, 5.0), spent=60)))
    rows = {(row["contender"], row["share"]): row for row in fixed_budget_rows(evidence, "work")}
    assert rows["genetic", 1.0]["budget"] == 60
    assert rows["genetic", 1.0]["value"] == 2.0
    assert rows["genetic", 1.0]["quality"] == pytest.approx(0.8)
    assert rows["genetic", 0.1]["value"] == 8.0
    assert rows["genetic", 0.01]["value"] is rows["genetic", 0.01]["quality"] is None
    assert rows["hill-climb", 0.1]["value"] == 5.0


def test_targets_have_the_expected_running_time_with_each_runs_own_spending(tmp_path):
    """Regret 0.1 is the value 1, which the last run alone reaches, at 50; the others spent 100."""
    evidence = Evidence(stored(tmp_path, *RUNS))
    rows = {row["regret"]: row for row in fixed_target_rows(evidence, "work")}
    assert rows[0.1]["value"] == pytest.approx(1.0)
    assert rows[0.1]["cost"] == 50 + 100 + 100
    assert (rows[0.1]["reached"], rows[0.1]["runs"]) == (1, 3)


def test_a_target_that_none_reached_has_no_cost(tmp_path):
    evidence = Evidence(stored(tmp_path, *RUNS[:2]))
    assert {row["cost"] for row in fixed_target_rows(evidence, "work")} == {None}
    assert list(fixed_target_rows(Evidence(stored(tmp_path)), "work")) != []


def test_without_a_scale_there_are_values_but_no_targets(tmp_path):
    run = made("genetic", step(1, 3.0), random_value=0.0, reference=None)
    evidence = Evidence(stored(tmp_path, run))
    assert list(fixed_target_rows(evidence, "work")) == []
    last = list(fixed_budget_rows(evidence, "work"))[-1]
    assert (last["value"], last["quality"]) == (3.0, None)


def test_a_share_is_read_off_where_it_is_and_not_at_a_point_of_the_grid(tmp_path):
    """A tenth of 99.9 is just below the grid's 10, whose neighbour is 8.6."""
    runs = made("genetic", step(1, 9.0), step(9, 3.0)), made("adam", step(9, 4.0), spent=99.9)
    rows = fixed_budget_rows(Evidence(stored(tmp_path, *runs)), "work")
    values = {row["contender"]: row["value"] for row in rows if row["share"] == 0.1}
    assert values == {"genetic": 3.0, "adam": 4.0}
