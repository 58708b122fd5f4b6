"""The study `tuning` judged by hand-made numbers."""

from __future__ import annotations

import pytest

from studies.tuning import Tuning


def rows(problem, way, after_one, after_two, charged, default=5.0):
    """Return a family's rows where others' defaults come to 2, and to `charged` with 2 budgets."""
    of = {"problem": problem, "way": way, "default": default, "others": 2.0}
    one = {"k": 1, "tuned": after_one, "best trial": after_one, "given as much": 2.0, "leader": 2.0}
    two = {
        "k": 2,
        "tuned": after_two,
        "best trial": after_two,
        "given as much": charged,
        "leader": 1.1,
    }
    return [{**of, **one}, {**of, **two}]


def judged(*families):
    after = [row for family in families for row in family]
    return Tuning().judge({"after k trials": after})


ELSEWHERE = rows("q", "a", 3.0, 1.0, 0.5)


def test_it_is_met_where_tuning_wins_until_it_is_charged():
    verdict = judged(ELSEWHERE, rows("p", "a", 3.0, 1.0, 0.5), rows("p", "b", 3.0, 3.0, 2.0))
    assert verdict.met
    assert verdict.numbers["lose at their defaults"] == 3
    assert verdict.numbers["win once tuned"] == 2
    assert verdict.numbers["charged"] == 0
    assert verdict.numbers["charged, against the first leader"] == 2
    assert "after 2 trials in the median" in verdict.sentence


@pytest.mark.parametrize(
    "families",
    [
        [rows("p", "a", 3.0, 3.0, 2.0)],  # no family wins on p
        [rows("p", "a", 3.0, 1.0, 1.5)],  # half of those that win do when charged
        [],
    ],
)
def test_it_is_not_met_where_a_problem_has_no_winner_or_charged_ones_win(families):
    assert judged(ELSEWHERE, *families).met is (not families)


def test_a_family_that_wins_at_its_defaults_is_not_counted():
    verdict = judged(ELSEWHERE, rows("p", "a", 1.0, 1.0, 1.5, default=1.0))
    assert verdict.numbers["lose at their defaults"] == 1
