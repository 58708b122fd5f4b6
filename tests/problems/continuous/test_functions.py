"""Every test function against its published minimum, its gradient and its neighbours."""

from __future__ import annotations

import numpy as np
import pytest

import problems
from problems import PROBLEMS
from problems.core.problem import has_view

NAMES = [e.name for e in PROBLEMS.expand(["continuous"]) if e.name != "bbob"]
SMOOTH = [name for name in NAMES if has_view(PROBLEMS.entry(name).load(), "relaxation")]

#: Value of the unshifted function at a point, by hand, in two variables.
BY_HAND = {
    "sphere": ([1, 2], 5),
    "quadratic": ([1, 2], 2.5),
    "ellipsoid": ([1, 2], 1 + 4e6),
    "schwefel-double-sum": ([1, 2], 1 + 9),
    "different-powers": ([3, 2], 9 + 2**12),
    "zakharov": ([1, 2], 5 + 2.5**2 + 2.5**4),
    "rosenbrock": ([-1, 2], 100 + 4),
    "dixon-price": ([3, 1], 4 + 2),
    "step-ellipsoid": ([1.4, -1.6], 1 + 400),
    "rastrigin": ([0.5, 1], 0.25 + 20 + 1),
    "ackley": ([1, 1], 20 * (1 - np.exp(-0.2))),
    "griewank": ([np.pi, 0], np.pi**2 / 4000 + 2),
    "levy": ([5, 1], 1 + 10 * np.sin(2 * np.pi + 1) ** 2),
    "styblinski-tang": ([1, 0], -5),
}


def gradient(problem, x):
    return problem.relaxation().loss_and_gradient(x)


def test_the_table_is_complete():
    assert set(BY_HAND) == set(NAMES)
    assert len(NAMES) == 14
    assert set(NAMES) - set(SMOOTH) == {"step-ellipsoid"}


@pytest.mark.parametrize("name", NAMES)
def test_value_by_hand(name):
    z, expected = BY_HAND[name]
    problem = problems.make(name, dimension=2)
    assert problem.raw(np.array([z], dtype=float))[0] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dimension", [2, 5, 20])
@pytest.mark.parametrize("instance", [0, 3])
def test_minimum_is_attained_and_unbeaten(name, dimension, instance):
    problem = problems.make(name, dimension=dimension, instance=instance)
    best, reference = problem.reference_point, problem.reference
    assert best in problem.space
    assert problem.value(best) == pytest.approx(reference.value, abs=1e-10, rel=1e-14)
    rng = np.random.default_rng(0)
    far = problem.space.sample(rng, 2000)
    near = best + rng.standard_normal((2000, dimension)) * np.geomspace(1e-6, 1, 2000)[:, None]
    assert problem.values(np.vstack([far, near])).min() >= reference.value - reference.slack


@pytest.mark.parametrize("name", SMOOTH)
@pytest.mark.parametrize("dimension", [2, 5, 20])
def test_gradient_is_zero_at_the_minimum(name, dimension):
    problem = problems.make(name, dimension=dimension)
    loss, slope = gradient(problem, problem.reference_point)
    assert loss == problem.value(problem.reference_point)
    np.testing.assert_allclose(slope, 0, atol=1e-9)


@pytest.mark.parametrize("name", SMOOTH)
@pytest.mark.parametrize("dimension", [1, 2, 3, 10])
def test_gradient_matches_finite_differences(name, dimension):
    problem = problems.make(name, dimension=max(dimension, problem_minimum(name)), instance=1)
    step = 1e-6
    for x in problem.space.sample(np.random.default_rng(1), 5):
        _, slope = gradient(problem, x)
        shifts = step * np.eye(len(x))
        numeric = (problem.values(x + shifts) - problem.values(x - shifts)) / (2 * step)
        scale = np.abs(slope).max()
        np.testing.assert_allclose(numeric, slope, rtol=1e-5, atol=1e-5 * max(1e-2, scale))


def problem_minimum(name):
    return PROBLEMS.entry(name).load().smallest


@pytest.mark.parametrize("name", NAMES)
def test_least_dimension(name):
    least = problem_minimum(name)
    assert np.isfinite(problems.make(name, dimension=least).value(np.zeros(least)))
    for dimension in (least - 1, PROBLEMS.entry(name).load().largest + 1):
        with pytest.raises(ValueError, match=f"dimension={dimension}: expected"):
            problems.make(name, dimension=dimension)


@pytest.mark.parametrize("name", NAMES)
def test_instances_differ_and_repeat(name):
    first, again, other = (problems.make(name, instance=i) for i in (0, 0, 1))
    x = first.space.sample(np.random.default_rng(0), 1)[0]
    assert first.value(x) == again.value(x) != other.value(x)
    if name != "quadratic":  # which needs none where it is the same in all directions
        np.testing.assert_allclose(first.rotation @ first.rotation.T, np.eye(10), atol=1e-12)


@pytest.mark.parametrize("name", ["sphere", "ellipsoid", "schwefel-double-sum", "rastrigin"])
def test_smoothness_bounds_the_change_of_the_gradient(name):
    problem = problems.make(name, dimension=4)
    bound = problem.relaxation().smoothness
    points = problem.space.sample(np.random.default_rng(2), 50)
    slopes = np.array([gradient(problem, x)[1] for x in points])
    change = np.linalg.norm(np.diff(slopes, axis=0), axis=1)
    assert (change <= bound * np.linalg.norm(np.diff(points, axis=0), axis=1) * (1 + 1e-9)).all()


def test_outside_the_box_the_gradient_is_that_of_the_nearest_point():
    problem = problems.make("zakharov", dimension=3)
    outside, nearest = np.array([1e200, 1.0, -1e200]), np.array([5.0, 1.0, -5.0])
    (loss, slope), (expected, there) = gradient(problem, outside), gradient(problem, nearest)
    assert loss == expected == problem.value(nearest)
    assert slope.tolist() == there.tolist()


def test_condition_of_the_ellipsoid():
    problem = problems.make("ellipsoid", dimension=6, condition=100)
    hessian = 2 * problem.rotation.T @ np.diag(problem.weights) @ problem.rotation
    assert np.linalg.cond(hessian) == pytest.approx(100)
    for condition in (0.5, 1e13):
        with pytest.raises(ValueError, match="condition="):
            problems.make("ellipsoid", condition=condition)


def test_published_minimum_of_styblinski_tang():
    # Jamil & Yang (2013) print -2.903534 and, in two variables, -78.332.
    problem = problems.make("styblinski-tang", dimension=2)
    assert problem.raw_point[0] == pytest.approx(-2.903534, abs=5e-7)
    assert problem.reference.value == pytest.approx(-78.332, abs=5e-4)


def test_published_minimum_of_dixon_price():
    # Jamil & Yang (2013) print 2^((2^i - 2) / 2^i); the minimum is at its inverse.
    exact = [2 ** ((2 - 2.0**i) / 2.0**i) for i in range(1, 6)]
    np.testing.assert_allclose(problems.make("dixon-price", dimension=5).raw_point, exact)


def test_corner_of_ackley_has_a_finite_gradient_close_by():
    problem = problems.make("ackley", dimension=3)
    _, slope = gradient(problem, problem.reference_point + 1e-12)
    assert np.isfinite(slope).all()


def test_a_step_is_a_plateau():
    problem = problems.make("step-ellipsoid", dimension=3)
    near = problem.reference_point + 1e-3 * np.eye(3)
    assert problem.values(near).tolist() == [0, 0, 0]
