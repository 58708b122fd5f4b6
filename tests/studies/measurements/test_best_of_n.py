"""What the best of n draws is worth, by enumeration and by hand."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

import problems
from comparison.results import Results
from methods import minimize
from methods.shared.best_of_n_curve import BestOfN as Point
from studies import framework as fw
from studies.measurements.best_of_n import (
    bootstrapped_best,
    curve_rows,
    estimation_errors,
    exact_best,
    reward_curves,
    stacked,
    string_curves,
)


def test_the_exact_curve_is_that_of_all_samples():
    p, values = np.array([0.2, 0.5, 0.3]), np.array([2.0, 5.0, 3.0])
    for n in (1, 2, 3):
        drawn = [list(draw) for draw in product(range(3), repeat=n)]
        expected = sum(p[draw].prod() * values[draw].min() for draw in drawn)
        assert exact_best(p, values, [n])[0] == pytest.approx(expected)


def test_the_bootstrap_is_the_mean_over_all_resamples():
    draws = np.array([4.0, 1.0, 2.0])
    resamples = [draws[list(chosen)].min() for chosen in product(range(3), repeat=2)]
    assert bootstrapped_best(draws, [2])[0] == pytest.approx(np.mean(resamples))


def test_a_band_without_an_end_holds_whatever_is_on_that_side():
    draws, p, values = [0.0, 1.0], [0.5, 0.5], [0.0, 1.0]
    open_below, too_high = Point(1, 0.5, None, 0.6), Point(2, 0.0, 0.3, None)
    rows = curve_rows([open_below, too_high], draws, p, values)
    assert [row["inside"] for row in rows] == [True, False]
    assert [row["exact"] for row in rows] == [0.5, 0.25]
    assert [row["bootstrapped"] for row in rows] == [0.5, 0.25]


def runs_of(problem, tmp_path):
    runs = [minimize(problem, "best-of-n", 20, seed=seed) for seed in range(3)]
    for seed, run in enumerate(runs):
        run.key = str(seed)
    return Results(tmp_path / "none.sqlite", runs)


def test_curves_of_strings_are_those_of_the_runs(tmp_path):
    data = {"corpus": "markov:length=20000", "length": 3}
    problem = problems.make("next-token-decode", **data)
    runs = runs_of(problem, tmp_path)
    rows = string_curves(runs, problem, reward="r")
    assert {(row["reward"], row["seed"]) for row in rows} == {("r", 0), ("r", 1), ("r", 2)}
    first = next(iter(runs))
    shown = [(row["n"], row["estimated"]) for row in fw.where(rows, seed=first.seed)]
    assert shown == [(point.n, point.expected) for point in first.best_of_n]
    first.best_of_n = first.best_of_n[1:]
    with pytest.raises(ValueError, match="seed 0: other draws"):
        string_curves(runs, problem)


def test_a_reward_of_0_or_1_has_a_curve_in_closed_form(tmp_path):
    problem = problems.make("next-token-reward", corpus="markov:length=20000")
    rows = reward_curves(runs_of(problem, tmp_path), problem)
    p = problem.base_success
    for row in rows:
        assert row["exact"] == pytest.approx((1 - p) ** row["n"] - 1)
        assert row["inside"]
    first = [row["estimated"] for row in rows if row["n"] == 1]
    assert all(value * 20 == pytest.approx(round(value * 20)) for value in first)


def test_errors_are_means_with_two_standard_errors():
    rows = [
        {"n": 3, "exact": 1.0, "estimated": 1.0 + error, "bootstrapped": 2.0} for error in (0, 2)
    ]
    estimated, bootstrapped = estimation_errors(rows)
    assert (estimated["curve"], estimated["n"], estimated["error"]) == ("estimated", 3, 1.0)
    assert (estimated["low"], estimated["high"]) == pytest.approx((-1.0, 3.0))
    assert (bootstrapped["error"], bootstrapped["low"]) == (1.0, 1.0)


def test_only_the_estimate_is_drawn_with_a_band():
    row = {"n": 1, "exact": 1.0, "estimated": 2.0, "bootstrapped": 3.0, "low": 0.0, "high": 4.0}
    drawn = {each["curve"]: (each["low"], each["best"], each["high"]) for each in stacked([row])}
    assert drawn == {"exact": (1, 1, 1), "estimated": (0, 2, 4), "bootstrapped": (3, 3, 3)}
