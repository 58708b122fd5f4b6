"""A sample of random integer programs: nothing false is proved, nothing raises.

``python -m tests.methods.random_programs --number 10000`` makes any number.
"""

from __future__ import annotations

import pytest

from tests.methods import random_programs
from tests.methods.random_programs import SOLVERS, Outcome, judged, programs

#: Of seed 0, those whose like once had a false certificate, ended in an error or crashed.
HARD = (131, 412, 506, 852, 1552, 2506, 2522, 2890, 4180, 9081)


#: Which starts a process for each.
SLOW = pytest.param("scip", marks=pytest.mark.slow)


@pytest.mark.parametrize("solver", ["highs", "cbc", "milp", SLOW])
def test_no_certificate_is_false_and_nothing_raises(solver):
    outcomes = [judged(program, optimum, solver) for _, program, optimum in programs(60, seed=7)]
    assert [outcome.fault for outcome in outcomes if outcome.fault] == []
    assert sum(outcome.ended == "certified" for outcome in outcomes) > 40


@pytest.mark.parametrize("place", HARD)
def test_what_was_once_false_is_not(place):
    ((_, program, optimum),) = programs(1, seed=0, first=place, penalties=False)
    assert [judged(program, optimum, solver).fault for solver in SOLVERS] == [""] * 4


def test_the_command_counts_and_fails_where_something_is_false(capsys, monkeypatch):
    assert random_programs.main(["--number", "3", "--solver", "highs"]) == 0
    assert "3 programs, 0 faults" in capsys.readouterr().out
    monkeypatch.setattr(random_programs, "judged", lambda *_: Outcome("false", "bound 2 above 1"))
    assert random_programs.main(["--number", "2", "--solver", "milp"]) == 1
    said = capsys.readouterr().out
    assert "milp: bound 2 above 1" in said
    assert "2 programs, 2 faults" in said
