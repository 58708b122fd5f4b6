"""What a small page leaves out."""

from __future__ import annotations

from comparison.report.thinning import evenly, thin_curves, thin_runs


def test_what_is_few_stays():
    assert evenly([1, 2, 3], 3) == [1, 2, 3]


def test_of_one_the_last_stays():
    assert evenly([1, 2, 3], 1) == [3]


def test_curves_keep_their_ends():
    curves = [{"contender": who, "cost": cost} for who in "ab" for cost in range(10)]
    kept = thin_curves(curves, 4)
    assert [row["cost"] for row in kept] == [0, 3, 6, 9, 0, 3, 6, 9]


def test_runs_keep_their_spread_but_not_what_has_no_value():
    runs = [{"contender": "a", "value": value} for value in (5.0, None, 1.0, 3.0, 2.0, 4.0)]
    assert [row["value"] for row in thin_runs(runs, 3)] == [1.0, 3.0, 5.0]
