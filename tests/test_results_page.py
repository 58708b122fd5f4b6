"""The published comparison: a sample of its rows, made again, has the same values."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

import runner
from comparison.running.suites import REFERENCE

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE = (DOCS / "results.md").read_text(encoding="utf-8")
ROWS = {
    (row["problem"], row["method"]): row
    for row in csv.DictReader((DOCS / "results.csv").read_text(encoding="utf-8").splitlines())
}

#: Of every kind of problem, and methods of most families, where neither the problem's start nor the
#: method's defaults have changed since, as the page says; a second's work together.
SAMPLE = [
    ("next-token-table", "counting"),
    ("next-token-rank", "adam"),
    ("next-token-decode", "best-of-n"),
    ("knapsack", "best-of-n"),
    ("max-cut", "random-search"),
    ("rosenbrock", "l-bfgs-b-gradient"),
    ("nk-landscape", "adam"),
    ("welded-beam", "cma-es"),
]
MORE = [
    ("next-token-ternary", "integer-programming"),
    ("next-token-reward", "adam"),
    ("travelling-salesman", "cma-es"),
    ("cart-pole", "best-of-n"),
]


def test_the_page_has_every_row_of_the_suite():
    assert set(ROWS) == {(p, m) for p in REFERENCE.problems for m in REFERENCE.methods}
    seeds = {row["seeds"] for row in ROWS.values() if "unsupported" not in row["ended"]}
    assert seeds == {"1", str(REFERENCE.settings["seeds"])}


def test_the_page_says_the_command_and_shows_pictures_that_exist():
    assert "python runner.py --suite reference --jobs 2" in PAGE
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", PAGE)
    assert len(pictures) >= 4
    for picture in pictures:
        assert (DOCS / picture).is_file()


def test_the_page_says_certified_of_what_a_bound_meets_only():
    solved = {
        problem: (float(row["value"]), float(row["bound"]), float(row["gap"]))
        for (problem, method), row in ROWS.items()
        if method == "integer-programming" and row["value"]
    }
    assert len(solved) == 6
    assert all(abs(gap) < 1e-9 for _, _, gap in solved.values())
    unproved = {name for name, (value, bound, _) in solved.items() if bound < value}
    assert unproved == {"knapsack", "nk-landscape"}
    text = " ".join(PAGE.split())
    assert "finds the optimum of all six problems that have one" in text
    assert "and certifies four of them. On `knapsack` and `nk-landscape` a dynamic" in text


def test_no_run_of_the_page_failed_or_was_stopped_by_the_clock():
    endings = {
        ending for row in ROWS.values() for ending in row["ended"].split(": ")[0].split(", ")
    }
    assert {re.sub(r"^\d+ ", "", ending) for ending in endings} <= {
        *("budget", "optimal", "converged", "target", "unsupported"),
    }


@pytest.mark.parametrize(
    ("problem", "method"),
    [*SAMPLE, *(pytest.param(*row, marks=pytest.mark.slow) for row in MORE)],
)
def test_a_row_made_again_has_the_same_value(problem, method, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    chosen = (method, "--problem", problem, "--suite", "reference", "--format", "json")
    code = runner.main([*chosen, "--jobs", "2"])
    assert code == 0
    (row,) = json.loads(capsys.readouterr().out)
    published = ROWS[problem, method]
    # another processor's arithmetic may differ in the last digits
    assert row["value"] == pytest.approx(float(published["value"]), rel=1e-6)
    assert row["seeds"] == int(published["seeds"])
    assert row["ended"] == published["ended"]
