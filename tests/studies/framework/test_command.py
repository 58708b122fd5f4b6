"""``runner.py study``: the list, one's own study, bad input, and what is left on disk."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from comparison import load
from studies import STUDIES

EXAMPLES = Path(__file__).with_name("examples.py")
OWN = f"{EXAMPLES}:Draws"


def test_without_a_name_it_lists_the_studies_a_line_each(call):
    code, out, err = call("study")
    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in lines] == STUDIES.names()
    assert all(len(line.partition(" (needs the extra ")[0]) <= 111 for line in lines)


def test_one_of_ones_own_is_made_printed_and_kept(call):
    code, out, err = call("study", OWN, "--to", "here", "--jobs", 2)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "Draws: More draws find a better point."
    assert lines[1].endswith("times lower.")
    assert lines[2].strip() == "criterion met: The median best of 100 is below that of 10."
    assert "6 runs, 3 seeds" in lines[4]
    assert {path.name for path in Path("here").iterdir()} >= {
        "Draws.sqlite",
        "Draws.json",
        "Draws.png",
        "Draws.html",
    }
    told = json.loads(Path("here/Draws.json").read_text())
    values = {(row["draws"], row["seed"]): row["value"] for row in told["tables"]["runs"]}
    stored = load("here/Draws.sqlite")
    assert {(run.budget.work, run.seed): run.value for run in stored} == values
    assert told["met"] is True
    assert told["numbers"]["few"] == sorted(values[10, seed] for seed in range(3))[1]


def test_quick_is_smaller_and_kept_apart(call):
    code, out, _ = call("study", OWN, "--quick", "--to", "here")
    assert code == 0
    assert "too little to conclude from" in out
    assert {run.budget.work for run in load("here/Draws-quick.sqlite")} == {10, 20}


def test_runs_that_there_are_are_not_made_again(call):
    call("study", OWN, "--to", "here")
    before = Path("here/Draws.json").read_text()
    stored = {run.key: run.ledger.cpu_seconds for run in load("here/Draws.sqlite")}
    call("study", OWN, "--to", "here")
    assert {run.key: run.ledger.cpu_seconds for run in load("here/Draws.sqlite")} == stored
    # What it takes to make is told as before, whatever it took to find the runs again.
    assert Path("here/Draws.json").read_text() == before
    Path("here/Draws.json").write_text("no JSON")
    call("study", OWN, "--to", "here")
    assert json.loads(Path("here/Draws.json").read_text())["seconds"] < 60


def test_a_page_of_findings_has_their_figures_beside_it(call):
    code, _, _ = call("study", OWN, "--to", "here", "--markdown", "docs/studies.md")
    assert code == 0
    page = Path("docs/studies.md").read_text()
    assert "| [Draws](#Draws) | More draws find a better point. | met |" in page
    assert "Criterion **met**" in page
    assert "(figures/study-Draws.png)" in page
    assert Path("docs/figures/study-Draws.png").read_bytes()[:4] == b"\x89PNG"


def test_failed_runs_are_told_and_the_other_studies_are_made(call):
    code, out, err = call("study", f"{EXAMPLES}:Broken", OWN, "--to", "here")
    assert code == 1
    assert "Broken: 1 of 1 runs failed" in err
    assert "RuntimeError: no more" in err
    assert "criterion met" in out
    assert len(load("here/Broken.sqlite")) == 1


def test_runs_may_fail_where_that_belongs_to_the_experiment(call):
    code, out, err = call("study", f"{EXAMPLES}:Expected", "--to", "here")
    assert (code, err) == (0, "")
    assert "criterion met" in out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["countng"], "did you mean 'counting'"),
        ([f"{EXAMPLES}:Drawz"], "did you mean 'Draws'"),
        ([f"{EXAMPLES}:not_a_study"], "expected a class that derives from Study"),
        ([f"{EXAMPLES}:Incomplete"], "it has no measure, criterion, claim, source"),
        ([f"{EXAMPLES}:Empty"], "expected a plan of some runs"),
        (["nowhere.py:Mine"], "there is no file nowhere.py"),
        ([OWN, "--jobs", "0"], "jobs=0: expected a whole number >= 1"),
        ([OWN, "--jobs", "x"], "invalid int value: 'x'"),
        ([OWN, "--quickly"], "--quickly"),
        ([OWN, "--to", OWN.partition(":")[0]], "examples.py"),
        ([OWN, "--markdown", f"{EXAMPLES}/page.md"], "page.md"),
    ],
)
def test_bad_usage_is_told_in_one_line(call, arguments, told):
    code, out, err = call("study", *arguments)
    assert code == 2
    assert told in err
    assert err.count("\n") == 1
    assert "Traceback" not in out + err
