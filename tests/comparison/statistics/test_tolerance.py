"""When values are equal and when they attain a reference, at the edge of the tolerance."""

from __future__ import annotations

import math

import numpy as np
import pytest

from comparison.statistics.tolerance import attains, merge_ties, no_worse, tied
from problems.core.reference import Reference

NEAR_200 = Reference(200.0, "closed form", "an argument", 1e-3)  # slack 0.2


def within(slack):
    return Reference(0.0, "closed form", "an argument", slack)


@pytest.mark.parametrize(
    ("value", "attained"),
    [(None, False), (199.0, True), (200.2, True), (200.21, False), (math.inf, False)],
)
def test_a_value_attains_a_reference_within_its_tolerance(value, attained):
    assert attains(value, NEAR_200) is attained


@pytest.mark.parametrize(
    ("a", "b", "slack", "equal"),
    [
        (1.0, 1.0 + 1e-10, None, True),
        (1.0, 1.0 + 1e-8, None, False),
        (1e6, 1e6 + 1e-4, None, True),  # rounding is relative beyond 1
        (1e-12, 0.0, None, True),
        (3.0, 3.2, 0.25, True),
        (3.2, 3.0, 0.25, True),
        (3.0, 3.3, 0.25, False),
        (3.0, 3.0 + 1e-10, 0.0, False),
        (None, None, None, True),
        (None, 0.0, None, False),
        (math.inf, math.inf, None, True),
        (math.inf, 1e300, None, False),
        (math.nan, math.nan, None, False),
    ],
)
def test_values_are_tied_within_the_slack(a, b, slack, equal):
    assert tied(a, b, None if slack is None else within(slack)) is equal


def test_ties_are_merged_into_the_least_and_do_not_chain():
    """0.2 is tied with 0.1, but not with 0.0, which begins the group."""
    assert merge_ties([0.2, 0.0, 0.1, 5.0], within(0.15)).tolist() == [0.2, 0.0, 0.0, 5.0]


def test_missing_values_are_tied_with_each_other_only():
    assert merge_ties([math.inf, 1.0, math.inf]).tolist() == [math.inf, 1.0, math.inf]
    assert merge_ties([]).tolist() == []


def test_arrays_are_compared_element_by_element():
    assert no_worse(np.array([1.0, 2.0, 3.0]), 1.5, 0.5).tolist() == [True, True, False]
