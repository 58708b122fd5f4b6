"""`python -OO`, which drops docstrings and assertions, changes nothing that is printed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import runner
from tests.comparison.examples import user

RUNS = ("cma-es", "adam", "--problem", "sphere", "--budget", "40", "--seeds", "1")
KEPT = ("--results", "runs.sqlite")


def printed(*arguments, folder, level="2", code=0):
    """Return what a command prints; its workers are optimised as it is."""
    done = subprocess.run(
        [sys.executable, str(Path(runner.__file__)), *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONOPTIMIZE": level},
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert (done.returncode, done.stderr) == (code, "")
    return done.stdout


@pytest.mark.parametrize("arguments", [["list"], ["study"], ["--help"]], ids=" ".join)
def test_what_is_listed_is_the_same(arguments, tmp_path):
    assert printed(*arguments, folder=tmp_path) == printed(*arguments, folder=tmp_path, level="0")


def test_a_comparison_and_all_that_reads_it(tmp_path):
    csv = printed(*RUNS, *KEPT, "--format", "csv", folder=tmp_path)
    assert csv.count("\n") == 3
    assert "error" not in csv
    # The same runs are found without it.
    again = printed(*RUNS, *KEPT, folder=tmp_path, level="0")
    assert "0 runs made, 2 found" in again
    assert "adam" in printed("report", "runs.sqlite", "--format", "markdown", folder=tmp_path)
    assert "page.html" in printed("report", "runs.sqlite", "--output", "page.html", folder=tmp_path)
    assert "adam" in printed("show", "adam/sphere", "runs.sqlite", folder=tmp_path)
    export = ("export", "runs.sqlite", "--format", "csv", "--to", "data")
    assert "runs.csv: 2 runs" in printed(*export, folder=tmp_path)


def test_a_check_still_checks(tmp_path):
    assert ", 0 failed" in printed("check", "counting", folder=tmp_path)
    said = printed("check", user("Disagrees"), folder=tmp_path, code=1)
    assert "values_agree: values() differs from value()" in said


def test_a_study_has_its_title_and_text(tmp_path):
    arguments = ("study", "units", "--quick", "--to", "made", "--markdown", "page.md")
    printed(*arguments, folder=tmp_path)
    page = (tmp_path / "page.md").read_text(encoding="utf-8")
    assert "The reference comparison ranked in five units of compute" in page
    assert "A winner flips where no method is best" in page
