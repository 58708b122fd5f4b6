"""The optima that are derived, derived again: bounds below, points that attain them."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.optimize

from problems.constrained.engineering import PLATE, VOLUME
from tests.problems.constrained.published import NAMES, make, violation


def test_which_references_are_proven() -> None:
    assert [name for name in NAMES if not make(name).reference.proven] == ["g02"]
    derived = [name for name in NAMES if name != "g02" and not make(name).proved]
    assert derived == ["pressure-vessel", "g01", "g03", "g06", "g07", "g11"]


def test_the_cheapest_vessel_of_every_radius_bounds_the_pressure_vessel() -> None:
    problem = make("pressure-vessel")

    def length(radius: float) -> float:
        return max(10.0, VOLUME / (math.pi * radius**2) - 4 / 3 * radius)

    def plates(radius: float) -> tuple[int, int]:
        return (
            math.ceil(0.0193 * radius / PLATE - 1e-9),
            math.ceil(0.00954 * radius / PLATE - 1e-9),
        )

    # Cost grows with plates, radius and length, and the least length falls with the
    # radius: on [a, b], plates and radius of a with the length of b cost no more.
    edge = 13 * PLATE / 0.0193
    grid = np.unique(np.concatenate([np.linspace(10, 200, 60_001), [edge]]))
    a, b = grid[:-1], grid[1:]
    lowest_lengths = np.array([length(r) for r in b])
    open_end = np.array([plates(r + 1e-6) for r in a])  # just above a, where a plate may begin
    points = np.column_stack([open_end, a, lowest_lengths])
    bounds = problem.values(points)
    bounds[np.array([length(r) for r in b]) > 200] = np.inf  # too long for the box
    assert np.isfinite(bounds).sum() > 10_000
    below = bounds < problem.best_value
    # What is left touches the optimum's radius from below, with its plates.
    assert (b[below] <= edge + 1e-9).all()
    assert (a[below] > edge - 0.1).all()
    assert (open_end[below] == [13, 7]).all()

    def slope(radius: float) -> float:
        """Bound the derivative of cost along the least length, plates (13, 7), from above."""
        shell, head = 13 * PLATE, 7 * PLATE
        falls = 0.6224 * shell * (VOLUME / (math.pi * radius**2) + 8 / 3 * radius)
        return 2 * 1.7781 * head * radius + 19.84 * shell**2 - falls

    assert all(slope(r) < 0 for r in np.linspace(edge - 0.2, edge, 1001))
    best = np.array([13, 7, edge, length(edge)])
    assert problem.value(best) == pytest.approx(problem.best_value, rel=1e-12)
    assert violation(problem, best) < 1e-12


def test_the_lagrangian_bounds_g07_from_below() -> None:
    problem = make("g07")
    x = np.array(problem.best_point)
    zero, unit = np.zeros(10), np.eye(10)

    def quadratic(f):
        """Return f as ½ xᵀ H x + cᵀ x + d, from its values, exactly but for rounding."""
        d = f(zero)
        plus = np.array([f(e) for e in unit])
        minus = np.array([f(-e) for e in unit])
        c = (plus - minus) / 2
        pairs = [[f(e + o) - f(e) - f(o) + d for o in unit] for e in unit]
        return np.array(pairs), c, d

    parts = [quadratic(problem.value)]
    parts += [quadratic(lambda y, i=i: problem.constraints(y)[i]) for i in range(8)]
    assert all(np.linalg.eigvalsh(H).min() > -1e-9 for H, _, _ in parts)  # convex, all of them
    gradients = np.array([H @ x + c for H, c, _ in parts])
    active = np.flatnonzero(problem.constraints(x) > -1e-6)
    prices, residual = scipy.optimize.nnls(gradients[1 + active].T, -gradients[0])
    assert residual < 1e-5
    weight = np.concatenate([[1.0], np.zeros(8)])
    weight[1 + active] = prices
    H, c, d = (sum(w * part[i] for w, part in zip(weight, parts, strict=True)) for i in range(3))
    assert np.linalg.eigvalsh(H).min() > 0.1
    bound = d - 0.5 * c @ np.linalg.solve(H, c)
    reference = problem.reference
    assert bound >= reference.value - 1e-9
    assert bound <= problem.value(x) + 1e-9


@pytest.mark.parametrize("tolerance", [0.0, 1e-6, 1e-4, 0.05])
def test_tolerant_optima_of_g03_and_g11_are_attained_and_state_their_tolerance(tolerance) -> None:
    points = {
        "g03": np.full(10, math.sqrt((1 + tolerance) / 10)),
        "g11": np.array([math.sqrt(0.5 - tolerance), 0.5]),
    }
    for name, x in points.items():
        problem = make(name, tolerance=tolerance)
        reference = problem.reference
        assert problem.value(x) == pytest.approx(reference.value, rel=1e-12)
        assert violation(problem, x) < 1e-14
        assert f"tolerance {tolerance:g}" in reference.source


def test_a_tolerant_point_beats_the_exact_optimum_but_never_the_reference() -> None:
    for name, exact in (("g03", -1.0), ("g11", 0.75)):
        problem = make(name)
        assert problem.value(np.array(problem.best_point)) < exact
        assert problem.reference.value < exact


def test_the_published_value_of_g05_holds_for_its_tolerance_only() -> None:
    assert "1e-4" in make("g05").reference.source
    assert make("g05", tolerance=1e-3).reference is None


def test_g01_keeps_its_termwise_bound_on_its_polytope() -> None:
    # f >= −(x_5 + … + x_9 + x_13) − (x_10 + x_11 + x_12), whose maximum is a linear program.
    problem = make("g01")
    rows = np.array(
        [problem.constraints(e) - problem.constraints(np.zeros(13)) for e in np.eye(13)]
    )
    cost = -np.array([0.0] * 4 + [1.0] * 9)
    found = scipy.optimize.linprog(
        cost,
        A_ub=rows.T,
        b_ub=-problem.constraints(np.zeros(13)),
        bounds=list(zip(problem.space.low, problem.space.high, strict=True)),
    )
    assert found.fun == pytest.approx(-15)


def test_g06_increases_in_both_variables_of_which_both_are_least_at_the_optimum() -> None:
    problem = make("g06")
    x = np.array([14.095, 5 - math.sqrt(82.81 - 8.095**2)])
    assert violation(problem, x) < 1e-12
    assert problem.value(x) == pytest.approx(problem.reference.value, rel=1e-12)
    rng = np.random.default_rng(3)
    near = x + 0.1 * rng.standard_normal((20_000, 2))
    inside = [y for y in near if (problem.constraints(y) <= 0).all()]
    assert len(inside) > 100
    assert all((y >= x - 1e-12).all() for y in inside)
