"""From a results file to a report's content, on runs that can be followed by hand."""

from __future__ import annotations

import pytest

from comparison.analysis.curves import Evidence
from comparison.figures import quality
from comparison.figures.heat_map import absent_cells
from comparison.figures.places import places
from comparison.report.content import Listing
from comparison.report.gather import gather
from comparison.report.listings import MOST, cut
from comparison.report.packing import SharedColumns
from comparison.report.page import figure_data, render
from methods.result import Facts
from problems.core.reference import Reference
from tests.comparison.analysis.small import made, step, stored

BOUND = Reference(0.0, "bound", "a relaxation")
MANY = [
    *(made("adam", step(3, 1.0 + s / 10, gradients=1), seed=s, gradients=33) for s in range(8)),
    *(made("hill-climb", step(1, 4.0), step(50, 2.0 + s / 10), seed=s) for s in range(8)),
    made(
        "integer-programming",
        step(0, -0.5, kind="bound"),
        step(1, 1.0),
        bound=0.0,
        value=0.0,
        ended="optimal",
        spent=10,
    ),
    made(
        "hill-climb",
        step(1, 5.0),
        problem="knapsack",
        reference=BOUND,
        title="a sack",
        facts=Facts("local search", objective="minus the profit"),
    ),
    made("hill-climb", step(1, 6.0), problem="knapsack", reference=BOUND, instance=1),
    made("mine.py:search", step(1, 6.0), problem="their.py:Problem", reference=None),
]


@pytest.fixture
def content(tmp_path):
    return gather(Evidence(stored(tmp_path, *MANY)), 3.0)


def panel(content, name, *choice):
    """Return a figure's panel of a choice, None where it has none."""
    panels = next(panels for figure, panels in content.figures.items() if figure.name == name)
    return next((each for each in panels if tuple(each.choice.values()) == choice), None)


def note(content, name, *choice):
    """Return the note on the page of a figure's choice."""
    figure = next(figure for figure in content.figures if figure.name == name)
    states = figure_data(figure, content, SharedColumns())["panels"]
    for value in choice:
        states = states[value]
    return states["note"]


def test_an_instance_is_named_where_there_are_several(content):
    assert [place.name for place in content.places] == [
        *("knapsack, instance 0", "knapsack, instance 1", "sphere", "their.py:Problem"),
    ]


def test_a_reference_says_whether_it_is_an_optimum(content):
    first, _, sphere, theirs = content.places
    assert (first.row["kind"], first.row["proven"]) == ("proven bound", False)
    assert (sphere.row["kind"], sphere.row["proven"]) == ("closed form optimum", True)
    assert theirs.row is None
    assert [first.objective, theirs.objective] == ["minus the profit", "value"]
    assert first.title == "a sack"


def test_the_finding_keeps_who_is_given_the_model_apart(content):
    rows = {row[0]: row for row in content.findings.rows}
    assert rows["sphere"][1:3] == ["0.0000, closed form optimum", "adam"]
    assert rows["sphere"][-1] == "integer-programming: 0.0000 (optimal, 1 CPU s)"
    assert rows["their.py:Problem"][1] == "none"
    assert content.headline[0] == (
        "The optimum is known on 1 of 4 problem instances, and some method attains it on 1."
    )


def test_curves_of_an_instance_stand_by_axis(content):
    on_work = panel(content, "quality", "sphere", "work").main
    assert {row["contender"] for row in on_work} == {"adam", "hill-climb"}
    on_cpu = panel(content, "quality", "sphere", "cpu")
    assert {row["contender"] for row in on_cpu.main} == {
        *("adam", "hill-climb", "integer-programming")
    }
    assert on_work[-1]["median"] == pytest.approx(2.35)
    assert all(row["cost"] > 0 for row in on_work)
    assert on_cpu.parameters == {"reference": 0.0, "nearest": pytest.approx(1 / 3)}


def test_a_contender_without_a_curve_on_an_axis_is_named(content):
    assert panel(content, "quality", "sphere", "work").note == (
        "Not on the axis “work (evaluations)”: integer-programming."
    )
    assert panel(content, "quality", "sphere", "cpu").note == ""


def test_a_run_is_shown_at_its_cost_on_each_axis(content):
    def runs(axis):
        shown = panel(content, "quality", "sphere", axis).rows["runs"]
        return {row["contender"]: row for row in shown}

    assert runs("work")["adam"]["cost"] == 100
    assert runs("cpu")["adam"]["cost"] == 10
    assert "integer-programming" not in runs("work")
    assert runs("cpu")["integer-programming"]["key"] == "key016"


def test_bounds_are_there_where_something_was_proved(content):
    assert panel(content, "bounds", "knapsack, instance 0") is None
    steps = panel(content, "bounds", "sphere").main
    assert {row["what"] for row in steps} == {"bound", "incumbent"}
    assert min(row["seconds"] for row in steps) == 1e-3


def test_what_did_not_run_says_why(content):
    cells = {(cell["contender"], cell["problem"]): cell for cell in panel(content, "heat-map").main}
    assert cells["mine.py:search", "sphere"]["why"] == "not run"
    assert cells["mine.py:search", "sphere"]["quality"] is None
    assert cells["adam", "sphere"]["quality"] == pytest.approx(0.865)


def test_what_cannot_run_says_what_it_lacks(tmp_path):
    runs = [
        made("counting", step(1, 0.0), problem="next-token-table"),
        made("hill-climb", step(1, 1.0), facts=Facts("local search", views=("relaxation",))),
    ]
    (cell, other) = absent_cells(stored(tmp_path, *runs))
    assert (cell["contender"], cell["problem"]) == ("counting", "sphere")
    assert "nothing to count" in cell["why"]
    assert (other["contender"], other["why"]) == ("hill-climb", "not run")


def test_what_an_older_version_stored_says_no_more_than_it_knows(tmp_path):
    runs = [
        made("counting", step(1, 0.0), problem="next-token-table"),
        made("hill-climb", step(1, 1.0)),
    ]
    results = stored(tmp_path, *runs)
    assert [cell["why"] for cell in absent_cells(results)] == ["not run", "not run"]
    assert {place.objective for place in places(results)} == {"value"}
    assert [results.family(run) for run in results] == ["closed form", "local search"]


def test_tests_say_whom_the_best_is_told_apart_from(content):
    pairs, within = content.tests
    assert "could not be tested" in pairs.note
    rows = {row[0]: row[1:] for row in within.rows}
    assert rows["sphere"][0] == "integer-programming"


def test_where_nobody_can_be_ranked_it_says_why(content, tmp_path):
    assert not panel(content, "critical-difference").main
    fewer = "Fewer than two methods ran on every instance, so none can be ranked."
    assert note(content, "critical-difference") == fewer
    (tmp_path / "one").mkdir()
    alone = gather(Evidence(stored(tmp_path / "one", *MANY[:9])), 3.0)
    assert "this file has 1: add problems" in note(alone, "critical-difference")


def test_those_that_ran_everywhere_are_ranked(tmp_path):
    runs = [
        made(method, step(1, value + instance), instance=instance)
        for instance in range(6)
        for method, value in (("adam", 1.0), ("genetic", 2.0), ("hill-climb", 3.0))
    ]
    partly = made("cobyla", step(1, 9.0))
    content = gather(Evidence(stored(tmp_path, *runs, partly)), 3.0)
    ranks = panel(content, "critical-difference")
    assert [row["rank"] for row in ranks.main] == [1, 2, 3]
    assert "over 6 instances" in ranks.caption
    assert "Not ranked, as they did not run on every instance: cobyla." in ranks.caption


def test_a_small_page_says_what_it_leaves_out(tmp_path, monkeypatch):
    monkeypatch.setattr(quality, "CURVE_POINTS", 12)
    monkeypatch.setattr(quality, "DOTS", 10)
    monkeypatch.setattr("comparison.report.gather.TABLE_ROWS", 2)
    small = gather(Evidence(stored(tmp_path, *MANY)), 3.0)
    notes = " ".join(small.notes)
    assert f"at most {quality.LEAST_POINTS} points each" in notes
    assert "have more curves than this page can hold" in notes
    assert "of 20 runs are drawn" in notes
    assert "The table has the first 2 of 6 rows" in notes
    assert len(small.summary) == 2
    assert f"{len(MANY)} runs" in render(small)


def test_a_file_without_a_surrogate_has_no_regret_to_split(content):
    assert content.regret is None


def test_the_regret_is_split_where_a_surrogate_was_descended(tmp_path):
    runs = [
        made("adam", step(3, 2.0, kind="measured"), value=2.0, last=3.0, surrogate=0.1),
        made("hill-climb", step(1, 1.0)),
    ]
    split = gather(Evidence(stored(tmp_path, *runs)), 3.0).regret
    assert split.rows == [
        ["sphere", "adam", "+3.0000", "−1.0000", "+0.5000", "+2.5000"],
        ["sphere", "hill-climb", "+3.0000", "−2.0000", "+0.5000", "+1.5000"],
    ]
    assert split.numeric == [False, False, True, True, True, True]


def test_the_price_of_a_gradient_is_on_the_axis(tmp_path):
    priced = gather(Evidence(stored(tmp_path, *MANY), "dimension"), "dimension")
    assert priced.axes["work"] == "work (evaluations; a gradient is its dimension)"
    runs = panel(priced, "quality", "sphere", "work").rows["runs"]
    adam = next(run for run in runs if run["contender"] == "adam")
    assert adam["cost"] == 1 + 33 * 9


def test_a_long_listing_is_cut_and_says_so():
    listing = cut(("a",), [[str(i)] for i in range(MOST + 3)], "numbers.")
    assert len(listing.rows) == MOST
    assert listing.note == "numbers. 3 more rows are left out."
    assert Listing(("a",), []).numeric == []


def test_all_of_it_makes_a_page(content):
    page = render(content)
    assert "their.py:Problem" in page


def test_a_page_says_of_each_figure_why_it_is_not_there(tmp_path):
    content = gather(Evidence(stored(tmp_path, made("genetic", ended="error"))), 3.0)
    (cell,) = panel(content, "heat-map").main
    assert cell["why"] == "half of its runs or more found no value"
    assert note(content, "bounds", "sphere") == "No method proved a bound on this problem."
    for name in ("unit-flips", "data-profile"):
        assert note(content, name).startswith("No method that pays for evaluations")
    assert note(content, "quality", "sphere", "cpu") == (
        "Nothing can be drawn on the axis “CPU time (s)”."
    )
    page = render(content)
    assert 'data-chart="quality"' in page
    assert 'data-chart="bounds"' not in page


def test_a_file_of_unsupported_runs_still_has_an_axis(tmp_path):
    content = gather(Evidence(stored(tmp_path, made("counting", ended="unsupported"))), 3.0)
    assert list(content.axes) == ["work"]
    assert note(content, "quality", "sphere", "work").startswith("Nothing can be drawn on the axis")
    assert "“work" in note(content, "ecdf", "work")
    assert 'value="work" checked' in render(content)


def test_the_table_has_a_column_for_each_measure_and_a_script_for_none(tmp_path):
    script = "</script><script>x()"
    content = gather(
        Evidence(
            stored(
                tmp_path,
                made("adam", step(3, 1.0), measures={"drift": 0.25, script: 2.0}),
                made("adam", step(9, 1.0), seed=1, measures={"drift": 0.75, script: None}),
                made("adam", step(3, 1.0), problem="knapsack"),
            )
        ),
        3.0,
    )
    titles = {column.name: column.heading for column in content.columns}
    assert titles["measures.drift"] == "drift"
    sack, sphere = sorted(content.summary, key=lambda row: row["problem"])
    assert (sack["measures.drift"], sphere["measures.drift"]) == (None, 0.5)
    assert sphere[f"measures.{script}"] == 2.0
    assert any(note.startswith("drift, ") for note in content.notes)
    page = render(content)
    assert '"measures.drift"' in page
    assert script not in page
