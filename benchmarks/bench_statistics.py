"""What the statistics of a report cost: intervals beside scipy's, and curves of 10,000 runs."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats

from comparison.statistics.aggregate import interquartile_mean, stratified_interval
from comparison.statistics.aocc import aocc
from comparison.statistics.ecdf import runtime_ecdf_band
from comparison.statistics.median import median_interval
from comparison.statistics.significance import signed_rank

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("side", ["ours", "peer"])
def test_median_interval(benchmark, side):
    values = RNG.standard_normal(10).tolist()

    def peer():
        return scipy.stats.bootstrap(
            (values,), np.median, n_resamples=2000, method="percentile", rng=0
        )

    benchmark.group = "interval of a median of 10 runs"
    benchmark.extra_info.update(side=side, bar=">= 1")
    rounds = 200 if side == "ours" else 20
    run = (lambda: median_interval(values)) if side == "ours" else peer
    benchmark.pedantic(run, rounds=rounds, warmup_rounds=2)


@pytest.mark.parametrize("side", ["ours", "peer"])
def test_interquartile_interval(benchmark, side):
    values = RNG.standard_normal(900)

    def peer():
        return scipy.stats.bootstrap(
            (values,), interquartile_mean, n_resamples=2000, method="percentile", rng=0
        )

    benchmark.group = "interval of an interquartile mean of 900 runs (ours on 60 tasks)"
    benchmark.extra_info.update(side=side, bar="none")
    tasks = list(values.reshape(60, 15))
    run = (lambda: stratified_interval(tasks)) if side == "ours" else peer
    benchmark.pedantic(run, rounds=5, warmup_rounds=1)


@pytest.mark.parametrize("side", ["ours", "peer"])
def test_signed_rank(benchmark, side):
    a, b = RNG.standard_normal(15), RNG.standard_normal(15)
    benchmark.group = "exact signed-rank test of 15 pairs"
    benchmark.extra_info.update(side=side, bar="none")
    test = signed_rank if side == "ours" else lambda a, b: scipy.stats.wilcoxon(a - b)
    benchmark.pedantic(test, (a, b), rounds=100, warmup_rounds=2)


def test_ecdf_band_of_10_000_runs(benchmark):
    hits = RNG.exponential(50, (10_000, 51))
    hits[hits > 100] = np.inf
    grid, strata = np.geomspace(0.1, 100, 100), np.split(hits, range(15, 10_000, 15))
    benchmark.group = "run-time ECDF of 10,000 runs in 667 strata, with its band"
    benchmark.extra_info.update(side="ours", bar="seconds")
    benchmark.pedantic(runtime_ecdf_band, (strata, grid), rounds=3)
    if benchmark.stats is not None:  # with --benchmark-disable nothing is timed
        benchmark.extra_info["shown"] = f"{benchmark.stats.stats.min:.2f} s"


def test_aocc_of_1_000_points(benchmark):
    costs = np.sort(RNG.uniform(0, 100, 1000))
    gaps = np.minimum.accumulate(RNG.random(1000) ** 5)
    benchmark.group = "AOCC of a run of 1,000 points"
    benchmark.extra_info.update(side="ours", bar="< 100 µs")
    benchmark.pedantic(aocc, (costs, gaps, 100.0, 1e-5, 1.0), rounds=200, warmup_rounds=2)
    if benchmark.stats is not None:
        benchmark.extra_info["shown"] = f"{1e6 * benchmark.stats.stats.min:.0f} µs"
