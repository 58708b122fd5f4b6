"""A study is one file and one line: added to a copy of the suite, whose command line makes it."""

from __future__ import annotations

import json

import pytest

from studies import STUDIES
from tests.tracked_copy import TrackedCopy

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
LINE = '        _study("more-draws"),'


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """Return a copy of the suite in which the study was added."""
    copy = TrackedCopy(tmp_path_factory.mktemp("copy"))
    copy.add("studies/more_draws.py", FILE)
    copy.add_line("studies/__init__.py", LINE, before=f'_study("{STUDIES.names()[0]}"')
    return copy


def test_it_is_listed_with_its_title(copy):
    listed = copy.run("study").splitlines()
    assert listed[0].split(maxsplit=1) == ["more-draws", "More draws find a better point."]
    assert len(listed) == len(STUDIES.names()) + 1


def test_it_is_made_judged_and_drawn(copy):
    said = copy.run("study", "more-draws", "--quick", "--to", "here")
    assert "criterion met: 40 draws find a better point than 10." in said
    files = copy.folder / "here" / "more-draws-quick"
    finding = json.loads(files.with_suffix(".json").read_text(encoding="utf-8"))
    assert (finding["study"], finding["met"]) == ("more-draws", True)
    assert [row["draws"] for row in finding["tables"]["runs"]] == [10, 40]
    assert files.with_suffix(".png").read_bytes()[:4] == b"\x89PNG"
    assert "40 draws find a better point" in files.with_suffix(".html").read_text("utf-8")
