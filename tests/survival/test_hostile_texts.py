"""A run whose every text tries to be something else: nothing that we write lets it."""

from __future__ import annotations

import csv
import io
import json
import re
from contextlib import suppress
from dataclasses import replace

import pytest

import runner
from comparison.results.store import Store
from methods.result import Facts
from problems.core.reference import Reference
from tests.comparison.analysis.small import made, step
from tests.survival.comparisons import RESULTS

NASTY = "=cmd|'/c x'!A|b\x1b[31m\x1b]8;;http://x\x07\u202egpj\0</script><script>x()</script>\n[a](b)\r\n"
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture
def nasty(tmp_path, monkeypatch):
    """A results file of three runs whose texts are as bad as may be."""
    monkeypatch.chdir(tmp_path)
    run = made(
        f"mine.py:{NASTY}",
        step(1, 3.0),
        step(9, 2.0),
        problem=f"theirs.py:{NASTY}",
        title=NASTY,
        description=NASTY,
        message=NASTY,
        anchors={NASTY: NASTY},
        method_options={NASTY: NASTY},
        problem_options={NASTY: [NASTY]},
        versions={NASTY: NASTY, "beyond-gradient": NASTY},
        provenance={"cpu": NASTY, NASTY: NASTY, "method_file": NASTY},
        fingerprint=NASTY,
        reference=Reference(1.0, "best published", NASTY),
        random_value=9.0,
        facts=Facts(NASTY, objective=NASTY, views=(NASTY,), needs=(NASTY,)),
    )
    with Store(RESULTS) as store:
        store.add("key\x1b[2J\u202e", "problem", run)
        store.add("second", "problem", replace(run, seed=1, message=""))
        store.add("third", "problem", made(f"{NASTY}2", step(1, 4.0), problem=run.problem))
    return tmp_path


@pytest.fixture
def withdrawn(nasty):
    """The same, and a reference and a certificate that a run refutes."""
    with Store(RESULTS) as store:
        proved = store.runs()["second"]
        claim = Reference(9.0, "certified", NASTY)
        refuted = replace(
            proved, seed=2, value=5.0, bound=5.0, ended="optimal", reference=claim, instance=1
        )
        store.add("refuted", "problem", refuted)
        best = replace(refuted, seed=3, value=4.0, bound=None, ended="budget")
        store.add("best", "problem", best)
    return nasty


COMMANDS = pytest.mark.parametrize(
    "command",
    [
        ["report", RESULTS, "--format", "csv"],
        ["report", RESULTS, "--format", "json"],
        ["report", RESULTS, "--format", "markdown"],
        ["report", RESULTS, "--format", "latex"],
        ["report", RESULTS, "--figures", "figures", "--figure-format", "svg"],
        ["show", "key", RESULTS],
        ["show", "refuted", RESULTS],
        ["show", "nothing of the kind", RESULTS],
        ["export", RESULTS, "--format", "csv"],
        ["export", RESULTS, "--format", "iohprofiler"],
        ["export", RESULTS, "--format", "parquet"],
    ],
    ids=lambda command: " ".join(command[::2]),
)


@COMMANDS
def test_nothing_that_is_printed_or_written_has_what_cannot_be_seen(nasty, command, capsys):
    assert_all_is_seen(nasty, command, capsys)


@COMMANDS
def test_nor_has_what_is_said_of_withdrawn_proofs(withdrawn, command, capsys):
    told = assert_all_is_seen(withdrawn, command, capsys)
    if command[0] == "report":
        assert told.count("is withdrawn, as") >= 2


def assert_all_is_seen(nasty, command, capsys):
    """Run a command, and check all that it prints and writes; return what it prints."""
    with suppress(SystemExit):
        runner.main(command)
    out, err = capsys.readouterr()
    assert not UNSEEN.search(out + err)
    if "markdown" in command:
        assert "<script" not in out
    for path in nasty.rglob("*"):
        assert not UNSEEN.search(path.name)
        if path.suffix in (".csv", ".json", ".dat", ".svg"):
            assert not UNSEEN.search(path.read_text(encoding="utf-8"))
        if path.suffix == ".html":
            assert not UNSEEN.search(path.read_text(encoding="utf-8").partition("<script")[0])
    return out + err


def test_no_cell_of_csv_is_a_formula(nasty, capsys):
    assert runner.main(["report", RESULTS, "--format", "csv"]) == 0
    texts = [capsys.readouterr().out]
    assert runner.main(["export", RESULTS, "--format", "csv", "--to", "csv"]) == 0
    texts += [path.read_text(encoding="utf-8") for path in (nasty / "csv").iterdir()]
    for text in texts:
        for row in csv.reader(io.StringIO(text)):
            for cell in row:
                assert not re.match(r"[=+@\t\r]|-(?![\d.])", cell)


def test_the_page_has_two_scripts_and_names_that_agree(nasty):
    assert runner.main(["report", RESULTS, "--output", "page.html"]) == 0
    page = (nasty / "page.html").read_text(encoding="utf-8")
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)
    found = json.loads(data[1])
    assert "x()" not in re.sub(r"<script.*?</script>", "", page, flags=re.S).replace(
        "&lt;script&gt;x()", ""
    )
    assert page.count("<script") - page[: data.end()].count("<script") == 2
    assert not UNSEEN.search(json.dumps(found, ensure_ascii=False))
    values = re.findall(r'<option value="(.*?)"', page, flags=re.S)
    assert len(values) == len(found["problems"]) == 2


def test_a_table_of_markdown_has_as_many_cells_in_every_line(nasty, capsys):
    assert runner.main(["report", RESULTS, "--format", "markdown"]) == 0
    out = capsys.readouterr().out
    tables = [part.splitlines() for part in out.split("\n\n") if part.startswith("| ")]
    assert len(tables) >= 3
    for lines in tables:
        assert len({len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) for line in lines}) == 1
    assert "<script" not in out


def test_a_message_cannot_be_taken_for_another_line(nasty, capsys):
    assert runner.main(["show", "key", RESULTS]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert not any(line.startswith("[a](b)") for line in lines)
    assert sum(line.startswith("     value:") for line in lines) == 1


def test_what_a_comparison_prints_is_harmless(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(
        "from problems import Box, Problem\n"
        f"NASTY = {NASTY!r}\n"
        "class Mine(Problem):\n"
        "    space, objective, title, anchors = Box(-1, 1, 2), NASTY, NASTY, {NASTY: 1.0}\n"
        "    def value(self, x):\n        return float(x @ x)\n"
        "    def describe(self, x):\n        return NASTY\n"
        "class Fails(Mine):\n"
        "    def value(self, x):\n        raise RuntimeError(NASTY)\n"
    )
    for problem, code in (("Mine", 0), ("Fails", 1)):
        for form in ("table", "markdown", "csv", "latex", "json"):
            arguments = ["hc", "--problem", f"mine.py:{problem}", "--seeds", "1", "--budget", "9"]
            assert runner.main([*arguments, "--format", form, "--results", RESULTS]) == code
            out, err = capsys.readouterr()
            assert not UNSEEN.search(out + err)
            assert err.count("\n") == code
