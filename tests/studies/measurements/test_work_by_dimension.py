"""Theory of the work that a quadratic takes."""

from __future__ import annotations

import math

import pytest

from studies.measurements.work_by_dimension import mezo_work, random_search_draws


def test_random_search_takes_the_share_of_the_volumes():
    assert random_search_draws(1, 1.0, 4.0) == pytest.approx(2)
    assert random_search_draws(3, 1.0, 2.0) == pytest.approx(8 / (4 / 3 * math.pi))


def test_mezo_work_rise_with_the_rank():
    share = (1 - 1 / 12) ** 5
    assert mezo_work(10, share) == pytest.approx(10)
    assert mezo_work(10_000, 0.1) / mezo_work(100, 0.1) == pytest.approx(98, rel=0.01)
