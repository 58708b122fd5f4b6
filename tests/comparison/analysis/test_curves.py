"""The pass over the traces, on runs that can be followed by hand."""

from __future__ import annotations

import numpy as np
import pytest

from comparison.analysis.curves import POINTS, Evidence, improvements
from comparison.results.trace import as_array
from tests.comparison.analysis.small import made, step, stored

#: From 10 at cost 1 to 1 at cost 10 and 0 at cost 100; budgets of 100.
FAST = made("genetic", step(1, 10.0), step(10, 1.0), step(100, 0.0))
SLOW = made("hill-climb", step(50, 5.0))


def test_a_curve_is_a_step_function_on_a_grid_of_costs(tmp_path):
    curves = Evidence(stored(tmp_path, FAST, SLOW)).curves["work"]
    grid = curves.grid["sphere"]
    assert len(grid) == POINTS
    assert (grid[0], grid[-1]) == pytest.approx((0.01, 100))
    place = {run.method: i for i, run in enumerate(curves.runs)}
    best = curves.best[place["genetic"]]
    assert best[grid < 0.99].tolist() == [np.inf] * (grid < 0.99).sum()
    assert set(best[(grid > 1.01) & (grid < 9.9)]) == {10.0}
    assert set(best[(grid > 10.1) & (grid < 99)]) == {1.0}
    assert best[-1] == 0.0


def test_targets_are_hit_at_the_cost_of_the_first_value_as_good(tmp_path):
    evidence = Evidence(stored(tmp_path, FAST, SLOW))
    curves = evidence.curves["work"]
    hits = dict(zip([run.method for run in curves.runs], curves.hits, strict=True))
    regrets = evidence.targets
    assert (regrets[0], regrets[-1], len(regrets)) == pytest.approx((1.0, 1e-5, 51))
    assert hits["genetic"][0] == 1.0
    assert set(hits["genetic"][(regrets < 0.99) & (regrets > 0.101)]) == {10.0}
    assert set(hits["genetic"][regrets < 0.0999]) == {100.0}
    assert set(hits["hill-climb"][regrets < 0.49]) == {np.inf}
    assert hits["hill-climb"][0] == 50.0


def test_the_area_is_that_over_the_log_regret(tmp_path):
    """Of five decades none is won until cost 10, one until 100: 90 % of the budget × 1/5."""
    curves = Evidence(stored(tmp_path, FAST)).curves["work"]
    assert curves.areas == pytest.approx([0.9 * 0.2])


def test_solvers_are_on_the_clocks_only(tmp_path):
    solver = made("integer-programming", step(0, 0.0), ended="optimal")
    evidence = Evidence(stored(tmp_path, FAST, solver))
    on = {name: {run.method for run in curves.runs} for name, curves in evidence.curves.items()}
    assert on["work"] == on["tokens"] == on["values"] == {"genetic"}
    assert on["cpu"] == on["wall"] == {"genetic", "integer-programming"}


def test_the_common_cost_is_the_least_that_a_limit_stopped(tmp_path):
    runs = [
        made("genetic", step(1, 9.0), step(60, 1.0), spent=100),
        made("hill-climb", step(1, 8.0), spent=40),
        made("adam", step(1, 7.0), spent=5, ended="converged"),
    ]
    curves = Evidence(stored(tmp_path, *runs)).curves["work"]
    assert curves.common == {("sphere", 0): 40.0}
    settled = {
        run.method: value for run, value in zip(curves.runs, curves.settled[:, -1], strict=True)
    }
    assert settled == {"genetic": 9.0, "hill-climb": 8.0, "adam": 7.0}


def test_of_a_contender_only_runs_that_a_limit_stopped_count(tmp_path):
    runs = [
        made("nelder-mead", step(1, 9.0), seed=i, spent=spent, ended=ended)
        for i, (spent, ended) in enumerate(((5, "converged"), (6, "converged"), (80, "budget")))
    ]
    curves = Evidence(stored(tmp_path, *runs)).curves["work"]
    assert curves.common == {("sphere", 0): 80.0}


def test_where_all_converged_it_is_the_most_that_any_spent(tmp_path):
    runs = [
        made(method, step(1, 1.0), spent=spent, ended="converged")
        for method, spent in (("genetic", 30), ("adam", 50))
    ]
    assert Evidence(stored(tmp_path, *runs)).curves["work"].common == {("sphere", 0): 50.0}


def test_runs_that_found_nothing_and_unsupported_ones_do_no_harm(tmp_path):
    runs = [
        FAST,
        made("hill-climb", ended="error", spent=0),
        made("counting", ended="unsupported", value=None),
    ]
    curves = Evidence(stored(tmp_path, *runs)).curves["work"]
    assert [run.method for run in curves.runs] == ["genetic", "hill-climb"]
    assert set(curves.best[1]) == set(curves.hits[1]) == {np.inf}
    assert curves.areas[1] == 0.0


def test_measured_points_count_only_where_nothing_exact_was_paid():
    measured = [step(1, 3.0, kind="measured"), step(2, 2.0, kind="measured")]
    assert improvements(as_array(measured))["value"].tolist() == [3.0, 2.0]
    exact = [*measured, step(3, 2.5), step(4, 2.6), step(5, 1.0)]
    assert improvements(as_array(exact))["value"].tolist() == [2.5, 1.0]
    bound = [step(1, -1.0, kind="bound"), step(2, -1.0, kind="claimed")]
    assert len(improvements(as_array(bound))) == 0


def test_what_hung_until_it_was_killed_does_not_set_the_common_budget(tmp_path):
    hung = made("adam", step(1, 9.0), spent=3, ended="timeout", message="gave no answer")
    slow = made("tabu", step(1, 9.0), spent=60, ended="timeout")
    evidence = Evidence(stored(tmp_path, FAST, hung, slow))
    assert evidence.curves["work"].common == {("sphere", 0): 60}
