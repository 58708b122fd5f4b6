"""Which points of curves and which runs a small page keeps."""

from __future__ import annotations

from comparison.figures.thinning import evenly, thin_curves, thin_runs


def test_few_points_all_stay():
    assert evenly([1, 2, 3], 3) == [1, 2, 3]


def test_one_point_is_the_last():
    assert evenly([1, 2, 3], 1) == [3]


def test_curves_keep_their_ends():
    curves = [{"contender": name, "cost": cost} for name in "ab" for cost in range(10)]
    kept = thin_curves(curves, 4)
    assert [row["cost"] for row in kept] == [0, 3, 6, 9, 0, 3, 6, 9]


def test_runs_keep_their_spread_and_those_without_a_value_go():
    runs = [{"contender": "a", "value": value} for value in (5.0, None, 1.0, 3.0, 2.0, 4.0)]
    assert [row["value"] for row in thin_runs(runs, 3)] == [1.0, 3.0, 5.0]
