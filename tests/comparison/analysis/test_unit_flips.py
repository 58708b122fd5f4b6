"""Winners in each unit, on runs that can be followed by hand."""

from __future__ import annotations

from comparison.analysis.curves import UNITS, Evidence
from comparison.analysis.unit_flips import flip_rows, unit_rows, winner_rows
from problems.core.reference import Reference
from tests.comparison.analysis.small import made, step, stored

#: At 3 a gradient it is at 1 by 60 of 99; at 1 by 20 of 33; at its dimension 9 by 180 of 297.
DESCENT = made(
    "adam", step(3, 9.0, gradients=1), step(60, 1.0, gradients=20), spent=99, gradients=33
)
#: Is at 2 by 15 and no better by 100.
SEARCH = made("hill-climb", step(1, 9.5), step(15, 2.0))


def test_the_price_of_a_gradient_decides_who_wins(tmp_path):
    row = next(winner_rows(Evidence(stored(tmp_path, DESCENT, SEARCH))))
    assert set(row.winners) == set(UNITS)
    assert row.winners["work, gradient 1"] == ["adam"]
    assert row.winners["work, gradient 3"] == ["adam"]
    assert row.winners["work, gradient = dimension"] == ["hill-climb"]
    assert row.flips


def test_a_flip_says_where_the_winner_falls_to(tmp_path):
    third = made("tabu", step(1, 9.2))
    rows = list(flip_rows(Evidence(stored(tmp_path, DESCENT, SEARCH, third))))
    by_price = {(row.unit, row.other_unit): row for row in rows}
    fall = by_price["work, gradient 3", "work, gradient = dimension"]
    assert (fall.winner, fall.rank, fall.others) == ("adam", 2, ["hill-climb"])
    back = by_price["work, gradient = dimension", "work, gradient 3"]
    assert (back.winner, back.rank, back.others) == ("hill-climb", 2, ["adam"])
    assert ("work, gradient 1", "work, gradient 3") not in by_price


def test_all_are_read_off_at_what_each_was_given(tmp_path):
    rows = list(unit_rows(Evidence(stored(tmp_path, DESCENT, SEARCH))))
    budgets = {row.unit: row.budget for row in rows}
    assert budgets == {
        "work, gradient 1": 33,
        "work, gradient 3": 99,
        "work, gradient = dimension": 100,
        "CPU seconds": 9.9,
        "tokens": 9900,
    }
    by_dimension = {
        row.contender: (row.rank, row.value)
        for row in rows
        if row.unit == "work, gradient = dimension"
    }
    assert by_dimension == {"hill-climb": (1, 2.0), "adam": (2, 9.0)}


def test_equal_values_share_a_rank_and_nothing_flips(tmp_path):
    runs = [
        made(name, step(1, value))
        for name, value in (("genetic", 2.0), ("adam", 2.0), ("tabu", 3.0))
    ]
    evidence = Evidence(stored(tmp_path, *runs))
    ranks = {(row.unit, row.contender): row.rank for row in unit_rows(evidence)}
    assert ranks["tokens", "genetic"] == ranks["tokens", "adam"] == 1
    assert ranks["tokens", "tabu"] == 3
    assert not next(winner_rows(evidence)).flips
    assert list(flip_rows(evidence)) == []


def test_who_has_no_value_by_then_wins_nothing(tmp_path):
    late = made("genetic", step(90, 1.0))
    short = made("adam", spent=10, ended="budget")
    rows = list(unit_rows(Evidence(stored(tmp_path, late, short))))
    assert {row.value for row in rows} == {None}
    assert list(winner_rows(Evidence(stored(tmp_path, late, short)))) == []


def test_a_solver_that_does_not_look_is_left_out(tmp_path):
    solver = made("integer-programming", step(0, 0.0), ended="optimal")
    rows = list(unit_rows(Evidence(stored(tmp_path, SEARCH, solver))))
    assert {row.contender for row in rows} == {"hill-climb"}


def test_a_unit_that_nobody_spent_is_left_out(tmp_path):
    run = made("genetic", step(1, 2.0))
    run.ledger.tokens = 0
    units = {row.unit for row in unit_rows(Evidence(stored(tmp_path, run)))}
    assert "tokens" not in units
    assert "CPU seconds" in units


def test_no_value_is_worse_than_any_and_ties_with_none(tmp_path):
    runs = made("genetic", step(1, 2.0)), made("adam"), made("tabu")
    rows = unit_rows(Evidence(stored(tmp_path, *runs)))
    ranks = {row.contender: row.rank for row in rows if row.unit == "tokens"}
    assert ranks == {"genetic": 1, "adam": 2, "tabu": 2}


def test_values_within_the_tolerance_of_the_reference_share_a_rank(tmp_path):
    near = Reference(1.0, "closed form", "by hand", tolerance=0.1)
    values = {"adam": 1.0, "genetic": 1.05, "tabu": 1.2}
    runs = [made(method, step(1, value), reference=near) for method, value in values.items()]
    ranks = {row.contender: row.rank for row in unit_rows(Evidence(stored(tmp_path, *runs)))}
    assert ranks == {"adam": 1, "genetic": 1, "tabu": 3}
