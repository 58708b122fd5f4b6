"""Probabilities of improvement, by hand and by scipy's U."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats

from comparison.statistics.improvement import probability_of_improvement

INF = float("inf")


def test_probability_by_hand():
    # Of 1, 3 against 2, 3: 1 wins twice, 3 draws once and loses once: 2.5 of 4.
    assert probability_of_improvement([1.0, 3.0], [2.0, 3.0]) == 0.625
    assert probability_of_improvement([5.0], [4.0, 4.0]) == 0


def test_less_is_better_and_no_value_is_worst():
    assert probability_of_improvement([1.0, 2.0], [3.0, INF]) == 1
    assert probability_of_improvement([INF], [INF, 1.0]) == 0.25


def test_the_two_directions_add_up_to_one():
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 4, 6).astype(float), rng.integers(0, 4, 9).astype(float)
    forth, back = probability_of_improvement(x, y), probability_of_improvement(y, x)
    assert forth + back == pytest.approx(1, rel=1e-14)


def test_probability_is_scipys_u_over_the_pairs():
    rng = np.random.default_rng(1)
    x, y = rng.integers(0, 9, 6).astype(float), rng.integers(0, 9, 8).astype(float)
    u = scipy.stats.mannwhitneyu(y, x, method="asymptotic").statistic
    assert probability_of_improvement(x, y) == pytest.approx(u / 48, rel=1e-14)


@pytest.mark.parametrize("wrong", [[], [float("nan")]])
def test_both_are_samples_of_numbers(wrong):
    with pytest.raises(ValueError, match=r"y.*: expected"):
        probability_of_improvement([1.0], wrong)
