"""Costs of reaching a target, worked out by hand and by cocopp, IOHinspector and scipy."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import types
import warnings

import numpy as np
import pytest
import scipy.stats

from comparison.statistics.runtimes import (
    expected_running_time,
    par10,
    shifted_geometric_mean,
)

INF = float("inf")


def random_costs(runs=20, targets=6):
    """Return costs and budgets such that no run goes beyond its budget."""
    rng = np.random.default_rng(1)
    spent = rng.integers(50, 150, runs).astype(float)
    costs = rng.integers(1, 200, (runs, targets)).astype(float)
    costs[costs > spent[:, None]] = INF
    return costs, spent


def test_expected_running_time_counts_what_the_unsuccessful_spent_themselves():
    # (10 + 30 + 50) / 2: the second and the fourth succeed, the others spent 50.
    assert expected_running_time([INF, 10.0, 30.0], [50, 99, 99]) == 45
    # Of other budgets, the unsuccessful one's counts.
    assert expected_running_time([INF, 10.0, 30.0], [20, 99, 99]) == 30


def test_expected_running_time_is_the_mean_where_all_succeed_and_inf_where_none_does():
    assert expected_running_time([1.0, 2.0, 6.0], [100] * 3) == 3
    assert expected_running_time([INF, INF], [100, 100]) == INF


def test_expected_running_time_goes_over_leading_axes_with_one_number_a_run():
    costs = [[1.0, 3.0], [INF, 4.0], [INF, INF]]
    assert expected_running_time(costs, [5.0, 7.0]).tolist() == [2.0, 9.0, INF]


def test_expected_running_time_is_cocopps(monkeypatch):
    where = importlib.util.find_spec("cocopp")
    if where is None:
        pytest.skip("cocopp is not installed")
    # The file alone: the package loads matplotlib and more on import.
    package = types.ModuleType("cocopp")
    package.__path__ = list(where.submodule_search_locations)
    for name in [name for name in sys.modules if name.split(".")[0] == "cocopp"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "cocopp", package)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        toolsstats = importlib.import_module("cocopp.toolsstats")
    costs, spent = random_costs()
    ours = expected_running_time(costs.T, spent)
    assert np.isinf(costs).any(axis=0).all()
    for column, value in zip(costs.T, ours, strict=True):
        reached = np.isfinite(column)
        theirs, _, _ = toolsstats.sp(np.where(reached, column, spent), issuccessful=reached)
        assert value == pytest.approx(theirs, rel=1e-14)


def test_both_are_iohinspectors_where_all_have_one_budget():
    # Evaluations and the best values so far of three runs.
    curves = [[(1, 9.0), (10, 5.0), (40, 1.0)], [(1, 8.0), (100, 5.0)], [(1, 9.0), (60, 1.0)]]
    polars = pytest.importorskip("polars")
    metrics = pytest.importorskip("iohinspector.metrics")
    rows = [(i, "a", e, y) for i, curve in enumerate(curves) for e, y in curve]
    columns = ["data_id", "algorithm_name", "evaluations", "raw_y"]
    data = polars.DataFrame(rows, schema=columns, orient="row")
    table = metrics.aggregate_running_time(data, eval_max=100)
    targets = table["raw_y"].to_numpy()
    costs = np.array(
        [[min((e for e, y in curve if y <= t), default=INF) for t in targets] for curve in curves]
    )
    np.testing.assert_allclose(expected_running_time(costs.T, [100] * 3), table["ERT"])
    np.testing.assert_allclose(par10(costs.T, 100), table["PAR-10"])


def test_par10_counts_a_run_without_success_ten_times_its_budget():
    assert par10([10.0, INF, 30.0], 100) == (10 + 1000 + 30) / 3
    assert par10([10.0, INF], [100, 20]) == 105


def test_par10_takes_a_success_beyond_the_budget_for_none():
    assert par10([10.0, 101.0], 100) == 505
    assert par10([10.0, 100.0], 100) == 55


def test_par10_goes_over_leading_axes():
    assert par10([[1.0, 3.0], [INF, 4.0]], [5, 7]).tolist() == [2.0, 27.0]


def test_shifted_geometric_mean_by_hand():
    # (0 + 1)(3 + 1)(15 + 1) = 64, whose cube root is 4.
    assert shifted_geometric_mean([0.0, 3.0, 15.0]) == pytest.approx(3, rel=1e-14)
    assert shifted_geometric_mean([1.0, INF]) == INF


def test_shifted_geometric_mean_is_scipys():
    times = np.random.default_rng(0).exponential(10, (4, 7))
    expected = scipy.stats.gmean(times + 1, axis=-1) - 1
    np.testing.assert_allclose(shifted_geometric_mean(times), expected, rtol=1e-13)
    between = (scipy.stats.gmean(times, axis=-1) < expected) & (expected < times.mean(axis=-1))
    assert between.all()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: par10([], 10),
        lambda: par10([-1.0], 10),
        lambda: par10([float("nan")], 10),
        lambda: expected_running_time(np.zeros((3, 0)), 10),
        lambda: shifted_geometric_mean([-1.0]),
    ],
)
def test_costs_are_numbers_from_0_of_one_run_at_least(wrong):
    with pytest.raises(ValueError, match="costs: expected"):
        wrong()


@pytest.mark.parametrize("spent", [INF, float("nan"), -1.0])
def test_a_run_without_success_spent_a_finite_amount(spent):
    with pytest.raises(ValueError, match="spent: expected a finite number"):
        expected_running_time([INF, 1.0], [spent, 5.0])
    assert expected_running_time([3.0, 1.0], [spent, 5.0]) == 2  # else it is not read
