"""A run as evaluations and gaps, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from comparison.export.evaluation_curve import (
    LARGEST_GAP,
    evaluation_curve,
    evaluations_of,
    from_the_first,
    gap_to,
    with_evaluations,
)
from comparison.results.trace import as_array
from problems.core.ledger import Ledger, TracePoint
from problems.core.reference import Reference
from tests.comparison.examples import BOUND, certificate, run
from tests.comparison.export.stored import evaluated, stored


def points(*pairs, kind="value"):
    return [TracePoint(kind, v, w, int(w), 0, 0.0, 0.0) for w, v in pairs]


def curve(trace, work, zero=0.0):
    one = run("genetic", 3.0, ledger=Ledger(work=work))
    return [column.tolist() for column in evaluation_curve(one, as_array(trace), zero)]


@pytest.mark.parametrize(
    ("trace", "work", "expected"),
    [
        (points((1, 5.0), (4, 3.0)), 4, [[1, 4], [4.0, 2.0]]),
        (points((1, 5.0), (4, 3.0)), 9, [[1, 4, 9], [4.0, 2.0, 2.0]]),
        (points((3, 5.0), (6, 3.0)), 6, [[3, 6], [4.0, 2.0]]),
        (points((0.2, 5.0), (0.9, 4.0), (1.1, 3.0)), 1.1, [[1, 2], [3.0, 2.0]]),
        (points((1, 3.0), (2, 4.0), (3, 2.0)), 3, [[1, 3], [2.0, 1.0]]),
        (points((0, 3.0)), 0, [[1], [2.0]]),
        (points((0, 3.0), kind="measured"), 5, [[1, 5], [2.0, 2.0]]),
        (points((1, 3.0)) + points((2, 2.0), kind="measured"), 2, [[1, 2], [2.0, 2.0]]),
        (points((1, 3.0)) + points((2, 2.0), kind="claimed"), 2, [[1, 2], [2.0, 2.0]]),
        (points((1, 3.0)) + points((2, 0.5), kind="bound"), 1, [[1], [2.0]]),
        (points((1, 0.5), kind="bound"), 1, [[1], [2.0]]),
        ([], 7.5, [[8], [2.0]]),
    ],
    ids=[
        "evaluations", "goes on", "gradients", "shares of one", "no descent", "free", "measured",
        "exact goes before measured", "only claimed", "a bound", "a bound alone", "nothing",
    ],
)  # fmt: skip
def test_a_curve_by_hand(trace, work, expected):
    assert curve(trace, work, zero=1.0) == expected


def test_a_gap_is_never_zero_and_never_infinite():
    trace = points((1, 1.7e308), (2, 1.0 + 1e-15), (3, 1.0), (4, 1.0 - 1e-9))
    assert curve(trace, 4, zero=1.0) == [[1, 2, 4], [LARGEST_GAP, 1e-12, 1e-12]]
    assert curve(points((1, 1.7e308)), 1, zero=-1.7e308) == [[1], [LARGEST_GAP]]


def test_shares_of_a_look_that_do_not_add_up_exactly_are_no_evaluation_more():
    shares = np.cumsum(np.full(30, 0.1))
    assert shares[2] > 0.3
    assert evaluations_of(shares).tolist() == [1] * 10 + [2] * 10 + [3] * 10


def test_who_has_seen_nothing_at_first_is_worse_than_all():
    early = (np.array([1, 2]), np.array([8.0, 1.0]))
    late = (np.array([3, 5]), np.array([2.0, 1.0]))
    first, second = from_the_first([early, late])
    assert [column.tolist() for column in first] == [[1, 2], [8.0, 1.0]]
    assert [column.tolist() for column in second] == [[1, 3, 5], [1e8, 2.0, 1.0]]


def test_worse_than_all_is_also_worse_than_a_gap_beyond_the_scale():
    far, late = (np.array([1]), np.array([5e9])), (np.array([3]), np.array([2.0]))
    assert from_the_first([far, late])[1][1].tolist() == [5e10, 2.0]


def test_a_gap_beyond_all_stays_finite():
    ((_, gaps),) = from_the_first([(np.array([3]), np.array([LARGEST_GAP]))])
    assert gaps.tolist() == [LARGEST_GAP, LARGEST_GAP]


def test_gaps_are_to_the_optimum_or_else_to_the_best_that_is_known(tmp_path):
    published = Reference(5.0, "best published", "a paper")
    results = stored(
        tmp_path,
        evaluated("genetic", (1, 3.0), work=1, problem="sphere"),
        evaluated("genetic", (1, 3.0), work=1, problem="g02", reference=published),
        evaluated("adam", (1, 2.0), work=1, problem="g02", reference=published),
        evaluated("adam", (1, 2.0), work=1, problem="g02", reference=published, instance=1),
        evaluated("genetic", (1, 3.0), work=1, problem="knapsack", reference=BOUND),
        certificate(1.0, problem="max-cut", reference=None),
        evaluated("genetic", (1, 3.0), work=1, problem="max-cut", reference=None),
    )
    found = {
        (run.problem, run.instance, run.method): gap_to(results, run)
        for run in results
        if run.value is not None
    }
    assert found["sphere", 0, "genetic"] == (0.0, "optimum: closed form")
    assert found["g02", 0, "genetic"] == found["g02", 0, "adam"] == (2.0, "best value in the file")
    assert found["g02", 1, "adam"] == (2.0, "best value in the file")
    assert found["knapsack", 0, "genetic"] == (3.0, "best value in the file")
    assert found["max-cut", 0, "genetic"] == (1.0, "optimum: certified")


def test_runs_that_count_no_evaluations_are_left_out_with_the_reason(tmp_path):
    results = stored(
        tmp_path,
        evaluated("genetic", (1, 3.0), work=1),
        certificate(1.0, problem="knapsack"),
        certificate(1.0, problem="knapsack", instance=1),
        run("random-search", None),
        evaluated("adam", (1, 3.0), work=1, dimension=2**16),
        evaluated("lion", (1, 3.0), work=1, instance=2**16),
    )
    kept, told = with_evaluations(results, results, "COCO")
    assert [one.method for one in kept] == ["genetic"]
    assert sorted(told) == [
        "left out: 1 of adam: an instance or dimension of 65,536 or more does not fit the format",
        "left out: 1 of lion: an instance or dimension of 65,536 or more does not fit the format",
        "left out: 1 of random-search: no value was found",
        "left out: 2 of integer-programming: a white-box solver is given the model "
        "and makes no evaluations",
    ]
