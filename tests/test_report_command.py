"""`runner.py report`, `runner.py show` and `--format latex`: what they print, write and refuse."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing

import pytest

from comparison.results.store import Store
from tests.comparison.analysis.small import made, step, stored


@pytest.fixture
def results(tmp_path):
    return stored(
        tmp_path,
        *(made("adam", step(3, 1.0), seed=seed) for seed in range(2)),
        *(made("hill-climb", step(1, 5.0), step(50, 2.0), seed=seed) for seed in range(2)),
    )


def test_a_report_is_one_file(call, results, tmp_path):
    code, out, err = call("report", results.path)
    assert (code, err) == (0, "")
    assert out.startswith("report.html: 1.")
    assert (tmp_path / "report.html").read_text("utf-8").count("<!DOCTYPE html>") == 1
    assert not list(tmp_path.glob("*.part"))


def test_its_figures_are_written_where_asked(call, results, tmp_path):
    code, out, _ = call(
        *("report", results.path, "--output", "r.html", "--figures", "f", "--figure-format", "svg")
    )
    assert code == 0
    assert f"f: {len(list((tmp_path / 'f').glob('*.svg')))} figures" in out
    assert (tmp_path / "f" / "quality-sphere-work.svg").is_file()


def test_it_reads_the_default_file(call, results, tmp_path):
    (tmp_path / "results.sqlite").rename(tmp_path / "comparison.sqlite")
    assert call("report", "--format", "csv")[0] == 0


def test_the_table_is_printed_in_every_format(call, results):
    def printed(kind):
        code, out, err = call("report", results.path, "--format", kind)
        assert (code, err) == (0, "")
        return out

    rows = list(csv.DictReader(io.StringIO(printed("csv"))))
    assert [row["method"] for row in rows] == ["adam", "hill-climb"]
    assert [row["value"] for row in json.loads(printed("json"))] == [1.0, 2.0]
    assert r"adam & \textbf{1.0000}" in printed("latex")
    assert "## Where these runs come from" in printed("markdown")


def test_a_gradient_is_repriced(call, tmp_path):
    path = stored(tmp_path, made("adam", step(3, 1.0), spent=99, gradients=33)).path
    for price, work in (("1", 33.0), ("3", 99.0), ("dimension", 297.0)):
        out = call("report", path, "--format", "json", "--gradient-price", price)[1]
        assert json.loads(out)[0]["work"] == work


def test_latex_is_a_format_of_a_comparison_too(call):
    code, out, _ = call(
        *("random-search", "--problem", "sphere", "--budget", "5", "--seeds", "1"),
        *("--results", "r.sqlite", "--format", "latex"),
    )
    assert code == 0
    assert r"\toprule" in out
    assert "% 1 runs made, 0 found in r.sqlite." in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["report", "missing.sqlite"], "results file missing.sqlite: there is none"),
        (["report", "FILE", "--output", "no/such/r.html"], "page no/such/r.html: No such file"),
        (
            ["report", "FILE", "--figures", "results.sqlite"],
            "figures in results.sqlite: File ex",
        ),
        (["report", "FILE", "--gradient-price", "dimensoin"], "did you mean 'dimension'?"),
        (["report", "FILE", "--format", "xml"], "invalid choice: 'xml'"),
        (["report", "FILE", "more"], "unrecognized arguments: more"),
        (["show"], "the following arguments are required: RUN"),
        (["show", "adam/spere", "FILE"], "did you mean 'adam/sphere'?"),
        (["show", "adam/sphere", "FILE"], "is one of 2: adam/sphere/0/0"),
        (["show", "adam/sphere", "missing.sqlite"], "results file missing.sqlite: there is none"),
    ],
)
def test_bad_usage_is_refused_in_a_line(arguments, message, call, results):
    code, out, err = call(*(results.path if word == "FILE" else word for word in arguments))
    assert (code, out) == (2, "")
    assert err.startswith("runner.py: ")
    assert message in err
    assert err.count("\n") == 1


def test_a_file_without_runs_makes_no_report(call, tmp_path):
    with Store(tmp_path / "empty.sqlite"):
        pass
    assert call("report", "empty.sqlite") == (
        *(2, ""),
        "runner.py: results file empty.sqlite: it has no runs yet\n",
    )


def test_a_foreign_file_makes_no_report(call, tmp_path):
    with closing(sqlite3.connect(tmp_path / "other.sqlite")) as database:
        database.execute("CREATE TABLE theirs (x)")
    code, _, err = call("report", "other.sqlite")
    assert code == 2
    assert "not one of ours" in err


@pytest.mark.parametrize("command", [["report"], ["show", "key000"]])
def test_a_certificate_that_a_run_beats_is_withdrawn_with_a_warning(command, call, tmp_path):
    proved = made("integer-programming", step(1, 3.0), bound=3.0, ended="optimal", reference=None)
    better = made("hill-climb", step(1, 2.0), reference=None)
    path = stored(tmp_path, proved, better).path
    code, out, err = call(*command, path)
    assert code == 1
    assert err == (
        "runner.py: sphere, instance 0: the certificate 3 of integer-programming, seed 0, is "
        "withdrawn, as hill-climb, seed 0, found 2\n"
    )
    assert out != ""
    assert "certified" not in out
    if command[0] == "show":
        assert "     ended: refuted\n" in out
        assert "bound:" not in out
    else:
        page = (tmp_path / "report.html").read_text(encoding="utf-8")
        assert "refuted" in page
        assert '"optimal"' not in page


@pytest.mark.parametrize("kind", ["csv", "json", "markdown", "latex"])
def test_tables_come_out_without_a_certificate_that_a_run_beats(kind, call, tmp_path):
    proved = made("integer-programming", step(1, 3.0), bound=3.0, ended="optimal", reference=None)
    better = made("hill-climb", step(1, 2.0), reference=None)
    path = stored(tmp_path, proved, better).path
    code, out, err = call("report", path, "--format", kind)
    assert code == 1
    assert "the certificate 3 of integer-programming, seed 0, is withdrawn" in err
    assert "hill-climb" in out
    if kind in ("csv", "json"):
        rows = json.loads(out) if kind == "json" else list(csv.DictReader(out.splitlines()))
        (row,) = [row for row in rows if row["method"] == "integer-programming"]
        assert (row["bound"] or None, row["reference"] or None) == (None, None)
        assert row["ended"] == "refuted"
    else:
        assert "withdrawn, as hill-climb, seed 0, found 2" in out


def test_a_run_is_shown(call, results):
    code, out, err = call("show", "hc/sphere/0/1", results.path)
    assert (code, err) == (0, "")
    assert "run key003" in out
    assert "python runner.py hill-climb --problem sphere" in out
    assert call("show", "key003", "--results", results.path)[1] == out
