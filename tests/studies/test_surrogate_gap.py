"""The study `surrogate-gap` judged by hand-made numbers, and the last iterate made again."""

from __future__ import annotations

import pytest

import problems
from methods import minimize
from studies import laboratory as lab
from studies.surrogate_gap import WAYS, SurrogateGap


def tables(surrogate, at_random, after, last):
    at_one = zip(WAYS.values(), (surrogate, at_random, after), strict=True)
    rows = [{"rank": 1, "way": way, "train": error} for way, error in at_one]
    rows.append({"rank": 26, "way": next(iter(WAYS.values())), "train": last})
    return {"runs": rows, "optimum": [{"train": 0.5}]}


@pytest.mark.parametrize(
    ("errors", "met"),
    [
        ((0.7, 0.65, 0.6, 0.5), True),
        ((0.7, 0.65, 0.6, 0.51), False),  # a gap is left where the model is a table
        ((0.7, 0.75, 0.6, 0.5), False),  # direct search from random does not beat it
        ((0.7, 0.65, 0.7, 0.5), False),
    ],
)
def test_it_is_met_where_the_gap_closes_and_direct_search_wins_at_rank_1(errors, met):
    verdict = SurrogateGap().judge(tables(*errors))
    assert verdict.met is met
    assert list(verdict.numbers.values()) == pytest.approx([e - 0.5 for e in errors])


def test_the_last_iterate_is_the_one_that_the_run_ended_at():
    problem = problems.make("next-token-rank", corpus="markov:length=5000", rank=1)
    run = minimize(problem, "l-bfgs-b-gradient", budget=60, seed=3)
    last = lab.last_iterate(problem, run)
    assert problem.value(last) == run.last
    run.last += 0.01
    with pytest.raises(ValueError, match="and before to"):
        lab.last_iterate(problem, run)
