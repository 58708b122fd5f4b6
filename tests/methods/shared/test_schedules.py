from __future__ import annotations

import math

import pytest

from methods.adam import adam
from methods.shared.schedules import rate_factor, warmup_of
from problems.naming.options import resolve

SCHEDULES = ["constant", "linear-warmup", "triangular", "cosine"]


def test_a_triangle_by_hand():
    rates = [rate_factor("triangular", 0.25, i / 8) for i in range(9)]
    assert rates == pytest.approx([0, 1 / 2, 1, 5 / 6, 4 / 6, 3 / 6, 2 / 6, 1 / 6, 0])


def test_a_linear_warmup_by_hand():
    rates = [rate_factor("linear-warmup", 0.5, i / 4) for i in range(5)]
    assert rates == [0, 0.5, 1, 1, 1]


def test_a_cosine_by_hand():
    rates = [rate_factor("cosine", 0.2, t) for t in (0.1, 0.2, 0.4, 0.6, 1.0)]
    assert rates == pytest.approx([0.5, 1, (1 + math.sqrt(0.5)) / 2, 0.5, 0])


@pytest.mark.parametrize("t", [0.0, 0.3, 1.0])
def test_a_constant_rate_stays(t):
    assert rate_factor("constant", 0.0, t) == 1


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_without_a_warmup_the_peak_comes_first(schedule):
    assert rate_factor(schedule, 0.0, 0.0) == 1


@pytest.mark.parametrize("schedule", SCHEDULES[1:])
def test_a_warmup_of_the_whole_run_rises_to_its_end(schedule):
    rates = [rate_factor(schedule, 1.0, t) for t in (0, 0.25, 0.5, 1.0)]
    assert rates == [0, 0.25, 0.5, 1]


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("warmup", [0.0, 0.1, 0.7, 1.0])
def test_a_factor_is_between_0_and_1_also_where_arithmetic_oversteps_the_end(schedule, warmup):
    for i in range(101):
        assert 0 <= rate_factor(schedule, warmup, i / 100 + 1e-12) <= 1


def test_warmups_by_default():
    found = {schedule: warmup_of(schedule, None) for schedule in SCHEDULES}
    assert found == {"constant": 0, "linear-warmup": 0.1, "triangular": 0.1, "cosine": 0}


@pytest.mark.parametrize("warmup", [-0.1, 1.1, float("nan")])
def test_a_warmup_that_is_no_share_is_refused(warmup):
    with pytest.raises(ValueError, match=r"warmup=.*expected a number in \[0, 1\] or none"):
        resolve("adam", adam, {"warmup": warmup})


def test_a_constant_rate_has_no_warmup():
    with pytest.raises(ValueError, match=r"warmup=0\.2: expected none, .*=linear-warmup"):
        warmup_of("constant", 0.2)
