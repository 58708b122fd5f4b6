"""Performance and data profiles of a table small enough to read."""

from __future__ import annotations

import numpy as np
import pytest

from comparison.statistics.profiles import data_profile, performance_profile

INF = float("inf")
#: Four problems, three methods.
COSTS = [[10.0, 20.0, INF], [30.0, 10.0, 40.0], [INF, INF, INF], [5.0, 5.0, 50.0]]


def test_performance_profile_by_hand():
    # Ratios: 1, 2, inf; 3, 1, 4; none; 1, 1, 10.
    profile = performance_profile(COSTS, [1, 2, 3, 4, 10, 1000])
    assert (4 * profile).tolist() == [
        [2, 2, 3, 3, 3, 3],
        [2, 3, 3, 3, 3, 3],
        [0, 0, 0, 1, 2, 2],
    ]


def test_what_is_not_solved_is_within_no_ratio():
    assert performance_profile(COSTS, [INF]).ravel().tolist() == [0.75, 0.75, 0.5]


def test_where_the_best_is_free_only_the_free_is_within_a_ratio():
    assert performance_profile([[0.0, 0.0, 3.0]], [1, 1e9]).tolist() == [[1, 1], [1, 1], [0, 0]]


def test_data_profile_by_hand():
    # In units of n + 1 = 5, 10, 2, 1: 2, 4, –; 3, 1, 4; –; 5, 5, 50.
    profile = data_profile(COSTS, [4, 9, 1, 0.5e-9], [0, 1, 2, 3, 4, 6])
    assert (4 * profile).tolist() == [
        [0, 0, 1, 2, 2, 3],
        [0, 1, 1, 1, 2, 3],
        [0, 0, 0, 0, 1, 1],
    ]


def test_profiles_are_shares_of_comparisons():
    rng = np.random.default_rng(0)
    costs = rng.integers(1, 100, (40, 5)).astype(float)
    costs[costs > 80] = INF
    n, grid = rng.integers(1, 9, 40), np.array([1.0, 2.5, 4, 16])
    with np.errstate(invalid="ignore"):
        ratios = costs / costs.min(axis=1, keepdims=True)
    expected = [[(ratios[:, j] <= g).mean() for g in grid] for j in range(5)]
    np.testing.assert_allclose(performance_profile(costs, grid), expected)
    units = costs / (n[:, None] + 1)
    expected = [[(units[:, j] <= g).mean() for g in grid] for j in range(5)]
    np.testing.assert_allclose(data_profile(costs, n, grid), expected)


def test_a_methods_data_profile_does_not_depend_on_the_others():
    alone = data_profile(np.array(COSTS)[:, :1], [1, 2, 3, 4], [1, 5, 20])
    assert alone.tolist() == data_profile(COSTS, [1, 2, 3, 4], [1, 5, 20])[:1].tolist()
    # The other profile does: alone, a method is its own best.
    assert performance_profile(np.array(COSTS)[:, :1], [1]).item() == 0.75


@pytest.mark.parametrize("costs", [[1.0, 2.0], np.zeros((0, 2)), np.zeros((2, 0))])
def test_costs_are_of_problems_and_methods(costs):
    with pytest.raises(ValueError, match=r"expected \(problems, methods\)"):
        performance_profile(costs, [1])


@pytest.mark.parametrize("cost", [-1.0, float("nan")])
def test_costs_are_numbers_from_0(cost):
    with pytest.raises(ValueError, match="costs: expected numbers >= 0"):
        data_profile([[cost]], [1], [1])


@pytest.mark.parametrize("dimensions", [[1], [1, 2, 3], [1, 0], [1, float("nan")]])
def test_every_problem_has_a_dimension(dimensions):
    with pytest.raises(ValueError, match="dimensions: expected a number > 0 for each of 2"):
        data_profile([[1.0], [2.0]], dimensions, [1])
