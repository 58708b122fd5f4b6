"""The formats: what a person, a spreadsheet and a program read of the same rows."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from rich.console import Console

from comparison.analysis.columns import columns
from comparison.analysis.footnotes import footnotes
from comparison.analysis.rows import rows
from comparison.terminal.formats import as_csv, as_json
from comparison.terminal.markdown import tables
from comparison.terminal.table import print_table
from problems.core.ledger import Ledger
from problems.core.reference import Reference
from tests.comparison.examples import (
    BOUND,
    KEYS,
    OPTIMUM,
    certificate,
    comparison,
    run,
    unsupported,
)


def mixed():
    """Two problems, one of them with everything a table can show."""
    return comparison(
        run("adam", 0.5, last=0.75, reference=BOUND),
        run("adam", 0.625, last=0.75, seed=1, reference=BOUND),
        run("genetic", 0.6, reference=BOUND),
        run("mine.py:a|b", 0.7, reference=BOUND, bound=0.25),
        run("hill-climb", None, ended="error", message="it broke", reference=BOUND),
        unsupported("counting"),
        run("genetic", 0.0, problem="knapsack", reference=OPTIMUM, score=0.0),
    )


def printed(made, width=200, target=None, notes=()):
    console = Console(file=io.StringIO(), width=width, highlight=False)
    print_table(console, made, rows(made, target), notes)
    return console.file.getvalue()


def markdown(made, target=None):
    return tables(made, rows(made, target), footnotes(rows(made, target)))


def markdown_cells(made, target=None):
    """Return every table line of the markdown as a list of cells."""
    lines = [line for line in markdown(made, target).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def cells_of(made, target=None):
    """Return the only row of the markdown table as a dict."""
    header, _, row = markdown_cells(made, target)
    return dict(zip(header, row, strict=True))


# ---------------------------------------------------------------- json and csv


def test_json_has_exactly_the_keys_of_the_issue_in_its_order():
    objects = json.loads(as_json(rows(mixed())))
    assert len(objects) == 6
    assert [list(each) for each in objects] == [KEYS] * 6


def test_json_holds_the_numbers_unrounded_and_null_for_what_does_not_exist():
    first, *_ = json.loads(as_json(rows(comparison(run(value=1 / 3)))))
    assert first["value"] == 1 / 3
    assert first["last"] is first["reference"] is first["gap"] is first["solved"] is None


def test_json_of_no_rows_is_an_empty_list():
    assert json.loads(as_json([])) == []


def test_csv_has_the_same_rows_as_json():
    found = rows(mixed())
    read = list(csv.DictReader(io.StringIO(as_csv(found))))
    objects = json.loads(as_json(found))
    assert list(read[0]) == KEYS
    assert read == [
        {key: "" if value is None else str(value) for key, value in each.items()}
        for each in objects
    ]


def test_csv_of_no_rows_is_its_header():
    assert as_csv([]) == ",".join(KEYS)


# -------------------------------------------------------------------- markdown


def test_markdown_has_a_table_for_each_problem_whose_lines_have_equally_many_cells():
    text = markdown(mixed())
    assert re.findall(r"^### (.*)$", text, re.M) == ["sphere", "knapsack"]
    tables = re.findall(r"(?:^\|.*\n)+", text, re.M)
    assert len(tables) == 2
    for table in tables:
        lines = table.splitlines()
        widths = {len(re.split(r"(?<!\\)\|", line)) for line in lines}
        assert len(widths) == 1
        assert re.fullmatch(r"\|(---:?\|)+", lines[1])


def test_markdown_escapes_the_pipes_in_names():
    assert r"| mine.py:a\|b | user |" in markdown(mixed())


def test_markdown_is_preceded_by_a_blank_line_as_renderers_demand():
    lines = markdown(mixed()).splitlines()
    assert all(not lines[i - 1].strip() for i, line in enumerate(lines) if "| method |" in line)


def test_markdown_lists_unsupported_methods_and_footnotes():
    text = markdown(mixed())
    assert "- unsupported: counting: there is nothing to count" in text
    assert "- work: 1 is one evaluation on all the data" in text


# ----------------------------------------------------------------------- cells


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.123456, "0.1235"),
        (0.0, "0.0000"),
        (-0.5, "-0.5000"),
        (12.34567, "12.346"),
        (1234.56, "1,234.6"),
        (-12000.0, "-12,000"),
        (3.2e-29, "3.2e-29"),
        (None, "—"),
    ],
)
def test_numbers_are_as_long_as_their_size_deserves(value, shown):
    assert cells_of(comparison(run(value=value)))["value"] == shown


@pytest.mark.parametrize(
    ("runs", "column", "shown"),
    [
        ([run(value=1.0), run(value=2.0, seed=1)], "95 % interval", "1.0000 … 2.0000"),
        ([run(last=2.0)], "last", "2.0000"),
        ([run()], "held-out", "2.0000"),
        ([run(reference=BOUND)], "gap", "≤ 0.5000"),
        ([run(reference=Reference(0.5, "best published", "x"))], "gap", "0.5000"),
        ([run(value=1e-10, reference=OPTIMUM)], "gap", "0"),
        ([run(bound=0.25)], "bound", "0.2500"),
        ([run(ledger=Ledger(work=12345.6))], "work", "12,346"),
        ([run(ledger=Ledger(values=7))], "values", "7"),
        ([run(ledger=Ledger(gradients=3))], "gradients", "3"),
        ([run(cpu=0.0126)], "cpu s", "0.013"),
        ([run(reference=OPTIMUM), run(value=0.0, seed=1, reference=OPTIMUM)], "solved", "1/2"),
        ([run(ended="timeout")], "ended", "timeout"),
        ([certificate()], "family", "integer programming"),
    ],
)
def test_each_column_shows(runs, column, shown):
    assert cells_of(comparison(*runs))[column] == shown


@pytest.mark.parametrize(
    ("made", "column"),
    [
        (run(), "95 % interval"),
        (run(last=1.0), "last"),
        (run(score=1.0), "held-out"),
        (run(), "gap"),
        (run(), "bound"),
        (run(), "solved"),
        (certificate(), "work"),
    ],
)
def test_a_column_that_says_nothing_is_left_out(made, column):
    assert column not in cells_of(comparison(made))


def test_a_score_that_differs_by_rounding_only_is_not_shown_as_held_out():
    """`values` and `value` of the same point may differ in the last place."""
    assert "held-out" not in cells_of(comparison(run(value=0.3, score=0.1 + 0.2)))


# --------------------------------------------------------------------- headings


def test_the_heading_says_what_is_minimised_on_which_instance():
    made = comparison(run(instance=3), title="a tiny text", objective="nats")
    assert "a tiny text, instance 3; minimised: nats" in printed(made)


@pytest.mark.parametrize(
    ("reference", "line"),
    [
        (None, "reference: none"),
        (OPTIMUM, "reference: 0.0000, closed form optimum (an argument)"),
        (Reference(-3.0, "dynamic programme", "x"), "-3.0000, dynamic programme optimum (x)"),
        (BOUND, "reference: 0.5000, proven bound (a relaxation)"),
        (Reference(0.5, "best published", "a paper"), "best published value (a paper)"),
    ],
)
def test_the_heading_gives_the_reference_with_its_provenance(reference, line):
    assert line in printed(comparison(run(reference=reference)))


def test_the_heading_names_the_run_that_certified():
    made = comparison(run(value=2.0), known=(certificate(1.0),))
    assert "1.0000, certified optimum (proved by integer-programming)" in printed(made)


def test_each_instance_is_headed_by_its_own_title_and_anchors():
    made = comparison(
        run(instance=0, title="first", anchors={"greedy": 1.0}),
        run(instance=1, title="second", anchors={"greedy": 2.0}),
        title="first",
        anchors={"greedy": 1.0},
    )
    first, second = printed(made).split("second, instance 1")
    assert "first, instance 0" in first
    assert "to compare: greedy 1.0000" in first
    assert "to compare: greedy 2.0000" in second


def test_an_anchor_is_shown_with_its_held_out_value():
    made = comparison(
        run(anchors={"pretrained": [0.28, 0.31]}), anchors={"pretrained": [0.28, 0.31]}
    )
    assert "to compare: pretrained 0.2800 (held-out 0.3100)" in printed(made)


def test_brackets_in_names_are_printed_and_not_taken_for_markup():
    made = comparison(run("[red].py:m", problem="[bold].py:P", title="[1, 2]"))
    text = printed(made)
    assert "[red].py:m" in text
    assert "[1, 2]" in text
    assert re.search(r"^\[bold\]\.py:P ─", text, re.M)


def test_a_problem_that_nothing_can_be_run_on_has_a_section_of_reasons():
    made = comparison(run(problem="knapsack"), unsupported("counting"))
    text = printed(made)
    assert "unsupported: counting: there is nothing to count" in text
    assert "unsupported: counting: there is nothing to count" in markdown(made)


# ----------------------------------------------------------------------- widths


@pytest.mark.parametrize("width", [80, 100, 120, 160, 200])
def test_nothing_is_cut_off_in_a_console_of(width):
    made = comparison(
        run("reinforce", -2289.0, ended="optimal", reference=OPTIMUM),
        run("reinforce", -2280.0, seed=1, reference=OPTIMUM),
        run("adam", -2184.5, last=-2136.0, reference=OPTIMUM),
    )
    text = printed(made, width)
    assert all(len(line) <= width for line in text.splitlines())
    assert "1 optimal, 1 budget" in text
    assert not re.search(r"\w…", text)


def test_a_narrow_console_drops_the_least_important_columns_and_says_so():
    wide, narrow = printed(mixed(), 200), printed(mixed(), 80)
    header = next(line for line in wide.splitlines() if line.startswith("method"))
    assert "family" in header
    assert "no room" not in wide
    header = next(line for line in narrow.splitlines() if line.startswith("method"))
    assert "family" not in header
    assert {"method", "value", "gap", "work", "ended"} <= set(header.split())
    # How the words are broken into lines is the console's business.
    said = " ".join(narrow.split())
    assert re.search(r"no room for family, .*: a wider terminal or --format csv has them", said)


def test_a_column_that_has_nothing_to_show_is_not_missed_in_a_narrow_console():
    said = " ".join(printed(comparison(run(), run("adam", 2.0)), 30).split())
    missed = said.partition("no room for")[2]
    assert "family" in missed
    assert "solved" not in missed


def test_the_table_shows_every_row_once_and_every_note():
    text = printed(mixed(), notes=["a note [with brackets]"])
    for method in ("adam", "mine.py:a|b", "hill-climb", "counting"):
        assert len(re.findall(rf"^(?:unsupported: )?{re.escape(method)}\b", text, re.M)) == 1
    assert "a note [with brackets]" in text


def test_columns_come_in_one_order():
    header, *_ = markdown_cells(mixed())
    assert header == [c.table_heading for c in columns("table") if c.table_heading in header]


# -------------------------------------------------------------------- footnotes

NOTES = {
    "last: the final iterate": [run(last=2.0)],
    "— under work": [certificate()],
    "— under held-out: infinite": [run(score=None)],
    "gap ≤": [run(reference=BOUND)],
    "solved: seeds that reached": [run(reference=OPTIMUM)],
}


@pytest.mark.parametrize("note", NOTES)
def test_a_footnote_is_given_where_it_is_used(note):
    assert note in "\n".join(footnotes(rows(comparison(*NOTES[note]))))


@pytest.mark.parametrize(
    ("note", "runs"),
    [
        *((note, [run(last=1.0)]) for note in NOTES),
        ("— under work", [run("integer-programming", None, ended="timeout")]),
        ("— under held-out: infinite", [run(value=None)]),
        ("— under held-out: infinite", [unsupported()]),
        ("gap ≤", [run(value=0.5, reference=BOUND)]),
        ("gap ≤", [run(value=None, reference=BOUND)]),
        ("solved: seeds", [run(reference=BOUND)]),
        ("runs at a time", [run()]),
    ],
)
def test_a_footnote_is_left_out_where_it_is_not_used(note, runs):
    assert note not in "\n".join(footnotes(rows(comparison(*runs))))


def test_an_infinite_held_out_value_is_explained_however_the_runs_ended():
    made = comparison(run(score=None, ended="optimal"), run(score=None, seed=1))
    assert "— under held-out: infinite" in "\n".join(footnotes(rows(made)))


def test_held_out_is_explained_only_where_it_is_shown():
    shown, not_shown = (footnotes(rows(comparison(run(score=s)))) for s in (2.0, 1.0))
    assert "held-out" in "\n".join(shown)
    assert "held-out" not in "\n".join(not_shown)


def test_times_taken_side_by_side_are_marked():
    assert "timed with up to 2 runs at a time" in "\n".join(footnotes(rows(mixed()), jobs=2))


def test_the_price_of_a_gradient_is_stated():
    assert "a gradient is 3." in "\n".join(footnotes(rows(mixed())))
    assert "a gradient is 1." in "\n".join(footnotes(rows(mixed()), gradient_price=1.0))
