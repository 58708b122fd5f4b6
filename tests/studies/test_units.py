"""The study `units` judged by hand-made numbers."""

from __future__ import annotations

import pytest

from comparison.analysis.curves import UNITS
from studies import framework as fw
from studies.units import Units

CHEAP, USUAL, DEAR, CPU, TOKENS = UNITS


def tables(*flips, of=3):
    rows = [
        {"problem": problem, "winner": "adam", "unit": unit, "other_unit": other, "rank": rank}
        for problem, unit, other, rank in flips
    ]
    flipped = {row["problem"] for row in rows}
    problems = ("a", "b", "c")[:of]
    return {"winners": [{"problem": p, "flips": p in flipped} for p in problems], "flips": rows}


PRICE = (("a", CHEAP, DEAR, 4), ("a", DEAR, CHEAP, 2))
CLOCK = (("a", USUAL, CPU, 15), ("a", CPU, USUAL, 3))


@pytest.mark.parametrize(
    ("flips", "met"),
    [(PRICE, True), (CLOCK, False), ((*PRICE, *CLOCK), True), ((), False)],
)
def test_it_is_met_where_a_third_flips_and_a_price_is_enough_for_one(flips, met):
    verdict = Units().judge(tables(*flips))
    assert verdict.met is met
    assert verdict.numbers["no winner in all units"] == bool(flips)
    assert verdict.numbers["flips"] == len(flips) // 2


def test_the_steepest_flip_is_told():
    told = Units().judge(tables(*PRICE, *CLOCK))
    assert told.sentence.endswith(
        "2 flips in all, the steepest on a: adam is first by work, gradient 3 and number 15 by "
        "CPU seconds."
    )
    assert told.numbers["where a winner falls to, at most"] == 15


def test_without_a_flip_none_is_told():
    assert Units().judge(tables()).sentence.endswith("0 flips in all.")


def test_texts_are_the_same_everywhere_and_solvers_that_do_not_look_are_left_out():
    cells = Units().plan().cells()
    assert {cell.problem_options.get("corpus", "markov") for cell in cells} == {"markov"}
    assert "integer-programming" not in {cell.method for cell in cells}
    assert isinstance(Units(quick=True).plan(), fw.Sweep)


def test_every_flip_of_a_small_comparison_is_listed(call):
    from comparison import load

    code, _, _ = call("study", "units", "--quick", "--to", "here")
    assert code == 0
    found = Units(quick=True).measure(load("here/units-quick.sqlite"))
    assert {row["problem"] for row in found["winners"]} == {"next-token-rank", "rosenbrock"}
    assert found["flips"]
    for flip in found["flips"]:
        winners = next(row for row in found["winners"] if row["problem"] == flip["problem"])
        assert flip["winner"] in winners[flip["unit"]].split(" = ")
        assert flip["others"] == winners[flip["other_unit"]]
        assert flip["winner"] not in flip["others"].split(" = ")
        assert flip["rank"] > 1
