"""The findings as Markdown: tables that stand, of numbers that are the runs'."""

from __future__ import annotations

import pytest

from comparison.analysis.rows import rows
from comparison.terminal.markdown import as_markdown
from tests.comparison.analysis.small import made, step, stored

RUNS = [
    *(made("adam", step(3, 1.0 + i / 10, gradients=1), instance=i, gradients=33) for i in range(6)),
    *(made("genetic", step(1, 2.0 + i / 5), instance=i) for i in range(6)),
    *(made("hill-climb", step(1, 3.0 + i / 3), instance=i) for i in range(6)),
    made("integer-programming", step(1, 0.0), ended="optimal"),
]


def whole(results):
    return as_markdown(results, rows(results))


@pytest.fixture
def page(tmp_path):
    return whole(stored(tmp_path, *RUNS))


def section(page, title):
    return page.partition(f"## {title}\n\n")[2].partition("\n\n## ")[0]


def table(page, title):
    lines = section(page, title).splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    assert len({len(row) for row in (rows[0], *rows[2:])}) == 1
    return {row[0]: dict(zip(rows[0], row, strict=True)) for row in rows[2:]}


def test_who_ran_everywhere_comes_first_best_first(page):
    rows = table(page, "All problems together")
    assert list(rows) == ["adam", "genetic", "hill-climb", "integer-programming"]
    assert rows["integer-programming"]["instances"] == "1 of 6"
    assert rows["integer-programming"]["AOCC, work"] == "—"
    assert rows["integer-programming"]["solved"] == "1/1"
    assert rows["adam"]["quality (IQM)"] == "0.875"


def test_the_best_quality_of_a_problem_is_bold(page):
    rows = table(page, "Quality on each problem")
    assert rows["integer-programming"]["sphere"] == "**1.00**"
    assert rows["adam"]["sphere"] == "0.88"


def test_winners_are_told_by_instance_and_unit(page):
    rows = table(page, "Who wins, by unit")
    assert len(rows) == 6
    assert rows["sphere, 0"]["work, gradient 1"] == "adam (34)"
    assert rows["sphere, 0"]["CPU seconds"] == "adam (10)"
    assert rows["sphere, 0"]["the unit decides"] == "no"


def test_differences_are_told_with_their_p_or_why_there_is_none(page):
    told = section(page, "Differences beyond chance")
    assert "Average ranks over 6 instances: adam 1.00, genetic 2.00, hill-climb 3.00." in told
    assert "Not ranked, as they did not run on all: integer-programming." in told
    # Six instances give p = 0.031 at best, and Holm's correction asks for 0.05 / 3.
    assert "Of 6 pairs of methods, 0 differ" in told
    assert "6 pairs could not be tested: 6 pairs cannot give p < 0.017" in told


def test_a_difference_is_told_with_its_p(tmp_path):
    runs = [
        made(name, step(1, value + i / 10), instance=i)
        for name, value in (("adam", 1.0), ("genetic", 2.0))
        for i in range(6)
    ]
    told = section(whole(stored(tmp_path, *runs)), "Differences beyond chance")
    assert "- adam is better than genetic (n = 6, p = 0.031)" in told


def test_where_the_runs_come_from_is_told(page):
    rows = table(page, "Where these runs come from")
    assert rows["runs"]["value"] == "19"
    assert rows["budget"]["value"] == "100 work, 20 s"
    assert "versions" not in rows


def test_an_empty_file_has_a_page(tmp_path):
    page = whole(stored(tmp_path))
    assert "Of 0 pairs" in page
    assert "## All problems together\n\nNothing." in page


def test_names_cannot_break_the_table(tmp_path):
    page = whole(stored(tmp_path, made("mine.py:a|b", step(1, 1.0))))
    assert "mine.py:a\\|b" in page


def test_nothing_is_ranked_on_one_instance(tmp_path):
    runs = made("adam", step(1, 1.0)), made("genetic", step(1, 2.0))
    told = section(whole(stored(tmp_path, *runs)), "Differences beyond chance")
    assert "Average ranks" not in told
    assert "- 1 pair could not be tested" in told


def test_one_method_alone_has_no_pair(tmp_path):
    page = whole(stored(tmp_path, made("adam", step(1, 1.0))))
    assert page.endswith("after Holm's correction.")
