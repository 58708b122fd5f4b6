"""Medians and their intervals, against answers worked out by hand."""

from __future__ import annotations

import random

import numpy as np
import pytest

from comparison.statistics.median import median, median_interval


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([5.0], 5.0),
        ([3.0, 1.0, 2.0], 2.0),
        ([4.0, 1.0, 3.0, 2.0], 2.5),
        ([-1.0, 1.0], 0.0),
        ([1, 2], 1.5),
        ([1.0, 2.0, None], 2.0),
        ([1.0, 2.0, 3.0, None], 2.5),
        ([None, 3.0, None, 1.0, 2.0], 3.0),
    ],
)
def test_median_counts_a_missing_value_as_the_worst(values, expected):
    assert median(values) == expected


@pytest.mark.parametrize("values", [[], [None], [1.0, None], [1.0, None, None], [None] * 5])
def test_median_is_missing_where_half_the_values_are(values):
    assert median(values) is None


def test_median_is_a_plain_number_that_json_can_write():
    assert type(median([np.float64(1.0), 2])) is float


@pytest.mark.parametrize("values", [[], [1.0], [None, None], [1.0, None], [1.0, 2.0, 3.0, None]])
def test_no_interval_for_one_run_or_where_a_value_is_missing(values):
    assert median_interval(values) is None


@pytest.mark.parametrize("n", [2, 5, 10])
def test_interval_of_constant_values_is_that_constant(n):
    assert median_interval([0.25] * n) == (0.25, 0.25)


def test_interval_of_two_values_is_the_two_values():
    # The resampled median is either value with probability 1/4 and their mean with 1/2.
    assert median_interval([3.0, 1.0]) == (1.0, 3.0)


@pytest.mark.parametrize("order", [range(7), reversed(range(7)), [3, 0, 6, 1, 5, 2, 4]])
def test_interval_of_seven_values_is_the_second_and_the_second_last(order):
    # The median of 7 draws is at most the k-th value when 4 or more draws are:
    # P(Bin(7, 1/7) >= 4) = 0.010 < 0.025 < 0.109 = P(Bin(7, 2/7) >= 4).
    assert median_interval([float(10**i) for i in order]) == (10.0, 1e5)


def test_interval_of_symmetric_values_is_symmetric():
    low, high = median_interval([-30.0, -8.0, -5.0, 0.0, 5.0, 8.0, 30.0])
    assert low == -high


def test_interval_holds_the_median_and_stays_within_the_values():
    values = np.random.default_rng(1).standard_normal(10).tolist()
    low, high = median_interval(values)
    assert min(values) <= low <= median(values) <= high <= max(values)


def test_interval_widens_with_the_confidence():
    values = np.random.default_rng(2).standard_normal(20).tolist()
    (low, high), (lower, higher) = (median_interval(values, level) for level in (0.5, 0.99))
    assert lower < low < high < higher


def test_interval_is_the_same_every_time_and_draws_nothing_from_global_generators():
    values = np.random.default_rng(3).standard_normal(10).tolist()
    first = median_interval(values)
    before = random.getstate(), np.random.get_state()[1].tolist()
    assert median_interval(values) == first
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before


def test_interval_is_of_plain_numbers():
    assert [type(end) for end in median_interval([np.float64(1.0), np.float64(2.0)])] == [float] * 2
