"""The area over the convergence curve, by hand and by IOHinspector."""

from __future__ import annotations

import re

import numpy as np
import pytest

from comparison.statistics.aocc import aocc
from comparison.statistics.ecdf import log_targets, runtime_ecdf

INF = float("inf")


def random_run(seed, budget=200):
    """Return evaluations from 1 on and the best gaps so far, over six decades."""
    rng = np.random.default_rng(seed)
    evaluations = np.unique(np.append(1, rng.integers(1, budget + 1, 12)))
    gaps = 10 ** np.sort(rng.uniform(-4, 2, len(evaluations)))[::-1]
    return evaluations.astype(float), gaps


def test_aocc_by_hand():
    # Of 10: quality 0 up to 2, 1/2 up to 6, 1 up to 10, for gaps of 1, 0.1 and 0.01.
    assert aocc([1, 2, 6], [1, 0.1, 0.01], 10, 0.01, 1) == pytest.approx(0.6, rel=1e-14)


def test_the_first_look_counts_from_its_beginning():
    assert aocc([1], [0.1], 10, 0.01, 1) == pytest.approx(0.5, rel=1e-14)
    assert aocc([4], [0.1], 10, 0.01, 1) == pytest.approx(0.5 * 7 / 10, rel=1e-14)
    assert aocc([4], [0.1], 10, 0.01, 1, evaluation=0) == pytest.approx(0.5 * 6 / 10, rel=1e-14)
    assert aocc([0.25], [0.1], 10, 0.01, 1) == pytest.approx(0.5, rel=1e-14)


def test_gaps_are_clipped():
    assert aocc([1, 5], [100, 0], 10, 0.01, 1) == pytest.approx(0.5, rel=1e-14)
    assert aocc([1], [-3], 10, 0.01, 1) == 1
    assert aocc([1], [INF], 10, 0.01, 1) == 0


def test_only_a_new_best_gap_counts():
    worse = aocc([1, 2, 3, 6], [1, 0.1, 0.9, 0.01], 10, 0.01, 1)
    assert worse == aocc([1, 2, 6], [1, 0.1, 0.01], 10, 0.01, 1)


def test_what_comes_after_the_budget_is_left_out():
    assert aocc([1, 20], [0.1, 0.01], 10, 0.01, 1) == pytest.approx(0.5, rel=1e-14)
    assert aocc([1, 10], [0.1, 0.01], 10, 0.01, 1) == pytest.approx(0.5, rel=1e-14)


def test_a_run_without_a_point_has_no_area():
    assert aocc([], [], 10, 0.01, 1) == 0
    assert aocc([11], [0.01], 10, 0.01, 1) == 0


def test_costs_need_not_be_whole_numbers():
    area = aocc([0.5, 0.5, 1.25], [1, 0.1, 0.01], 2, 0.01, 1, evaluation=0)
    assert area == pytest.approx((0.75 * 0.5 + 0.75) / 2, rel=1e-14)


def test_units_of_cost_and_of_gap_do_not_matter():
    costs, gaps = random_run(0)
    area = aocc(costs, gaps, 200, 1e-3, 10)
    assert aocc(costs / 7, gaps, 200 / 7, 1e-3, 10, evaluation=1 / 7) == pytest.approx(
        area, rel=1e-12
    )
    assert aocc(costs, 5 * gaps, 200, 5e-3, 50) == pytest.approx(area, rel=1e-12)


@pytest.mark.parametrize("seed", range(6))
def test_aocc_is_iohinspectors(seed):
    polars = pytest.importorskip("polars")
    metrics = pytest.importorskip("iohinspector.metrics")
    utils = pytest.importorskip("iohinspector.metrics.utils")
    evaluations, gaps = random_run(seed)
    # Bounds within the run's range and beyond it; a budget that is met, not met, exceeded.
    for lower, upper in ((1e-3, 10.0), (1e-8, 1e8)):
        for budget in (150, 200, 1000):
            data = polars.DataFrame(
                {
                    "data_id": 1,
                    "function_name": "f",
                    "algorithm_name": "a",
                    "evaluations": evaluations,
                    "raw_y": gaps,
                }
            )
            scaled = utils.transform_fval(data, lb=lower, ub=upper)
            theirs = metrics.get_aocc(scaled, eval_max=budget)["AOCC"].item()
            ours = aocc(evaluations, gaps, budget, lower, upper)
            assert ours == pytest.approx(theirs, rel=1e-12)


def test_the_mean_is_the_area_under_the_runtime_ecdf_of_many_targets():
    # López-Ibáñez et al. 2025; 20,001 targets are not infinitely many.
    runs = [random_run(seed) for seed in range(5)]
    targets = log_targets(20_001, worst=10.0, best=1e-3)
    hits = [
        [min((c for c, g in zip(*run, strict=True) if g <= t), default=INF) for t in targets]
        for run in runs
    ]
    # One evaluation before it is known, the first gap counts from 0: the curve is shifted by none.
    under = runtime_ecdf(np.where(np.array(hits) == 1, 0, hits), np.arange(0.0, 200.0)).mean()
    over = np.mean([aocc(*run, 200, 1e-3, 10.0) for run in runs])
    assert over == pytest.approx(under, abs=1e-4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"budget": 0}, "budget=0"),
        ({"budget": INF}, "budget=inf"),
        ({"lower": 0}, "lower=0"),
        ({"lower": 1}, "expected 0 < lower < upper"),
        ({"upper": INF}, "upper=inf"),
        ({"costs": [1]}, "expected (n,) of both"),
        ({"costs": [2, 1]}, "ascending"),
        ({"costs": [-1, 1]}, ">= 0"),
        ({"costs": [1, float("nan")]}, "ascending"),
        ({"gaps": [1, float("nan")]}, "got nan"),
    ],
)
def test_bad_input_is_named(change, message):
    good = {"costs": [1, 2], "gaps": [1, 0.1], "budget": 10, "lower": 0.01, "upper": 1}
    with pytest.raises(ValueError, match=re.escape(message)):
        aocc(**{**good, **change})
