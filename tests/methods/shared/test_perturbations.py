from __future__ import annotations

import numpy as np
import pytest

from methods.shared.perturbations import around
from problems import Box, Categorical, Permutation


def test_noise_is_gaussian_at_the_radii_of_the_range():
    """Of a start in the middle no draw meets a bound: the deviations are 0.001 … 0.1 of 20."""
    from scipy.stats import kstest

    rng = np.random.default_rng(0)
    space = Box(-10, 10, 50)
    for size in (0.001, 0.01, 0.1):
        points = around(space, np.zeros(50), np.full(200, size), rng)
        assert kstest(points.ravel() / (20 * size), "norm").pvalue > 0.001


def test_each_of_the_bits_flips_with_the_probability_of_the_radius():
    points = around(
        Box(0, 1, 50, integral=True),
        np.zeros(50, int),
        np.full(4000, 0.2),
        np.random.default_rng(0),
    )
    assert points.mean() == pytest.approx(0.2, abs=0.01)


@pytest.mark.parametrize(
    "space",
    [Box(0, 1, 6, integral=True), Categorical([3] * 6), Permutation(6, kind="assignment")],
    ids=str,
)
def test_something_changes_in_every_draw(space):
    start = space.sample(np.random.default_rng(1), 1)[0]
    points = around(space, start, np.full(300, 1e-6), np.random.default_rng(0))
    changed = (points != start).sum(axis=1)
    assert set(changed.tolist()) == {2 if isinstance(space, Permutation) else 1}


def test_each_of_several_points_is_perturbed_at_its_own_radius():
    starts = np.repeat([[0.0] * 40, [5.0] * 40], 50, axis=0)
    points = around(Box(-10, 10, 40), starts, np.repeat([1e-6, 1e-3], 50), np.random.default_rng(0))
    away = points - starts
    assert away[:50].std() == pytest.approx(20e-6, rel=0.1)
    assert away[50:].std() == pytest.approx(20e-3, rel=0.1)
    assert starts[0, 0] == 0.0
