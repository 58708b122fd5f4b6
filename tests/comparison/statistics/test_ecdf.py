"""Run-time distributions by hand, and their bands against the binomial distribution."""

from __future__ import annotations

import numpy as np
import pytest

from comparison.statistics.ecdf import log_targets, runtime_ecdf, runtime_ecdf_band

INF = float("inf")
#: Three runs, two targets.
HITS = [[1.0, 5.0], [2.0, INF], [INF, INF]]


def test_targets_are_51_ten_a_decade():
    targets = log_targets()
    assert len(targets) == 51
    assert (targets[0], targets[10], targets[-1]) == (1.0, pytest.approx(0.1), 1e-5)
    np.testing.assert_allclose(targets[1:] / targets[:-1], 10**-0.1)


@pytest.mark.parametrize("wrong", [{"n": 1}, {"worst": 1e-5}, {"best": 0.0}, {"worst": INF}])
def test_targets_descend_to_more_than_0(wrong):
    with pytest.raises(ValueError, match="expected n >= 2 and worst > best > 0"):
        log_targets(**wrong)


def test_ecdf_by_hand():
    # A target counts as reached at the very cost; at the end 3 of 6 pairs are.
    grid = [0.5, 1, 2, 4, 5, 100]
    assert (6 * runtime_ecdf(HITS, grid)).tolist() == [0, 1, 2, 2, 3, 3]


def test_what_is_missed_is_not_reached_at_any_cost():
    assert runtime_ecdf(HITS, [1e300, INF]).tolist() == [0.5, 0.5]


def test_ecdf_is_the_mean_of_comparisons():
    rng = np.random.default_rng(0)
    hits = rng.integers(0, 50, (30, 7)).astype(float)
    hits[hits > 40] = INF
    grid = np.sort(rng.integers(0, 45, 20)).astype(float)
    expected = [(hits <= cost).mean() for cost in grid]
    np.testing.assert_allclose(runtime_ecdf(hits, grid), expected, rtol=1e-14)


def test_band_holds_the_curve_and_widens_with_the_confidence():
    rng = np.random.default_rng(0)
    hits, grid = rng.exponential(10, (20, 5)), np.arange(0.0, 40.0)
    curve = runtime_ecdf(hits, grid)
    low, high = runtime_ecdf_band([hits], grid)
    lower, higher = runtime_ecdf_band([hits], grid, confidence=0.999)
    assert (lower <= low).all()
    assert (low <= curve).all()
    assert (curve <= high).all()
    assert (high <= higher).all()
    assert (lower < low).any()


def test_band_of_one_target_is_the_binomial_distributions():
    # 8 of 20 runs reach it: a sample's number of successes is binomial, (20, 0.4), whose
    # quantiles of 2.5 % and 97.5 % are 4 and 12.
    hits = np.where(np.arange(20) < 8, 1.0, INF)[:, None]
    low, high = runtime_ecdf_band([hits], [1.0], n=4000)
    assert (low.item(), high.item()) == (4 / 20, 12 / 20)


def test_runs_are_drawn_within_their_strata():
    # In every stratum all runs are alike, so that every sample is the same.
    hits = np.array([[1.0], [1.0], [INF], [INF]])
    for strata in (np.split(hits, 2), np.split(hits, 4)):
        low, high = runtime_ecdf_band(strata, [1.0, 2.0])
        assert low.tolist() == high.tolist() == [0.5, 0.5]
    low, high = runtime_ecdf_band([hits], [1.0, 2.0])
    assert (low < high).all()


def test_targets_of_a_run_are_drawn_together():
    # Ten targets all hit or all missed say no more than one.
    one = np.where(np.arange(20) < 8, 1.0, INF)[:, None]
    ten = np.repeat(one, 10, axis=1)
    of_one, of_ten = runtime_ecdf_band([one], [1.0]), runtime_ecdf_band([ten], [1.0])
    np.testing.assert_allclose(of_one, of_ten)


def test_band_is_seeded():
    hits, grid = np.random.default_rng(1).exponential(10, (20, 5)), np.arange(0.0, 40.0)
    first = runtime_ecdf_band([hits], grid)
    assert (runtime_ecdf_band([hits], grid)[0] == first[0]).all()


@pytest.mark.parametrize("hits", [[1.0, 2.0], np.zeros((0, 3)), np.zeros((3, 0))])
def test_hits_are_of_runs_and_targets(hits):
    with pytest.raises(ValueError, match=r"expected \(runs, targets\)"):
        runtime_ecdf(hits, [1.0])


def test_hits_are_numbers():
    with pytest.raises(ValueError, match="expected numbers, and inf for no value"):
        runtime_ecdf([[float("nan")]], [1.0])


@pytest.mark.parametrize("grid", [[], [2.0, 1.0], [[1.0]], [float("nan"), 1.0]])
def test_the_grid_ascends(grid):
    with pytest.raises(ValueError, match="grid: expected costs in ascending order"):
        runtime_ecdf(HITS, grid)
