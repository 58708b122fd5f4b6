from __future__ import annotations

import numpy as np
import pytest

import problems
from methods import minimize
from methods.adam import adam, adamw
from tests.methods.examples import Quadratic, run_directly

GRADIENT = 3.0  # work of one full gradient


def table():
    return problems.make("next-token-table", corpus="markov:length=2000,symbols=3")


def test_adamw_without_decay_is_adam():
    still = minimize(table(), "adamw", 60, weight_decay=0.0)
    assert still.value == minimize(table(), "adam", 60).value


def test_the_decay_of_adamw_shrinks_what_has_no_slope():
    problem = Quadratic([1.0, 0.0], [4.0, 3.0])
    run_directly(adamw, problem, 4 * GRADIENT, learning_rate=0.5, weight_decay=0.2)
    np.testing.assert_allclose([x[1] for x in problem.visited], 3 * 0.9 ** np.arange(4))


def test_the_first_step_of_adam_is_the_learning_rate_against_the_sign():
    problem = Quadratic([1.0, 3.0], [4.0, -2.0])
    run_directly(adam, problem, 2 * GRADIENT, learning_rate=0.25)
    np.testing.assert_allclose(problem.visited[1], [3.75, -1.75], atol=1e-7)


@pytest.mark.parametrize(
    ("alpha", "beta1", "beta2", "epsilon"),
    [(0.1, 0.9, 0.999, 1e-8), (0.5, 0.5, 0.9, 1e-3), (0.01, 0.0, 0.0, 1.0)],
)
def test_adam_is_algorithm_1_of_kingma_and_ba(alpha, beta1, beta2, epsilon):
    curvature, start = np.array([1.0, 3.0, 0.01]), np.array([4.0, -2.0, 7.0])
    theta, m, v = start, np.zeros(3), np.zeros(3)
    expected = [theta]
    for t in range(1, 6):
        g = curvature * theta
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
        theta = theta - alpha * m_hat / (np.sqrt(v_hat) + epsilon)
        expected.append(theta)
    problem = Quadratic(curvature.tolist(), start.tolist())
    run_directly(
        adam,
        problem,
        6 * GRADIENT,
        learning_rate=alpha,
        beta1=beta1,
        beta2=beta2,
        epsilon=epsilon,
    )
    np.testing.assert_allclose(problem.visited, expected, rtol=1e-12)


def test_adams_defaults_are_the_papers_but_for_the_learning_rate():
    problem = Quadratic([2.0], [5.0])
    other = Quadratic([2.0], [5.0])
    run_directly(adam, problem, 30)
    run_directly(adam, other, 30, learning_rate=0.1, beta1=0.9, beta2=0.999, epsilon=1e-8)
    np.testing.assert_array_equal(problem.visited, other.visited)
