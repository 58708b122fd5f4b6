"""What a problem measures beside the value, in every table of it and in no other."""

from __future__ import annotations

import csv
import io
import json

import pytest
from rich.console import Console

from comparison.analysis.footnotes import footnotes
from comparison.analysis.rows import rows
from comparison.terminal.formats import as_csv, as_json
from comparison.terminal.latex import as_latex
from comparison.terminal.markdown import tables
from comparison.terminal.show import find, shown
from comparison.terminal.table import print_table
from tests.comparison.analysis.small import made, step, stored
from tests.comparison.examples import comparison, run, unsupported


def measured():
    """Return runs on two problems, of which one has measures."""
    return comparison(
        run("adam", 1.0, measures={"drift": 0.25, "KL": 3.0}),
        run("adam", 1.0, seed=1, measures={"drift": 0.75, "KL": None}),
        run("genetic", 2.0, measures={"drift": 0.125, "KL": None}),
        unsupported(),
        run("adam", 3.0, problem="knapsack"),
    )


def printed(results, width=200, encoding="utf-8"):
    file = io.TextIOWrapper(io.BytesIO(), encoding, write_through=True)
    print_table(Console(file=file, width=width, highlight=False), results, rows(results), [])
    return file.buffer.getvalue().decode(encoding)


def headings(text):
    return [line.split() for line in text.splitlines() if line.startswith("method")]


def test_the_table_of_a_problem_with_measures_has_a_column_each_after_held_out():
    first, second = headings(printed(measured()))
    at = first.index("held-out")
    assert first[at : at + 3] == ["held-out", "drift", "kl"]
    assert not {"drift", "kl"} & set(second)


@pytest.mark.parametrize(
    "as_text",
    [tables, as_latex],
    ids=["markdown", "latex"],
)
def test_tables_for_papers_have_them_too(as_text):
    text = as_text(measured(), rows(measured()))
    first, second = [line for line in text.splitlines() if "method" in line]
    assert "drift" in first
    assert "drift" not in second


def test_data_have_the_median_over_the_seeds_that_have_the_measure():
    data = json.loads(as_json(rows(measured())))
    found = [(each["measures.drift"], each["measures.KL"]) for each in data]
    assert found == [(0.5, 3.0), (0.125, None), (None, None), (None, None)]
    texts = csv.DictReader(io.StringIO(as_csv(rows(measured()))))
    assert [(line["measures.drift"], line["measures.KL"]) for line in texts] == [
        *(("0.5", "3.0"), ("0.125", ""), ("", ""), ("", ""))
    ]


def test_a_measure_that_no_run_of_a_row_has_is_a_dash():
    line = next(line for line in printed(measured()).splitlines() if line.startswith("genetic"))
    assert line.split()[4:6] == ["0.1250", "—"]


def test_a_measure_that_is_nowhere_a_number_has_no_column_in_a_table():
    (heading,) = headings(printed(comparison(run(measures={"drift": None, "norm": 1.0}))))
    assert "norm" in heading
    assert "drift" not in heading


def test_a_footnote_names_the_measures_that_are_shown():
    notes = "\n".join(footnotes(rows(measured())))
    assert "drift, kl: what the problem measures of the same solution" in notes
    assert "what the problem measures" not in "\n".join(footnotes(rows(comparison(run()))))


def test_a_narrow_terminal_drops_its_last_measures_after_other_columns():
    wide = comparison(run(measures={f"measure {i}": 1.0 for i in range(9)}))
    text = printed(wide, 100)
    (heading,) = headings(text)
    assert all(len(line) <= 100 for line in text.splitlines())
    assert {"measure", "0", "1", "2", "held-out", "ended"} <= set(heading)
    assert not {"8", "family", "values"} & set(heading)
    assert "measure 8" in " ".join(text.split()).partition("no room for")[2]


def test_a_name_is_no_markup_and_an_output_that_lacks_its_letters_stays_aligned():
    made = comparison(run(measures={"[red]größe": 1.0, "∞-norm": 2.0}))
    assert "[red]größe  ∞-norm" in printed(made)
    text = printed(made, encoding="ascii").splitlines()
    heading, row = (next(t for t in text if t.startswith(w)) for w in ("method", "genetic"))
    assert "[red]gr??e|inf-norm|" in heading.replace(" ", "")
    places = [[i for i, sign in enumerate(line) if sign == "|"] for line in (heading, row)]
    assert places[0] == places[1]
    (line,) = (line for line in tables(made, rows(made)).splitlines() if "method" in line)
    assert r"\[red\]größe" in line


def test_show_prints_the_measures_of_a_run(tmp_path):
    results = stored(tmp_path, made("adam", step(1, 2.0), measures={"drift": 0.25, "KL": None}))
    text = "\n".join(shown(results, find(results, "adam/sphere")))
    assert "\n  measures: drift 0.25, KL —\n" in text
