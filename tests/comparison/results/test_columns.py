"""The columns of runs: one a measure, in the place of all measures."""

from __future__ import annotations

from comparison.results.columns import MOST_MEASURES, RUN_COLUMNS, with_measures
from tests.comparison.examples import comparison, run


def names(runs):
    return [column.name for column in with_measures(RUN_COLUMNS.values(), runs)]


def test_runs_without_measures_have_all_other_columns():
    assert names([run()]) == [name for name in RUN_COLUMNS if name != "measures"]


def test_each_measure_is_a_column_after_the_held_out_score_in_the_order_of_its_problem():
    shown = names([run(measures={"norm": 1.0, "drift": None}), run(measures={"drift": 2.0})])
    at = shown.index("score")
    assert shown[at : at + 4] == ["score", "measures.norm", "measures.drift", "bound"]


def test_a_measure_is_called_as_no_column_is():
    made = run(value=1.0, measures={"value": 7.0, "problem": 8.0})
    results = comparison(made)
    columns = {column.name: column for column in results.columns()}
    row = results.row(made)
    assert len(columns) == len(RUN_COLUMNS) + 1
    assert (columns["value"].cell(row), columns["measures.value"].cell(row)) == (1.0, 7.0)
    assert columns["measures.value"].heading == "value"
    assert columns["problem"].cell(row) == "sphere"


def test_a_hostile_file_has_no_more_columns_than_a_page_can_hold():
    made = [run(measures={f"m{i}": 1.0}) for i in range(2 * MOST_MEASURES)]
    assert len(names(made)) == len(RUN_COLUMNS) - 1 + MOST_MEASURES
