"""What repeated data are worth: known values, and R* recovered from made-up losses."""

from __future__ import annotations

import math

import pytest

import problems
from methods import minimize
from studies.measurements.repetition import (
    constant_with_interval,
    effective_data,
    explained,
    fitted_constant,
    fresh_curve,
    loss_above_source,
)


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


def repeated(constant):
    rows = [{"unique": 2**20 // 2**k, "epochs": 2**k} for k in range(7)]
    for row in rows:
        row["loss"] = power_law(effective_data(**row, constant=constant))
    return rows


@pytest.mark.parametrize("constant", [2.0, 15.39, 100.0])
def test_the_constant_is_recovered(constant):
    rows, curve = repeated(constant), fresh_curve(FRESH, "size", "loss")
    assert fitted_constant(rows, curve) == pytest.approx(constant, rel=0.05)
    for row, found in zip(rows, explained(rows, constant, curve), strict=True):
        assert found["loss"] == pytest.approx(row["loss"], rel=1e-3)


def test_the_interval_is_as_wide_as_the_seeds_differ():
    fresh = [
        {"unique": row["size"], "epochs": 1, "loss": row["loss"], "seed": seed}
        for row in FRESH
        for seed in range(3)
    ]

    def found(constants):
        rows = [{**row, "seed": s} for s, c in enumerate(constants) for row in repeated(c)]
        return constant_with_interval(rows, fresh, "seed", 50)

    same, apart = found((15.39,) * 3), found((10.0, 15.39, 30.0))
    assert same["R*, from"] == pytest.approx(same["R*, to"])
    assert apart["R*"] == pytest.approx(same["R*"], rel=1e-3)  # the median seed's
    assert apart["R*, from"] == pytest.approx(10, rel=0.05)
    assert apart["R*, to"] == pytest.approx(30, rel=0.05)


def test_a_loss_is_held_against_the_entropy_of_its_own_source():
    losses = []
    for instance in range(3):
        text = {"corpus": "markov:length=300000", "held_out": 0.5, "instance": instance}
        problem = problems.make("next-token-table", **text)
        losses.append(loss_above_source(minimize(problem, "counting", smoothing=0.1)))
    # 702 free probabilities cost about 702 / 2 / 150,000 nats on text that they were not fitted to.
    assert losses == pytest.approx([0.002] * 3, abs=0.01)  # their entropies are 0.1 nats apart
