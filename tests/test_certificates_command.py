"""What the command line says of problems that once had false certificates."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import runner

CASES = Path(__file__).resolve().parent / "methods" / "certificate_cases.py"


@pytest.fixture
def table(tmp_path, monkeypatch, capsys):
    """Return a function that runs methods on a case: exit code, rows and standard error."""
    monkeypatch.chdir(tmp_path)

    def made(case, *arguments):
        problem = ("--problem", f"{CASES}:{case}")
        code = runner.main([*arguments, *problem, "--format", "json"])
        out, err = capsys.readouterr()
        return code, json.loads(out), err

    return made


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_no_bound_is_rounded_to_whole_numbers(table, jobs):
    chain = "hill-climb@3000+integer-programming"
    option = f"{chain}.integer_programming_mode=bound-only"
    limits = ("--budget", "6000", "--seeds", "2", "--jobs", jobs)
    code, (row,), err = table("HalfPrices", chain, "--option", option, *limits)
    assert (code, err) == (0, "")
    assert (row["bound"], row["reference"]) == (13.5, 13.5)
    assert row["reference_kind"] == ("certified" if row["value_low"] == 13.5 else "bound")


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_solvers_agree_on_real_profits(table, jobs):
    code, rows, err = table("RealProfits", "integer-programming", "milp", "--jobs", jobs)
    assert (code, err) == (0, "")
    assert len({round(row["value"], 9) for row in rows}) == 1
    assert {(row["ended"], row["reference_kind"]) for row in rows} == {("optimal", "certified")}


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_name_of_two_variables_is_refused(table, jobs):
    code, rows, err = table("SameName", "integer-programming", "milp", "--jobs", jobs)
    assert code == 1
    assert err.count("2 variables of the linear model are called 'x'") == 2
    assert {(row["ended"], row["value"]) for row in rows} == {("error", None)}
