"""The sphere: its closed form, its gradient and its instances."""

import numpy as np
import pytest

import problems
from problems import Budget, Oracle, Stop, Unsupported
from problems.continuous.unimodal import Sphere
from tests.problems.toys import slope_by_differences


@pytest.mark.parametrize("dimension", [1, 2, 10])
def test_the_value_is_the_squared_distance_from_the_shift(dimension) -> None:
    sphere = Sphere(dimension=dimension)
    points = sphere.space.sample(np.random.default_rng(0), 20)
    distance = np.linalg.norm(points - sphere.reference_point, axis=1)
    assert sphere.values(points) == pytest.approx(distance**2)
    assert sphere.value(points[3]) == pytest.approx(distance[3] ** 2)


@pytest.mark.parametrize("instance", range(3))
def test_the_optimum_is_at_the_shift_away_from_the_origin(instance) -> None:
    sphere = Sphere(dimension=4, instance=instance)
    assert sphere.reference_point in sphere.space
    assert np.abs(sphere.reference_point).max() <= 4
    assert np.linalg.norm(sphere.reference_point) > 0.1
    assert sphere.value(sphere.reference_point) == sphere.reference.value == 0
    assert sphere.reference.optimum


def test_the_rotation_is_one() -> None:
    rotation = Sphere(dimension=5).rotation
    assert rotation @ rotation.T == pytest.approx(np.eye(5), abs=1e-12)


def test_instances_differ_and_repeat() -> None:
    one, again, other = (Sphere(dimension=3, instance=i) for i in (1, 1, 2))
    assert np.array_equal(one.reference_point, again.reference_point)
    assert np.array_equal(one.rotation, again.rotation)
    assert not np.array_equal(one.reference_point, other.reference_point)


@pytest.mark.parametrize("dimension", [1, 7])
def test_the_gradient_is_that_of_the_value(dimension) -> None:
    sphere = Sphere(dimension=dimension)
    relaxation = sphere.relaxation()
    theta = relaxation.start(np.random.default_rng(1))
    assert theta in sphere.space
    loss, slope = relaxation.loss_and_gradient(theta)
    assert loss == pytest.approx(sphere.value(theta))
    assert slope == pytest.approx(2 * (theta - sphere.reference_point))
    assert slope == pytest.approx(slope_by_differences(sphere.value, theta), abs=1e-6)


def test_its_smoothness_is_its_curvature() -> None:
    sphere = Sphere(dimension=3)
    relaxation = sphere.relaxation()
    a, b = sphere.space.sample(np.random.default_rng(2), 2)
    slopes = [relaxation.loss_and_gradient(theta)[1] for theta in (a, b)]
    change = np.linalg.norm(slopes[0] - slopes[1]) / np.linalg.norm(a - b)
    assert change == pytest.approx(relaxation.smoothness)


def test_a_step_of_one_over_the_smoothness_solves_it() -> None:
    sphere = Sphere(dimension=6)
    oracle = Oracle(sphere, Budget(100))
    theta = oracle.start_parameters()
    _, slope = oracle.gradient(theta)
    with pytest.raises(Stop, match="optimal"):
        oracle.gradient(theta - slope / oracle.relaxation.smoothness)


@pytest.mark.parametrize(("value", "solved"), [(0.99e-8, True), (1.01e-8, False)])
def test_cocos_final_precision_counts_as_solved(value, solved) -> None:
    sphere = Sphere(dimension=1)
    oracle = Oracle(sphere, Budget(2))
    x = sphere.reference_point + np.sqrt(value)
    if solved:
        with pytest.raises(Stop, match="optimal"):
            oracle.value(x)
    else:
        assert oracle.value(x) == pytest.approx(value)


def test_there_are_no_minibatches() -> None:
    with pytest.raises(Unsupported, match="no data"):
        Sphere().relaxation().minibatch(np.random.default_rng(0), 4)


@pytest.mark.parametrize("dimension", [0, -3])
def test_it_has_at_least_one_variable(dimension) -> None:
    with pytest.raises(
        ValueError, match=rf"dimension={dimension}: expected a whole number from 1 to 1,000"
    ):
        problems.make("sphere", dimension=dimension)
