"""The curve against enumeration, against closed forms, and its band's coverage."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from scipy.stats import binom, chisquare

import problems
from comparison.results.run_json import run_from_json, run_to_json
from methods import minimize
from methods.shared.best_of_n_curve import best_of_n_curve, confidence_band, expected_best
from problems import Box, Problem
from tests.methods.examples import OneMax

VALUES = np.array([3.0, -1.0, 2.5, 2.5, 7.0, 0.25])


# ------------------------------------------------------------------ the estimate


def test_it_is_the_mean_over_all_subsets():
    expected = [np.mean([min(s) for s in combinations(VALUES, n)]) for n in range(1, 7)]
    np.testing.assert_allclose(expected_best(VALUES), expected, rtol=1e-12)


def test_it_begins_with_the_mean_and_ends_with_the_best():
    curve = expected_best(VALUES)
    assert curve[0] == pytest.approx(VALUES.mean())
    assert curve[-1] == VALUES.min()
    assert (np.diff(curve) < 0).all()


@pytest.mark.parametrize("total", [1, 2, 10, 1000])
def test_known_answer_of_equally_spaced_values(total):
    """The lowest of n out of 1 … N is (N + 1) / (n + 1) on average."""
    n = np.arange(1, total + 1)
    found = expected_best(np.random.default_rng(0).permutation(total) + 1.0)
    np.testing.assert_allclose(found, (total + 1) / (n + 1), rtol=1e-11)


def test_chosen_sizes_are_those_of_the_whole_curve():
    values = np.random.default_rng(1).normal(size=3000)
    chosen = [1, 2, 17, 1000, 2999, 3000]
    np.testing.assert_array_equal(expected_best(values, chosen), expected_best(values)[
        np.array(chosen) - 1
    ])  # fmt: skip


def outcomes(total, values=(0.0, 1.0, 4.0), shares=(0.2, 0.5, 0.3)):
    """Every sample of `total` draws from a three-valued distribution, with its chance."""
    for index in np.ndindex(*[3] * total):
        yield np.array(values)[list(index)], np.prod(np.array(shares)[list(index)])


def exact(n, values=(0.0, 1.0, 4.0), shares=(0.2, 0.5, 0.3)):
    above = np.append(1 - np.cumsum(shares), 0)
    before = np.append(1.0, above[:2])
    return float(np.dot(values, before**n - above[:3] ** n))


def test_it_is_unbiased_for_every_n():
    """By enumeration of all samples of six draws: no sampling, no tolerance of it."""
    mean = sum(chance * expected_best(sample) for sample, chance in outcomes(6))
    np.testing.assert_allclose(mean, [exact(n) for n in range(1, 7)], rtol=1e-12)


def test_the_bootstrap_is_biased():
    """Drawing with replacement makes the best of n look worse than it is, as is said."""

    def bootstrapped(sample, n):
        ordered = np.sort(sample)
        left = 1 - np.arange(len(sample) + 1) / len(sample)
        return ordered @ (left[:-1] ** n - left[1:] ** n)

    mean = sum(chance * bootstrapped(sample, 4) for sample, chance in outcomes(6))
    assert mean > exact(4) * 1.2


@pytest.mark.parametrize("n", [0, 7, 2.5, -1])
def test_no_more_draws_can_be_told_than_there_were(n):
    with pytest.raises(ValueError, match=rf"n={n}: expected a whole number from 1 to 6"):
        expected_best(VALUES, [n])


@pytest.mark.parametrize("values", [[], [[1.0]], [1.0, float("nan")], [-math.inf, 1.0]], ids=str)
def test_values_that_are_none_are_refused(values):
    with pytest.raises(ValueError, match="values: expected"):
        expected_best(values)


def test_draws_without_a_number_are_never_the_best():
    """Two of five are inf: a subset of three or more has a finite best."""
    curve = expected_best([1.0, math.inf, 2.0, math.inf, 4.0])
    assert np.isinf(curve[:2]).all()
    triples = [min(s) for s in combinations([1.0, math.inf, 2.0, math.inf, 4.0], 3)]
    assert curve[2] == pytest.approx(np.mean(triples))
    assert curve[4] == 1.0


# -------------------------------------------------------------------- the band


def test_the_band_encloses_the_estimate_and_narrows_with_more_draws():
    rng = np.random.default_rng(2)
    widths = []
    for total in (50, 500, 5000):
        values = rng.random(total)
        n = np.unique(np.append(np.geomspace(1, total, 20), 10).astype(int))
        low, high = confidence_band(values, n, lowest=0, highest=1)
        assert (low < expected_best(values, n)).all()
        assert (expected_best(values, n) < high).all()
        widths.append((high - low)[list(n).index(10)])
    assert widths[0] > 2 * widths[1] > 4 * widths[2]


def test_a_rare_success_that_was_not_seen_is_not_ruled_out():
    """Of 1000 draws none has passed; one in 300 might, so the best of 300 may well be 0."""
    low, high = confidence_band(np.ones(1000), [1, 300], lowest=0)
    assert 0.98 < low[0] < 1
    assert low[1] < 0.1
    assert (high == 1).all()


def test_nothing_bounds_an_expectation_from_below_without_a_lowest_value():
    low, high = confidence_band(VALUES)
    assert (low == -math.inf).all()
    assert np.isfinite(high).all()


def test_without_a_highest_value_the_band_is_for_values_cut_at_the_highest_seen():
    np.testing.assert_array_equal(
        confidence_band(VALUES, lowest=-2)[1], confidence_band(VALUES, lowest=-2, highest=7)[1]
    )
    assert (confidence_band(VALUES, highest=8)[1] > confidence_band(VALUES)[1]).all()


def test_draws_without_a_number_leave_no_upper_end():
    low, high = confidence_band([0.5, math.inf, 1.0], lowest=0)
    assert (high == math.inf).all()
    assert ((low > 0) & (low < 1)).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"confidence": 0}, "confidence=0: expected"),
        ({"confidence": 1}, "confidence=1: expected"),
        ({"lowest": 0}, "expected to enclose the values, -1 to 7"),
        ({"highest": 6}, "expected to enclose the values, -1 to 7"),
    ],
    ids=str,
)
def test_nonsense_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        confidence_band(VALUES, **options)


def misses(draw, exact_curve, n, total, times, **support):
    """How often the true curve leaves the band anywhere, of `times` samples."""
    rng, missed = np.random.default_rng(3), 0
    truth = np.array([exact_curve(k) for k in n])
    for _ in range(times):
        low, high = confidence_band(draw(rng, total), n, **support)
        missed += bool(((truth < low - 1e-12) | (truth > high + 1e-12)).any())
    return missed


@pytest.mark.parametrize("total", [5, 40, 300])
@pytest.mark.parametrize("kind", ["uniform", "rare", "three values"])
def test_the_band_covers_the_whole_curve_as_often_as_it_says(kind, total):
    """At most 5 % of samples may leave it: 300 samples, false alarm below 10⁻⁴."""
    n = np.unique(np.geomspace(1, total, 12).astype(int))
    draw, truth = {
        "uniform": (lambda rng, size: rng.random(size), lambda k: 1 / (k + 1)),
        "rare": (lambda rng, size: (rng.random(size) > 0.01) * 1.0, lambda k: 0.99**k),
        "three values": (
            lambda rng, size: rng.choice([0.0, 0.25, 1.0], size, p=[0.2, 0.5, 0.3]),
            lambda k: exact(k, (0.0, 0.25, 1.0)),
        ),
    }[kind]
    missed = misses(draw, truth, n, total, 300, lowest=0.0, highest=1.0)
    assert missed <= binom.ppf(1 - 1e-4, 300, 0.05)


# --------------------------------------------------------------------- of a run


class Drawn(Problem):
    """Values that a generator of its own draws; points mean nothing."""

    def __init__(self, draw):
        self.space, self.rng, self._draw = Box(0, 1, 1), np.random.default_rng(8), draw
        self.value_tolerance = math.inf
        self.seen = []

    def values(self, points):
        self.seen.append(self._draw(self.rng, len(points)))
        return self.seen[-1]


@pytest.mark.parametrize("method", ["best-of-n", "random-search"])
def test_a_run_knows_the_curve_of_all_that_it_drew(method):
    problem = Drawn(lambda rng, n: rng.normal(size=n))
    run = minimize(problem, method, 250)
    np.testing.assert_array_equal(run.draws, np.concatenate(problem.seen)[:250])
    assert [p.n for p in run.best_of_n[:9]] == [1, 2, 3, 4, 5, 6, 8, 10, 13]
    assert run.best_of_n[-1].n == 250
    sizes = [p.n for p in run.best_of_n]
    assert [p.expected for p in run.best_of_n] == expected_best(run.draws, sizes).tolist()
    assert run.best_of_n[-1].expected == run.value
    assert all(p.low is None for p in run.best_of_n)  # nothing is proven of this problem
    assert f"best of n: {run.draws.mean():.6g} (1)" in str(run)


def test_a_proven_reference_bounds_the_curve_from_below():
    problem = problems.make("onemax", n=40)
    run = minimize(problem, "best-of-n", 300)
    assert all(0 <= p.low < p.expected < p.high <= 40 for p in run.best_of_n[:-3])


def test_a_run_that_its_target_ended_has_no_curve():
    """Where it stopped depends on what it drew."""
    run = minimize(problems.make("onemax", n=6), "best-of-n", 10_000)
    assert run.ended == "optimal"
    assert run.best_of_n == []
    assert run.draws is None


def test_draws_evaluated_one_by_one_are_kept_as_well():
    run = minimize(OneMax(30), "best-of-n", 70, batch=50)
    assert len(run.draws) == 70
    assert run.draws.min() == run.value


def test_infeasible_draws_count_as_the_method_is_told():
    problem = problems.make("g06")
    run = minimize(problem, "random-search", 50)
    worst = problem.ceiling
    assert len(run.draws) == 50
    assert run.draws.max() > worst
    assert run.best_of_n[-1].expected == run.draws.min()


def test_a_run_that_failed_has_no_curve():
    def fail(rng, n):
        raise RuntimeError("no more")

    run = minimize(Drawn(fail), "best-of-n", 50)
    assert run.ended == "error"
    assert run.best_of_n == []


def test_what_is_evaluated_after_the_draws_is_none_of_them():
    problem = problems.make("onemax", n=40)
    run = minimize(problem, "best-of-n@50+hill-climb", 100)
    assert len(run.draws) == 50
    assert run.best_of_n[-1].n == 50


def test_other_methods_have_no_curve():
    assert minimize(problems.make("onemax", n=40), "hill-climb", 50).best_of_n == []


def test_draws_without_a_number_are_kept_as_such():
    run = minimize(Drawn(lambda rng, n: np.where(rng.random(n) < 0.5, np.nan, 1.0)), "bon", 20)
    assert np.isinf(run.draws).any()
    assert run.best_of_n[0].expected is None
    assert run.best_of_n[-1].expected == 1.0
    assert all(p.high is None for p in run.best_of_n)


def test_one_evaluation_is_a_curve_and_none_is_no_curve():
    problem = problems.make("onemax", n=40)
    assert len(minimize(problem, "best-of-n", 1).best_of_n) == 1
    assert minimize(problem, "best-of-n", 0).best_of_n == []
    assert best_of_n_curve([]) == []


def test_the_curve_is_stored_with_the_run():
    run = minimize(problems.make("onemax", n=40), "best-of-n", 60)
    again = run_from_json(run_to_json(run))
    assert again.best_of_n == run.best_of_n
    assert again.draws is None


# ---------------------------------------------------------------------- strong


def order_statistic(values, chances, n):
    """Return the values that the lowest of n draws takes, and how likely each is."""
    levels, level = np.unique(np.round(values, 9), return_inverse=True)
    mass = np.bincount(level, chances)
    above = np.clip(1 - np.cumsum(mass), 0, 1)
    above[-1] = 0
    return levels, np.append(1.0, above[:-1]) ** n - above**n


def fits(found, levels, chances, times):
    """Whether values found in so many runs are distributed so, rare ones taken together."""
    counts = np.bincount(np.searchsorted(levels, np.round(found, 9)), minlength=len(levels))
    common = chances * times >= 5
    observed = np.append(counts[common], counts[~common].sum())
    expected = times * np.append(chances[common], chances[~common].sum())
    kept = expected > 0
    assert observed[~kept].sum() == 0
    return chisquare(observed[kept], expected[kept] * observed.sum() / expected.sum()).pvalue


@pytest.mark.slow
@pytest.mark.parametrize("n", [5, 40])
@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_best_of_n_on_a_language_model_follows_the_exact_order_statistic(n, temperature):
    """1,000 runs against all strings' probabilities; false alarm 10⁻⁴ a case (chi-square)."""
    problem = problems.make("next-token-decode", corpus="markov:length=5000,symbols=6", length=3)
    problem.reference = None  # meeting the bound would end the drawing
    size = problem.space.n
    strings = np.array([s for s in np.ndindex(size, size, size) if len(set(s)) == 3])
    chances = np.ones(len(strings))
    for i, string in enumerate(strings):
        last, free = problem.edge, np.ones(size, dtype=bool)
        for symbol in string:
            odds = np.exp(-problem.cost[last] / temperature) * free
            chances[i] *= odds[symbol] / odds.sum()
            last, free[symbol] = symbol, False
    levels, expected = order_statistic(problem.values(strings), chances, n)
    runs = [
        minimize(problem, "best-of-n", n, seed=seed, temperature=temperature, batch=n)
        for seed in range(1000)
    ]
    assert fits(np.array([run.value for run in runs]), levels, expected, 1000) > 1e-4
    # The curve's own estimate at half of N, averaged over runs, is that order statistic's mean.
    half = max(1, n // 2)
    means, shares = order_statistic(problem.values(strings), chances, half)
    estimates = np.array([expected_best(run.draws, [half])[0] for run in runs])
    error = estimates.std() / np.sqrt(1000)
    assert abs(estimates.mean() - means @ shares) < 4.5 * error  # false alarm 10⁻⁵
