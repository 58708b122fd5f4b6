"""What repeated data are worth: known values, and R* recovered from made-up losses."""

from __future__ import annotations

import math

import pytest

from studies.laboratory.repetition import effective_data, fitted_constant, fresh_curve


def test_effective_data_has_the_published_forms_limits():
    assert effective_data(100, 1, 15.39) == 100
    assert effective_data(100, 16.39, 15.39) == pytest.approx(100 * (1 + 15.39 * (1 - 1 / math.e)))
    assert effective_data(100, 1e6, 15.39) == pytest.approx(100 * 16.39)
    assert effective_data(100, 3, 1e9) == pytest.approx(300)  # no decay: all are worth the same


def power_law(size):
    return 1.0 + 50 * size**-0.5


FRESH = [{"size": 2**k, "loss": power_law(2**k)} for k in range(6, 21)]


def test_the_fresh_curve_goes_through_the_medians_and_stays_beyond_them():
    rows = [*FRESH, {"size": 64, "loss": 0.0}, {"size": 64, "loss": 100.0}]
    curve = fresh_curve(rows, "size", "loss")
    assert curve(64) == pytest.approx(power_law(64))
    assert curve(1) == curve(64)
    assert curve(1000) == pytest.approx(power_law(1000), rel=1e-3)


@pytest.mark.parametrize("constant", [2.0, 15.39, 100.0])
def test_the_constant_is_recovered(constant):
    rows = [
        {
            "unique": 2**20 // epochs,
            "epochs": epochs,
            "loss": power_law(effective_data(2**20 // epochs, epochs, constant)),
        }
        for epochs in (1, 2, 4, 8, 16, 32, 64)
    ]
    found = fitted_constant(rows, fresh_curve(FRESH, "size", "loss"))
    assert found == pytest.approx(constant, rel=0.05)
