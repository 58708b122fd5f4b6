"""Primal integrals of traces whose area is known by hand."""

from __future__ import annotations

import pytest

from comparison.integrals import gap, primal_dual_integral, primal_integral
from methods import minimize
from problems import make
from problems.core.ledger import TracePoint


def trace(*points):
    """Points as (kind, value, wall seconds); CPU seconds are half of those."""
    return [TracePoint(kind, value, 0, 0, 0, at / 2, at) for kind, value, at in points]


@pytest.mark.parametrize(
    ("value", "reference", "expected"),
    [
        (0, 0, 0),
        (5, 5, 0),
        (-3, 3, 1),
        (20, 10, 0.5),
        (-10, -20, 0.5),
        (1, 0, 1),
        (0, -4, 1),
        (8, 10, 0.2),
    ],
)
def test_the_gap(value, reference, expected):
    assert gap(value, reference) == expected == gap(reference, value)


def test_without_a_solution_the_gap_is_1_all_the_time():
    assert primal_integral([], 3.0, 7.0) == 7.0
    assert primal_dual_integral(trace(("bound", 1.0, 1.0)), 7.0) == 7.0
    assert primal_dual_integral(trace(("value", 1.0, 1.0)), 7.0) == 7.0


def test_the_area_of_a_staircase():
    """1 for 1 s, 3/4 for 2 s, 1/2 for 4 s, and 0 from the optimum on."""
    points = trace(("value", 40.0, 1), ("value", 20.0, 3), ("value", 10.0, 7))
    assert primal_integral(points, 10.0, 10.0) == 1 + 2 * 0.75 + 4 * 0.5
    assert primal_integral(points, 10.0, 5.0) == 1 + 2 * 0.75 + 2 * 0.5
    assert primal_integral(points, 10.0, 0.0) == 0.0


def test_the_clock_may_be_the_processors():
    points = trace(("value", 20.0, 2), ("value", 10.0, 4))
    assert primal_integral(points, 10.0, 2.0, "cpu_seconds") == 1 + 0.5


def test_only_what_is_better_counts():
    worse = trace(("value", 20.0, 1), ("value", 30.0, 2), ("restart", 20.0, 3))
    assert primal_integral(worse, 10.0, 5.0) == 1 + 4 * 0.5
    measured = trace(("measured", 10.0, 1))
    assert primal_integral(measured, 10.0, 5.0) == 5.0


def test_a_claim_counts_when_a_solution_bears_it_out():
    borne_out = trace(("claimed", 20.0, 1), ("claimed", 10.0, 2), ("value", 10.0, 5))
    assert primal_integral(borne_out, 10.0, 5.0) == 1 + 0.5
    empty = trace(("claimed", 5.0, 1), ("value", 10.0, 3))
    assert primal_integral(empty, 10.0, 5.0) == 3.0
    assert primal_integral(trace(("claimed", 5.0, 1)), 5.0, 5.0) == 5.0


def test_the_primal_dual_area():
    """1 until both are there, then 1 − 5/20, then 1 − 10/20, then 0."""
    points = trace(("bound", 5.0, 1), ("value", 20.0, 2), ("bound", 10.0, 4), ("value", 10.0, 8))
    assert primal_dual_integral(points, 10.0) == 2 + 2 * 0.75 + 4 * 0.5
    touching = trace(("value", 1.0, 1), ("bound", 1.0 + 1e-9, 2))
    assert primal_dual_integral(touching, 5.0) == 2.0


@pytest.mark.parametrize("until", [-1.0, float("inf"), float("nan")])
def test_a_time_that_is_none_is_refused(until):
    with pytest.raises(ValueError, match="expected a finite number of seconds"):
        primal_integral([], 0.0, until)


@pytest.mark.parametrize("solver", ["highs", "cbc"])
def test_a_solved_run_has_an_integral_below_the_time_that_it_took(solver):
    run = minimize(make("max-cut", nodes=30), "integer-programming", 0, solver=solver)
    took = run.ledger.wall_seconds
    primal = primal_integral(run.trace, run.value, took)
    both = primal_dual_integral(run.trace, took)
    assert 0 < primal <= both <= took
    # Nothing is added once the optimum is there, and proved.
    assert primal_integral(run.trace, run.value, took + 100) == pytest.approx(primal)
    assert primal_dual_integral(run.trace, took + 100) == pytest.approx(both, abs=1e-6)
