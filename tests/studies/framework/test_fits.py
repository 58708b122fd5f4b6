"""Exponents and minima, of curves that have them exactly."""

from __future__ import annotations

import math

import pytest

from studies import framework as fw


def test_an_exponent_has_students_interval_and_each_curve_its_own():
    rows = [
        {"way": w, "x": 2.0**i, "y": 2.0 ** (p * i)}
        for w, p in (("a", 2), ("b", -1))
        for i in range(4)
    ]
    rows += [{"way": "b", "x": 5.0, "y": None}, {"way": "b", "x": 6.0, "y": math.inf}]
    found = fw.exponents(rows, "x", "y", ["way"])
    assert [row["exponent"] for row in found] == pytest.approx([2, -1])
    noisy = [{"x": math.e**x, "y": math.e**y} for x, y in ((0, 0.1), (1, 0.9), (2, 2.1), (3, 2.9))]
    p, low, high = fw.exponent(noisy, "x", "y")
    # Slope 4.8 / 5, residual variance 0.032 / 2, Student's 4.302653 with 2 degrees of freedom.
    half = 4.302653 * math.sqrt(0.032 / 2 / 5)
    assert (p, low, high) == pytest.approx((0.96, 0.96 - half, 0.96 + half), rel=1e-6)
    assert all(math.isnan(number) for number in fw.exponent(noisy[:1], "x", "y"))
    assert fw.exponent(noisy[:2], "x", "y") == pytest.approx((0.8, -math.inf, math.inf))


def test_a_minimum_is_found_between_the_points_but_not_beyond_them():
    rows = [{"x": 2.0**i, "y": (i - 1.25) ** 2} for i in range(4)]
    assert fw.minimum_between(rows[::-1], "x", "y") == pytest.approx(2**1.25)
    assert fw.minimum_between(rows[2:], "x", "y") == 4
    rows[2]["y"] = None  # beside the lowest: no parabola
    assert fw.minimum_between(rows, "x", "y") == 2
