"""Interquartile means and stratified intervals, by hand and by scipy."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats

from comparison.statistics.aggregate import interquartile_mean, stratified_interval

INF = float("inf")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([7.0], 7.0),
        ([1.0, 3.0], 2.0),
        ([0.0, 1.0, 5.0], 1.5),  # (0.25 · 0 + 1 + 0.25 · 5) / 1.5
        ([9.0, 1.0, 2.0, -50.0], 1.5),
        ([0.0, 1.0, 2.0, 3.0, 100.0], 2.0),  # (0.75 · 1 + 2 + 0.75 · 3) / 2.5
        ([0.0, 2.0, 3.0, 4.0, 6.0, 9.0], 11 / 3),  # (0.5 · 2 + 3 + 4 + 0.5 · 6) / 3
    ],
)
def test_interquartile_mean_by_hand(values, expected):
    assert interquartile_mean(values) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("n", [4, 8, 20, 100])
def test_interquartile_mean_is_scipys_trimmed_mean_where_a_quarter_is_whole(n):
    values = np.random.default_rng(n).lognormal(size=(3, n))
    expected = scipy.stats.trim_mean(values, 0.25, axis=1)
    np.testing.assert_allclose(interquartile_mean(values), expected, rtol=1e-13)


def test_a_quarter_may_have_no_value():
    assert interquartile_mean([1.0, 2.0, 3.0, INF]) == 2.5
    assert interquartile_mean([1.0, 2.0, INF, INF]) == INF
    assert interquartile_mean([1.0, 2.0, 3.0, 4.0, INF]) == 3.0
    assert interquartile_mean([1.0, 2.0, INF]) == INF


def test_there_is_no_mean_of_nothing():
    with pytest.raises(ValueError, match="expected at least one"):
        interquartile_mean([])


def test_interval_of_one_task_is_scipys_bootstrap():
    values = np.random.default_rng(5).standard_normal(24)
    theirs = scipy.stats.bootstrap(
        (values,), interquartile_mean, n_resamples=20_000, method="percentile", rng=1
    ).confidence_interval
    low, high = stratified_interval([values], n=20_000)
    assert (low, high) == pytest.approx((theirs.low, theirs.high), abs=0.02)


def test_runs_are_drawn_within_their_task():
    # Tasks of one value each are always drawn whole: what differs between tasks has no width.
    tasks = [[1.0, 1.0], [5.0, 5.0, 5.0], [9.0]]
    expected = float(interquartile_mean(np.concatenate(tasks)))
    assert stratified_interval(tasks) == (expected, expected)
    low, high = stratified_interval([np.concatenate(tasks)])
    assert low < expected < high


def test_samples_are_drawn_in_blocks_where_there_are_many_runs(monkeypatch):
    values = np.random.default_rng(0).standard_normal((4, 6))
    shapes = []

    def mean(samples):
        shapes.append(samples.shape)
        return samples.mean(axis=1)

    monkeypatch.setattr("comparison.statistics.bootstrap.CHUNK", 24 * 300)
    monkeypatch.setattr("comparison.statistics.aggregate.interquartile_mean", mean)
    low, high = stratified_interval(list(values), n=1000)
    assert shapes == [(300, 24)] * 3 + [(100, 24)]
    assert low < values.mean() < high


def test_interval_may_be_infinite_and_widens_with_the_confidence():
    low, high = stratified_interval([[1.0, 2.0, 3.0, INF, INF]])
    assert 1.0 < low < 2.0
    assert high == INF
    values = [np.random.default_rng(1).standard_normal(20)]
    (low, high), (lower, higher) = (stratified_interval(values, confidence=c) for c in (0.5, 0.99))
    assert lower < low < high < higher


def test_interval_is_seeded():
    values = list(np.random.default_rng(2).standard_normal((3, 9)))
    assert stratified_interval(values) == stratified_interval(values)


def test_interval_holds_the_truth_as_often_as_it_says():
    # 200 experiments of 40 runs: 90 % intervals of a symmetric mean hold 0 in 0.9 ± 0.05.
    rng = np.random.default_rng(3)
    held = 0
    for _ in range(200):
        low, high = stratified_interval([rng.standard_normal(40)], 0.9, n=400)
        held += low <= 0 <= high
    assert 0.84 <= held / 200 <= 0.96


@pytest.mark.parametrize("values", [[[]], [[1.0], []], [[[1.0]]]])
def test_every_task_has_a_run(values):
    with pytest.raises(ValueError, match=r"values of shape .*: expected \(runs\)"):
        stratified_interval(values)


def test_values_are_numbers():
    with pytest.raises(ValueError, match="values: expected numbers, and inf for no value"):
        stratified_interval([[1.0, float("nan")]])
