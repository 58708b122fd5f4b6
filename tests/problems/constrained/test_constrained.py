"""Ordering after Deb, ceilings, views, options and descriptions of the constrained problems."""

from __future__ import annotations

import numpy as np
import pytest

from problems import Budget, Oracle
from problems.constrained.engineering import PLATE
from problems.core.problem import VIEWS, has_view
from tests.problems.constrained.published import NAMES, make


@pytest.mark.parametrize("name", NAMES)
def test_values_equal_looped_values(name) -> None:
    problem = make(name)
    points = problem.space.sample(np.random.default_rng(0), 50)
    looped = [problem.value(x) for x in points]
    assert problem.values(points) == pytest.approx(looped, rel=1e-13)


@pytest.mark.parametrize("name", NAMES)
def test_the_ceiling_bounds_the_values(name) -> None:
    problem = make(name)
    box = problem.space
    rng = np.random.default_rng(1)
    points = np.concatenate(
        [
            box.sample(rng, 5000),
            np.where(rng.random((2000, box.dimension)) < 0.5, box.low, box.high),  # corners
        ]
    )
    if name == "g08":  # the box has peaks beyond the ceiling, which bounds the feasible set
        points = np.array([x for x in points if (problem.constraints(x) <= 0).all()])
        assert len(points) > 10
    assert (problem.values(points) <= problem.ceiling).all()


@pytest.mark.parametrize("name", NAMES)
def test_constraints_are_named_and_finite_in_the_whole_box(name) -> None:
    problem = make(name)
    rng = np.random.default_rng(2)
    box = problem.space
    corners = np.where(rng.random((50, box.dimension)) < 0.5, box.low, box.high)
    for x in [*box.sample(rng, 50), *corners, box.low, box.high]:
        g = problem.constraints(x)
        assert g.shape == (len(problem.limits),)
        assert np.isfinite(g).all()
        assert np.isfinite(problem.value(x))


@pytest.mark.parametrize("name", NAMES)
def test_evaluations_are_ordered_after_deb(name) -> None:
    problem = make(name)
    rng = np.random.default_rng(3)
    box = problem.space
    spread = 10.0 ** rng.uniform(-9, -1, (300, 1)) * (box.high - box.low)
    near = np.array(problem.best_point) + spread * rng.standard_normal((300, box.dimension))
    points = [*box.sample(rng, 300), *box.decode(near), *_inside(problem)]
    problem.reference = None  # so that meeting it does not end the run
    oracle = Oracle(problem, Budget(len(points)))
    feasible, infeasible = [], []
    for x in points:
        total = float(np.maximum(problem.constraints(x), 0).sum())
        (infeasible if total > 0 else feasible).append((total, oracle.value(x)))
    assert infeasible
    if name != "g05":  # its feasible set is too thin even for neighbours of its optimum
        assert feasible
    worst = max((v for _, v in feasible), default=-np.inf)
    assert min(v for _, v in infeasible) > worst
    infeasible.sort()
    told = [v for _, v in infeasible]
    assert told == sorted(told)  # the less violated, the better


def _inside(problem) -> list:
    """Return the published point, where it is feasible to the last bit."""
    x = np.array(problem.best_point)
    return [x] if (problem.constraints(x) <= 0).all() else []


def test_the_vessel_takes_whole_plates_only() -> None:
    problem = make("pressure-vessel")
    assert [13, 7, 42.0, 177.0] in problem.space
    assert [13.5, 7, 42.0, 177.0] not in problem.space
    assert [0.8125, 0.4375, 42.0, 177.0] not in problem.space
    shells = problem.quantities(problem.space.sample(np.random.default_rng(4), 500))[:, :2]
    assert (shells / PLATE == np.rint(shells / PLATE)).all()
    x = np.array([13, 7, 42.0, 177.0])
    shell, head, radius, length = 0.8125, 0.4375, 42.0, 177.0
    cost = 0.6224 * shell * radius * length + 1.7781 * head * radius**2
    cost += 3.1661 * shell**2 * length + 19.84 * shell**2 * radius
    assert problem.value(x) == pytest.approx(cost)


def test_the_reducer_takes_whole_teeth_only() -> None:
    problem = make("speed-reducer")
    x = np.array(problem.best_point)
    assert x in problem.space
    x[2] = 17.5
    assert x not in problem.space


def test_the_spring_with_a_coil_as_thin_as_its_wire_is_infeasible_by_a_finite_amount() -> None:
    g = make("tension-spring").constraints([0.5, 0.5, 5.0])
    assert np.isfinite(g).all()
    assert g[1] > 0


def test_g08_and_g02_are_finite_where_their_formulas_divide_by_zero() -> None:
    assert make("g08").value(np.zeros(2)) == 0
    assert np.isfinite(make("g02").value(np.zeros(20)))


@pytest.mark.parametrize("name", ["g03", "g05", "g11"])
def test_the_tolerance_widens_the_equality(name) -> None:
    x = np.array(make(name).best_point)
    exact, loose = (make(name, tolerance=t).constraints(x) for t in (0.0, 1e-2))
    assert (exact > 0).any()
    assert (loose <= 0).all()
    with pytest.raises(ValueError, match=r"tolerance=-1: expected a number in \[0, 0\.1\]"):
        make(name, tolerance=-1)


@pytest.mark.parametrize("name", NAMES)
def test_only_constraints_are_offered(name) -> None:
    assert not any(has_view(make(name), view) for view in VIEWS)


def test_describe_names_variables_and_what_limits_them() -> None:
    problem = make("pressure-vessel")
    text = problem.describe(np.array([13, 7, 42.0984, 177.0]))
    assert text == (
        "shell thickness (in) 0.8125, head thickness (in) 0.4375, radius (in) 42.0984, "
        "length (in) 177; active: shell stress"
    )
    assert "violated: head stress by 2.05, volume by" in problem.describe(
        np.array([99, 1, 20.0, 100.0])
    )
    assert make("g05").describe(np.array(make("g05").best_point)).endswith("active: h1, h2, h3")


def test_titles_count_the_limits() -> None:
    assert make("g06").title == "2 variables, 2 inequalities"
    assert make("g11").title == "2 variables, 1 equality, kept within 0.0001"
