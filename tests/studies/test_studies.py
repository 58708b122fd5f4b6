"""What every study keeps to, and each made with ``--quick``."""

from __future__ import annotations

import inspect
import json
from pathlib import Path

import pytest

from problems.naming.extra import MissingExtra
from studies import STUDIES
from studies.framework.description import first_line
from studies.framework.perform import load_study
from tests.house import lines_of

ROOT = Path(__file__).resolve().parents[2]


def study_of(name):
    try:
        return load_study(STUDIES.entry(name), quick=True)
    except MissingExtra as reason:
        pytest.skip(str(reason))


@pytest.mark.parametrize("name", STUDIES.names())
def test_a_study_is_a_short_file_that_says_what_would_count(name):
    study = study_of(name)
    file = ROOT / "studies" / f"{name.replace('-', '_')}.py"
    code, _ = lines_of(file.read_text(encoding="utf-8"))
    assert code <= 60
    title, _, text = inspect.cleandoc(type(study).__doc__).partition("\n\n")
    assert first_line(STUDIES.entry(name)) == title
    assert len(title) <= 90
    assert text
    for said in (study.criterion, study.claim, study.source):
        assert said


def test_every_file_is_in_the_catalogue():
    files = {path.stem.replace("_", "-") for path in (ROOT / "studies").glob("[!_]*.py")}
    assert files == set(STUDIES.names())


@pytest.mark.parametrize("name", STUDIES.names())
def test_the_plan_is_smaller_with_quick_and_reads_a_text_that_is_the_same_everywhere(name):
    study_of(name)
    quick = load_study(STUDIES.entry(name), quick=True).plan()
    full = load_study(STUDIES.entry(name)).plan()
    assert _size(quick) < _size(full)
    for task in full.cells():
        corpus = task.problem_options.get("corpus")
        assert corpus is None or corpus.startswith("markov")
        assert corpus is not None or not task.problem.startswith("next-token")


def _size(plan):
    work = sum(min(task.budget.work, 1e9) for task in plan.cells())
    return len(plan.cells()) * plan.seeds * plan.instances, work


@pytest.mark.slow
@pytest.mark.parametrize("name", STUDIES.names())
def test_quick_comes_to_a_verdict(name, call):
    study_of(name)
    code, out, err = call("study", name, "--quick", "--to", "here")
    assert (code, err) == (0, "")
    told = json.loads(Path(f"here/{name}-quick.json").read_text())
    assert told["sentence"] in out
    assert told["numbers"]
    assert Path(f"here/{name}-quick.png").stat().st_size > 10_000
