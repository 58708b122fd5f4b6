"""The study `loss-surface` judged by hand-made numbers; paths, planes and theory."""

from __future__ import annotations

import numpy as np
import pytest

import problems
from comparison.charts.export import specification
from methods import minimize
from studies import laboratory as lab
from studies.instruments.paths import path, ways_down
from studies.instruments.quadratic_rates import DESCENTS, best_settings, predicted_steps
from studies.loss_surface import LossSurface


def tables(heavy):
    powers = {"gradient-descent": 1.0, "momentum": heavy, "nesterov": 0.5}
    return {
        "medians": [
            {"method": method, "condition": kappa, "steps": 10 * kappa**power}
            for method, power in powers.items()
            for kappa in (10, 100, 1000)
        ],
        "steps": [{"instance": 0}, {"instance": 1}],
    }


def test_it_is_met_where_momentum_needs_a_third_of_the_steps():
    verdict = LossSurface().judge(tables(heavy=0.5))
    assert verdict.met
    assert "medians of 2 instances" in verdict.sentence
    assert verdict.numbers["ratio of steps"] == pytest.approx(0.1)
    assert verdict.numbers["exponent, momentum"] == pytest.approx(0.5)


def test_it_is_not_met_where_momentum_buys_little():
    assert not LossSurface().judge(tables(heavy=0.9)).met


def test_the_best_constants_shrink_both_ends_of_the_spectrum_alike():
    found = best_settings(200.0, 2.0)
    plain = found["gradient-descent"]["learning_rate"]
    assert abs(1 - 200 * plain) == pytest.approx(abs(1 - 2 * plain)) == pytest.approx(99 / 101)
    heavy = found["momentum"]
    for curvature in (2.0, 200.0):  # the roots of z² − (1 + μ − ηh) z + μ have modulus √μ
        roots = np.roots(
            [1, -(1 + heavy["momentum"] - heavy["learning_rate"] * curvature), heavy["momentum"]]
        )
        assert np.abs(roots) == pytest.approx(9 / 11, rel=1e-6)


@pytest.mark.parametrize("method", DESCENTS)
def test_predicted_steps_rise_with_the_condition_number_or_its_root(method):
    ratio = predicted_steps(method, 40_000, 1e-6) / predicted_steps(method, 10_000, 1e-6)
    assert ratio == pytest.approx(4 if method == "gradient-descent" else 2, rel=0.02)


@pytest.mark.parametrize("method", DESCENTS)
def test_predicted_steps_are_those_of_the_slowest_direction(method):
    how = {"momentum": 0.0, **best_settings(100.0, 1.0)[method]}
    rate, mu = how["learning_rate"], how["momentum"]
    slowest = 0.0
    for curvature in np.linspace(1, 100, 100):  # the characteristic polynomials of their recursions
        kept = 1 - rate * curvature
        plain = [1, -(kept + mu), mu]
        ahead = [1, -(1 + mu) * kept, mu * kept]
        roots = np.roots(ahead if method == "nesterov" else plain)
        slowest = max(slowest, float(np.abs(roots).max()))
    steps = predicted_steps(method, 100, 1e-6)
    assert slowest ** (2 * steps) == pytest.approx(1e-6, rel=1e-4)


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


def test_a_path_has_a_ring_where_it_starts_and_a_dot_where_it_ends():
    rows = [{"x": i, "y": -i, "way": way, "t": i} for way in "ab" for i in (2, 0, 1)]
    x, y = lab.Axis("x", "x"), lab.Axis("y", "y")
    *_, ring, dot = specification(lab.curves(rows, x, y, "way", order="t"))["layer"]
    assert [row["x"] for row in ring["data"]["values"]] == [0, 0]
    assert [(row["x"], row["way"]) for row in dot["data"]["values"]] == [(2, "a"), (2, "b")]
    assert "fill" not in ring["encoding"]


def test_paths_of_many_variables_are_seen_in_the_plane_where_they_move_most():
    problem = problems.make("ellipsoid", dimension=6, condition=100)
    ways = {"gradient-descent": {}, "adam": {}}
    at, heights = ways_down(problem, ways, work=90, size=7)
    assert {row["method"] for row in at} == set(ways)
    assert len(heights) == 49
    assert len({row["x"] for row in heights}) == 7
    xs = [row["x"] for row in at]
    assert min(row["x"] for row in heights) < min(xs) <= max(xs) < max(row["x"] for row in heights)


def test_a_surface_has_as_many_points_of_each_shade():
    rows = [{"x": i, "y": j, "z": 10.0 ** (4 * i + j)} for i in range(4) for j in range(4)]
    x, y = lab.Axis("x", "x"), lab.Axis("y", "y")
    cells = specification(lab.surface(rows, x, y, "z", levels=4))["data"]["values"]
    assert np.bincount([cell["shade"] for cell in cells]).tolist() == [4, 4, 4, 4]
    assert (cells[0]["left"], cells[0]["right"]) == (-0.5, 0.5)


def test_theory_is_told_apart_under_the_pointer_only():
    rows = [{"x": 1, "y": 1, "way": "a"}, {"x": 2, "y": 4, "way": "a"}]
    spec = specification(lab.theory(rows, lab.Axis("x", "x"), lab.Axis("y", "y"), "way"))
    assert spec["encoding"]["detail"]["field"] == "way"
    assert "color" not in spec["encoding"]
    assert "axis" not in spec["encoding"]["x"]  # the curves' own, with which it would conflict
