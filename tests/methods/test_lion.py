from __future__ import annotations

import numpy as np
import pytest

import problems
from methods import minimize
from methods.lion import lion
from tests.methods.examples import Quadratic, run_directly

GRADIENT = 3.0  # work of one full gradient


@pytest.mark.parametrize(
    ("eta", "beta1", "beta2", "decay"),
    [(0.1, 0.9, 0.99, 0.0), (0.3, 0.5, 0.9, 0.2), (0.01, 0.0, 0.0, 1.0)],
)
def test_lion_is_the_papers_algorithm(eta, beta1, beta2, decay):
    """Chen et al. (2023), the listing of Lion, one scalar at a time."""
    curvature, start = [1.0, 3.0, 0.01], [4.0, -2.0, 7.0]
    theta, mean = list(start), [0.0] * 3
    expected = [list(theta)]
    for _ in range(30):
        for i in range(3):
            g = curvature[i] * theta[i]
            c = beta1 * mean[i] + (1 - beta1) * g
            sign = (c > 0) - (c < 0)
            theta[i] -= eta * (sign + decay * theta[i])
            mean[i] = beta2 * mean[i] + (1 - beta2) * g
        expected.append(list(theta))
    problem = Quadratic(curvature, start)
    options = {"beta1": beta1, "beta2": beta2, "weight_decay": decay}
    run_directly(lion, problem, 31 * GRADIENT, learning_rate=eta, **options)
    np.testing.assert_allclose(problem.visited, expected, rtol=1e-12, atol=1e-12)


def test_without_decay_every_parameter_moves_by_the_rate():
    problem = Quadratic([1.0, 3.0], [4.0, -2.0])
    run_directly(lion, problem, 5 * GRADIENT, learning_rate=0.25, weight_decay=0)
    np.testing.assert_allclose(np.abs(np.diff(problem.visited, axis=0)), 0.25)


def test_where_the_slope_is_zero_it_stays():
    problem = Quadratic([1.0, 0.0], [4.0, 3.0])
    run_directly(lion, problem, 5 * GRADIENT, weight_decay=0)
    assert {x[1] for x in problem.visited} == {3.0}


def test_it_descends_on_a_text():
    problem = problems.make("next-token-table", corpus="markov:length=2000,symbols=3")
    run = minimize(problem, "lion", 1500, schedule="triangular")
    assert run.value == pytest.approx(run.reference.value, abs=0.01)


@pytest.mark.parametrize(
    "options",
    [{"beta1": 1}, {"beta2": -0.1}, {"weight_decay": -1}, {"weight_decay": float("inf")}],
    ids=str,
)
def test_nonsense_is_refused_before_the_first_evaluation(options):
    problem = Quadratic([1.0], [1.0])
    with pytest.raises(ValueError, match=f"{next(iter(options))}=.*expected"):
        minimize(problem, "lion", 10, **options)
    assert not problem.visited
