"""The study `counting` judged by hand-made numbers."""

from __future__ import annotations

from studies.counting import WAYS, Counting


def tables(*work):
    rows = zip(WAYS, work, strict=True)
    return {"runs": [{"way": way, "seed": 0, "value": 2.0, "work": w} for way, w in rows]}


def test_it_is_met_where_all_come_to_the_entropy():
    verdict = Counting().judge(tables(2, 20, 200, 4000))
    assert verdict.met
    assert verdict.numbers["adam / counting"] == 100
    assert "gradient-descent 2,000" in verdict.sentence


def test_it_is_not_met_where_one_stops_before():
    verdict = Counting().judge(tables(2, 20, None, 4000))
    assert not verdict.met
    assert "adam inf" in verdict.sentence
