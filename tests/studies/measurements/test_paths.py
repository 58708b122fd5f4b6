"""The way that a method goes."""

from __future__ import annotations

import numpy as np
import pytest

import problems
from methods import minimize
from studies.measurements.paths import path, ways_down


@pytest.mark.parametrize("method", ["gradient-descent", "adam", "nelder-mead", "cma-es"])
def test_a_path_begins_at_the_start_and_goes_down(method):
    problem = problems.make("ellipsoid", dimension=2, condition=10)
    start = np.array([1.0, -2.0])
    gone = path(problem, method, start, work=300)
    assert (gone[0] == start).all()
    assert len(gone) > 5
    values = problem.values(gone)
    assert values[-1] < 0.1 * values[0]
    if method in ("nelder-mead", "cma-es"):
        assert (np.diff(values[1:]) < 0).all()


def test_a_descents_path_has_every_iterate():
    problem = problems.make("sphere", dimension=2)
    gone = path(problem, "gradient-descent", np.array([3.0, 3.0]), work=30, learning_rate=0.1)
    moves = np.linalg.norm(gone[1:] - problem.reference_point, axis=1)
    assert len(gone) == 10
    assert moves[1:] / moves[:-1] == pytest.approx(np.full(8, 0.8))


def test_watching_changes_nothing():
    problem = problems.make("rosenbrock", dimension=3)
    start = problem.relaxation().start(np.random.default_rng(0))
    gone = path(problem, "adam", start, work=60)
    assert minimize(problem, "adam", budget=60).ledger.gradients == len(gone)


@pytest.mark.parametrize("method", ["nesterov", "cma-es"])
def test_a_path_ends_where_the_run_is_done(method):
    problem = problems.make("ellipsoid", dimension=2, condition=100)
    gone = path(problem, method, np.array([1.4, -2.3]), work=2000)
    assert problem.value(gone[-1]) <= 1e-8


def test_paths_of_many_variables_are_seen_in_the_plane_where_they_move_most():
    problem = problems.make("ellipsoid", dimension=6, condition=100)
    ways = {"gradient-descent": {}, "adam": {}}
    at, heights = ways_down(problem, ways, work=90, size=7)
    assert {row["method"] for row in at} == set(ways)
    assert len(heights) == 49
    assert len({row["x"] for row in heights}) == 7
    xs = [row["x"] for row in at]
    assert min(row["x"] for row in heights) < min(xs) <= max(xs) < max(row["x"] for row in heights)
