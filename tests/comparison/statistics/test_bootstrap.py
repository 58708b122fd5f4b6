"""Samples drawn with replacement, and what lies in their middle."""

from __future__ import annotations

import numpy as np
import pytest

from comparison.statistics.bootstrap import draw, draw_counts, percentile_interval


def test_draws_are_even_over_all_members():
    drawn = draw(4, 20_000)
    assert drawn.shape == (20_000, 4)
    shares = np.bincount(drawn.ravel(), minlength=4) / drawn.size
    np.testing.assert_allclose(shares, 0.25, atol=0.005)


def test_counts_are_those_of_the_draws():
    drawn, counts = draw(5, 50, 3), draw_counts(5, 50, 3)
    expected = [[int((row == member).sum()) for member in range(5)] for row in drawn]
    assert counts.tolist() == expected


def test_a_generator_goes_on_and_a_number_starts_anew():
    generator = np.random.default_rng(7)
    first, second = draw(3, 5, generator), draw(3, 5, generator)
    assert (draw(3, 5, 7) == first).all()
    assert not (first == second).all()


@pytest.mark.parametrize(
    ("n", "confidence", "low", "high"),
    [(2000, 0.95, 50, 1951), (999, 0.9, 50, 950), (1999, 0.95, 50, 1950), (5, 0.95, 1, 5)],
)
def test_the_interval_is_from_the_kth_lowest_to_the_kth_highest(n, confidence, low, high):
    # k = floor((n + 1) (1 - confidence) / 2): 50.025, 50 exactly, 50 exactly, and 0.15.
    samples = np.random.default_rng(0).permutation(n) + 1.0
    assert percentile_interval(samples, confidence) == (low, high)


def test_the_interval_is_taken_along_the_samples_and_may_be_infinite():
    samples = np.stack([np.arange(100.0), np.full(100, np.inf)], axis=1)
    low, high = percentile_interval(samples, 0.9)
    assert low.tolist() == [4.0, np.inf]
    assert high.tolist() == [95.0, np.inf]


@pytest.mark.parametrize("confidence", [0, 1, 95, float("nan")])
def test_a_confidence_is_between_0_and_1(confidence):
    with pytest.raises(ValueError, match="confidence="):
        percentile_interval(np.zeros(3), confidence)
