"""`runner.py export`: what it writes, what it says, and what it refuses."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import runner
from comparison.results.store import Store
from tests.comparison.examples import certificate
from tests.comparison.export.stored import evaluated, stored


@pytest.fixture
def call(capsys, tmp_path, monkeypatch):
    """Run an export in this process, in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def called(*arguments):
        try:
            code = runner.main(["export", *arguments])
        except SystemExit as end:
            code = end.code
        return code, *capsys.readouterr()

    return called


@pytest.fixture
def file(tmp_path):
    """Make a results file of the default name: one run with evaluations, and one solver's."""
    runs = evaluated("genetic", (1, 2.0), work=5), certificate(1.0, problem="knapsack")
    return Path(stored(tmp_path, *runs, name="comparison.sqlite").path)


def written(folder):
    """Return the names of what is there beside the results file and SQLite's own files."""
    return {path.name for path in folder.iterdir() if ".sqlite" not in path.name}


@pytest.mark.parametrize(
    ("format", "told", "files"),
    [
        (
            "csv",
            [
                "runs.csv: 2 runs",
                "traces.csv: 1 trace points",
                "summary.csv: 2 rows",
            ],
            {"runs.csv", "traces.csv", "summary.csv"},
        ),
        (
            "parquet",
            [
                "runs.parquet: 2 runs",
                "traces.parquet: 1 trace points",
                "summary.parquet: 2 rows",
            ],
            {"runs.parquet", "traces.parquet", "summary.parquet"},
        ),
        (
            "iohprofiler",
            [
                "1 algorithms, 1 functions, 1 runs",
                "left out: 1 of integer-programming: a white-box solver is given the model "
                "and makes no evaluations",
            ],
            {"genetic"},
        ),
    ],
)
def test_what_was_written_is_said(call, file, format, told, files):
    before = file.read_bytes()
    code, out, err = call("--format", format)
    assert (code, err) == (0, "")
    assert out.splitlines() == [f"comparison-{format}:", *(f"  {line}" for line in told)]
    found = {path.name for path in (file.parent / f"comparison-{format}").iterdir()}
    assert found == files
    assert file.read_bytes() == before


def test_a_file_and_a_folder_can_be_named(call, file):
    code, out, _ = call(str(file), "--format", "csv", "--to", "here")
    assert (code, out.splitlines()[0]) == (0, "here:")
    assert (file.parent / "here" / "runs.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ([], "the following arguments are required: --format"),
        (["--format", "cvs"], "invalid choice: 'cvs'"),
        (["missing.sqlite", "--format", "csv"], "results file missing.sqlite: there is none"),
        (["--format", "coco"], "COCO's format holds runs on the problem bbob; there is only"),
        (["--format", "csv", "--to", "."], ".: exists already, and an export overwrites nothing"),
        (["--format", "csv", "--to", "no/where"], "no/where: cannot be written: No such file"),
        (["--format", "csv", "--too"], "unrecognized arguments: --too"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_makes_no_sense_is_refused_in_one_line(call, file, arguments, why):
    code, out, err = call(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("runner.py: ")
    assert why in err
    assert err.count("\n") == 1
    assert written(file.parent) == set()


def test_a_second_export_does_not_overwrite_the_first(call, file):
    assert call("--format", "csv")[0] == 0
    first = (file.parent / "comparison-csv" / "runs.csv").read_bytes()
    code, _, err = call("--format", "csv")
    assert code == 2
    assert "comparison-csv: exists already" in err
    assert (file.parent / "comparison-csv" / "runs.csv").read_bytes() == first


def test_a_file_without_runs_is_refused(call, tmp_path):
    with Store(tmp_path / "empty.sqlite"):
        pass
    code, _, err = call("empty.sqlite", "--format", "csv")
    assert code == 2
    assert "results file empty.sqlite: it has no runs to export" in err


def test_a_refuted_certificate_is_told_and_left_out(call, tmp_path):
    lower = evaluated("genetic", (1, 0.5), work=1, reference=None, problem="knapsack")
    stored(tmp_path, certificate(1.0, problem="knapsack"), lower)
    code, out, err = call("results.sqlite", "--format", "csv")
    assert code == 1
    assert "the certificate 1 of integer-programming, seed 0, is withdrawn, as genetic" in err
    rows = list(csv.DictReader((tmp_path / "results-csv" / "runs.csv").read_text().splitlines()))
    assert {row["reference"] for row in rows} == {""}
    assert {row["method"]: (row["ended"], row["bound"]) for row in rows} == {
        "integer-programming": ("refuted", ""),
        "genetic": ("budget", ""),
    }
    assert "results-csv" in out


def test_help_says_how(call):
    code, out, _ = call("--help")
    assert code == 0
    assert "docs/exports.md" in out
