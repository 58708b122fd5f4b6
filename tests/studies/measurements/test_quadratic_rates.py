"""Rates of descent on quadratics, by iterating them."""

from __future__ import annotations

import numpy as np
import pytest

from studies.measurements.quadratic_rates import DESCENTS, best_settings, predicted_steps


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
