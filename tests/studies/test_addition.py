"""A study is one file and one line: added to a copy of the suite, whose command line makes it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest

from studies import STUDIES
from tests.source_files import LAYERS, ROOT

#: The whole study, in a file of its own.
FILE = '''
from studies import framework as fw


class MoreDraws(fw.Study):
    """More draws find a better point."""

    criterion = "40 draws find a better point than 10."
    claim, source = "The minimum of n draws falls with n.", "David & Nagaraja (2003)"

    def plan(self):
        budgets = [fw.Budget(10), fw.Budget(40)]
        cells = [fw.Task("random-search", "sphere", {}, {}, budget=budget) for budget in budgets]
        return fw.Sweep(cells, seeds=1 if self.quick else 15)

    def measure(self, results):
        return {"runs": [{"draws": run.budget.work, "value": run.value} for run in results]}

    def judge(self, tables):
        few, many = (row["value"] for row in tables["runs"][:2])
        text = f"The value falls from {few:.3g} to {many:.3g}."
        return fw.Verdict(many < few, text, {"few": few, "many": many})

    def draw(self, tables):
        return fw.curves(tables["runs"], fw.Axis("draws", "draws"), fw.Axis("value", "value"))
'''
#: The line in the list of studies, before that of the first of them.
LINE = '        _study("more-draws"),\n'


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with a copy of the suite in which the study was added."""
    copy = tmp_path_factory.mktemp("copy")
    for package in LAYERS[:-1]:
        shutil.copytree(
            ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "runner.py", copy)
    (copy / "studies" / "more_draws.py").write_text(FILE, encoding="utf-8")
    catalogue = copy / "studies" / "__init__.py"
    text = catalogue.read_text(encoding="utf-8")
    first = f'        _study("{STUDIES.names()[0]}"'
    assert text.count(first) == 1
    catalogue.write_text(text.replace(first, LINE + first), encoding="utf-8")
    return copy


def command(folder, *arguments):
    """Run the copy's command line, and return what it prints."""
    done = subprocess.run(
        [sys.executable, "runner.py", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_it_is_listed_with_its_title(folder):
    listed = command(folder, "study").splitlines()
    assert listed[0].split(maxsplit=1) == ["more-draws", "More draws find a better point."]
    assert len(listed) == len(STUDIES.names()) + 1


def test_it_is_made_judged_and_drawn(folder):
    said = command(folder, "study", "more-draws", "--quick", "--to", "here")
    assert "criterion met: 40 draws find a better point than 10." in said
    files = folder / "here" / "more-draws-quick"
    finding = json.loads(files.with_suffix(".json").read_text(encoding="utf-8"))
    assert (finding["study"], finding["met"]) == ("more-draws", True)
    assert [row["draws"] for row in finding["tables"]["runs"]] == [10, 40]
    assert files.with_suffix(".png").read_bytes()[:4] == b"\x89PNG"
    assert "40 draws find a better point" in files.with_suffix(".html").read_text("utf-8")
