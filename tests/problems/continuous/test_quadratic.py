"""The quadratic of any effective rank."""

from __future__ import annotations

import numpy as np
import pytest

import problems


def test_without_a_rank_it_is_half_the_squared_distance():
    problem = problems.make("quadratic", dimension=4)
    x = problem.reference_point + np.array([1.0, -2.0, 0.0, 2.0])
    assert problem.value(x) == pytest.approx(4.5)
    assert problem.value(problem.reference_point) == problem.reference.value == 0
    loss, slope = problem.relaxation().loss_and_gradient(np.clip(x, -5, 5))
    assert loss == pytest.approx(problem.value(np.clip(x, -5, 5)))
    assert slope == pytest.approx(np.clip(x, -5, 5) - problem.reference_point)


def test_it_bends_in_as_many_directions_as_its_rank():
    problem = problems.make("quadratic", dimension=7, rank=3, instance=2)
    relaxation = problem.relaxation()
    at = np.zeros(7)
    columns = [relaxation.loss_and_gradient(row)[1] for row in np.eye(7)]
    hessian = np.array(columns) - relaxation.loss_and_gradient(at)[1]
    eigenvalues = np.linalg.eigvalsh(hessian)
    assert eigenvalues == pytest.approx([0] * 4 + [1] * 3, abs=1e-9)
    x = np.random.default_rng(0).uniform(-5, 5, 7)
    assert problem.value(x) == pytest.approx(
        0.5 * (x - problem.reference_point) @ hessian @ (x - problem.reference_point)
    )


def test_a_hundred_thousand_variables_are_built_soon_and_descended_in_one_step():
    problem = problems.make("quadratic", dimension=100_000, rank=10)
    relaxation = problem.relaxation()
    theta = relaxation.start(np.random.default_rng(0)) / 4
    loss, slope = relaxation.loss_and_gradient(theta)
    assert relaxation.loss_and_gradient(theta - slope)[0] < 1e-20 < loss
    assert relaxation.smoothness == 1


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"dimension": 0}, "dimension=0: expected a whole number from 1 to 1,000,000"),
        ({"rank": 11}, "rank=11: expected 1 to 10 at dimension=10"),
        ({"rank": 0}, "rank=0: expected 1 to 10"),
        ({"dimension": 1_000_000, "rank": 11}, "rank=11: expected 1 to 10 at dimension=1000000"),
    ],
)
def test_bad_sizes_are_told(options, told):
    with pytest.raises(ValueError, match=told):
        problems.make("quadratic", **options)
