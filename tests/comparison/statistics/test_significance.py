"""Tests of significance by hand and by scipy, and samples that could never have told."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.stats

from comparison.statistics.significance import (
    SignificanceResult,
    holm,
    rank_sum,
    signed_rank,
    smallest_p,
    smallest_p_rank_sum,
)

INF = float("inf")
EVERY = scipy.stats.PermutationMethod(n_resamples=math.inf)


def test_the_smallest_p_of_pairs_is_2_in_2_to_the_n():
    assert [smallest_p(n) for n in (0, 1, 2, 4, 5, 6, 10)] == [
        1, 1, 0.5, 0.125, 0.0625, 0.03125, 2 / 1024,
    ]  # fmt: skip


def test_the_smallest_p_of_two_samples_is_2_in_all_choices():
    assert smallest_p_rank_sum(3, 3) == 0.1
    assert smallest_p_rank_sum(4, 4) == 2 / 70
    assert smallest_p_rank_sum(1, 10) == 2 / 11
    assert smallest_p_rank_sum(0, 5) == smallest_p_rank_sum(1, 1) == 1


@pytest.mark.parametrize("n", [5, 6, 8, 20])
def test_the_smallest_p_is_what_the_clearest_sample_gives(n):
    low, high = np.arange(n) / n, 10.0 + np.arange(n) ** 2
    assert signed_rank(low, high, alpha=0.9).p == pytest.approx(smallest_p(n), rel=1e-12)
    assert rank_sum(low, high).p == pytest.approx(smallest_p_rank_sum(n, n), rel=1e-12)
    assert rank_sum(low[:4], high).p == pytest.approx(smallest_p_rank_sum(4, n), rel=1e-12)


# --------------------------------------------------------------------- signed rank


def test_signed_rank_by_hand():
    # Differences -1, -2, -3, 4, -5, -6: the positive ranks sum to 4. Sums up to 4 are had by
    # 1 + 1 + 1 + 2 + 2 = 7 sets of ranks (none; 1; 2; 3, 1+2; 4, 1+3) of 64.
    b = np.array([1.0, 2, 3, -4, 5, 6])
    assert signed_rank(np.zeros(6), b) == SignificanceResult(2 * 7 / 64, 4.0, 6)


def test_signed_rank_is_symmetric():
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal(12), rng.standard_normal(12)
    assert signed_rank(a, b) == signed_rank(b, a)


@pytest.mark.parametrize("seed", range(5))
def test_signed_rank_with_ties_and_zeros_is_scipys_over_all_permutations(seed):
    rng = np.random.default_rng(seed)
    a, b = rng.integers(0, 4, 11).astype(float), rng.integers(0, 4, 11).astype(float)
    expected = scipy.stats.wilcoxon(a - b, zero_method="pratt", method=EVERY)
    found = signed_rank(a, b)
    assert found.p == pytest.approx(expected.pvalue, rel=1e-12)
    assert found.statistic == expected.statistic


def test_signed_rank_of_many_pairs_is_scipys_approximation():
    rng = np.random.default_rng(1)
    a, b = rng.integers(0, 9, 80).astype(float), rng.integers(1, 10, 80).astype(float)
    a[:5] = INF
    expected = scipy.stats.wilcoxon(
        a - b, zero_method="pratt", correction=True, method="asymptotic"
    )
    assert signed_rank(a, b) == SignificanceResult(
        float(expected.pvalue), float(expected.statistic), 80
    )


def test_the_approximation_takes_over_where_the_exact_p_is_near_it():
    rng = np.random.default_rng(2)
    a, b = rng.standard_normal(51), rng.standard_normal(51) + 0.4
    exact = scipy.stats.wilcoxon(a - b, method="exact").pvalue
    assert signed_rank(a, b).p == pytest.approx(exact, rel=0.05)


def test_an_equal_pair_is_ranked_as_in_pratts_example():
    # Zero has rank 1 and is left out, -18 has rank 13: of the 2¹² sets of the ranks 2 to 13,
    # 49 sum to 13 or less.
    values = np.array([0, 2, 3, 4, 6, 7, 8, 9, 11, 14, 15, 17, -18.0])
    assert signed_rank(values, np.zeros(13)).p == 2 * 49 / 2**12
    # With all a little less, 0 is against too: of 2¹³ sets, 109 sum to 1 + 13 or less.
    assert signed_rank(values - 0.5, np.zeros(13)).p == 2 * 109 / 2**13
    # The weaker sample has the larger p. Had the zero been dropped it were the other way
    # round: 70 of 2¹² sets of the ranks 1 to 12 sum to 12 or less.
    assert 49 / 2**12 < 109 / 2**13 < 70 / 2**12


def test_all_equal_pairs_say_nothing():
    assert signed_rank(np.ones(6), np.ones(6)) == SignificanceResult(1.0, 0.0, 6)


def test_many_equal_pairs_are_still_counted_exactly():
    # Of 100 pairs 94 are equal: the six others are all of one sign.
    a, b = np.zeros(100), np.append(np.zeros(94), np.arange(1.0, 7.0))
    assert signed_rank(a, b) == SignificanceResult(smallest_p(6), 0.0, 100)


def test_no_value_is_worse_than_any_and_equal_to_another():
    a = np.array([INF, INF, 1, 2, 3, 4, 5])
    b = np.array([INF, 9, 0, 0, 0, 0, 0])
    large = np.array([0, 1e6, 1, 2, 3, 4, 5])
    assert signed_rank(a, b) == signed_rank(large, np.zeros(7))


def test_too_few_pairs_are_told_what_to_run():
    found = signed_rank([1.0, 2, 3, 4], [2.0, 3, 4, 5])
    assert found.p is None
    assert (found.statistic, found.n) == (0.0, 4)
    assert found.reason == (
        "4 pairs cannot give p < 0.05 (at best 0.125): run at least 6 instances or problems"
    )


def test_the_level_decides_how_many_pairs_are_too_few():
    a, b = np.zeros(6), np.arange(1.0, 7.0)
    assert signed_rank(a, b).p == 0.03125
    assert signed_rank(a, b, alpha=0.03125).reason.endswith(
        "(at best 0.0312): run at least 7 instances or problems"
    )
    assert signed_rank(a, b, alpha=0.05 / 10).reason.endswith(
        "run at least 9 instances or problems"
    )


def test_one_pair_is_too_few():
    assert signed_rank([1.0], [2.0]).reason.startswith("1 pair cannot give p < 0.05 (at best 1)")


# ------------------------------------------------------------------------ rank sum


def test_rank_sum_by_hand():
    # Of 70 sets of 4 ranks of 8, two sum to 11 or less: 1+2+3+4 and 1+2+3+5.
    found = rank_sum([1.0, 2, 3, 5], [4.0, 6, 7, 8])
    assert found == SignificanceResult(pytest.approx(4 / 70, rel=1e-14), 1.0, 8)


@pytest.mark.parametrize("seed", range(5))
def test_rank_sum_with_ties_is_scipys_over_all_permutations(seed):
    rng = np.random.default_rng(seed)
    a, b = rng.integers(0, 4, 5).astype(float), rng.integers(0, 5, 8).astype(float)
    expected = scipy.stats.mannwhitneyu(a, b, method=EVERY)
    for found in (rank_sum(a, b), rank_sum(b, a)):
        assert found.p == pytest.approx(expected.pvalue, rel=1e-12)
    assert rank_sum(a, b).statistic == expected.statistic


def test_rank_sum_of_many_runs_is_scipys_approximation():
    rng = np.random.default_rng(3)
    a, b = rng.integers(0, 9, 30).astype(float), rng.integers(1, 10, 40).astype(float)
    expected = scipy.stats.mannwhitneyu(a, b, method="asymptotic")
    assert rank_sum(a, b) == SignificanceResult(
        float(expected.pvalue), float(expected.statistic), 70
    )


def test_rank_sum_depends_on_the_order_alone():
    a, b = [1.0, 2, 3, INF], [2.5, INF, INF, INF, 4]
    assert rank_sum(a, b) == rank_sum([1.0, 2, 3, 99], [2.5, 99, 99, 99, 4])
    assert rank_sum(np.full(5, INF), np.full(5, INF)) == SignificanceResult(1.0, 12.5, 10)


def test_too_few_runs_are_told_what_to_run():
    found = rank_sum([1.0, 2, 3], [4.0, 5, 6])
    assert found.p is None
    assert (found.statistic, found.n) == (0.0, 6)
    assert found.reason == (
        "3 and 3 runs cannot give p < 0.05 (at best 0.1): run at least 4 seeds of each"
    )
    assert rank_sum([1.0], [2.0]).reason.startswith("1 and 1 run cannot")


# ------------------------------------------------------------------------- general


@pytest.mark.parametrize("test", [signed_rank, rank_sum])
@pytest.mark.parametrize("alpha", [0, 1, -0.05, float("nan")])
def test_a_level_is_between_0_and_1(test, alpha):
    with pytest.raises(ValueError, match="alpha="):
        test([1.0], [2.0], alpha)


@pytest.mark.parametrize("test", [signed_rank, rank_sum])
@pytest.mark.parametrize("values", [[[1.0]], [float("nan")], []])
def test_samples_are_numbers_in_one_dimension(test, values):
    with pytest.raises(ValueError, match=r"^a.*: expected (numbers|\()"):
        test(values, [2.0])


def test_signed_rank_needs_pairs():
    with pytest.raises(ValueError, match="2 and 1 values: a signed-rank test needs pairs"):
        signed_rank([1.0, 2.0], [1.0])


@pytest.mark.parametrize("test", [signed_rank, rank_sum])
def test_p_is_evenly_spread_where_nothing_differs(test):
    # A p-value is at most 0.05 in at most 5 % of the samples of equal methods; 400 of them.
    rng = np.random.default_rng(4)
    found = [test(rng.integers(0, 6, 12), rng.integers(0, 6, 12)).p for _ in range(400)]
    assert np.mean(np.array(found) <= 0.05) <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 400)
    assert 0.4 < np.mean(found) < 0.65


def test_holm_by_hand():
    # Sorted: 0.01 · 4, 0.02 · 3, 0.03 · 2 (raised to the one before), 0.5 · 1.
    assert holm([0.02, 0.5, 0.01, 0.03]) == pytest.approx([0.06, 0.5, 0.04, 0.06])
    assert holm([0.4, 0.6]) == [0.8, 0.8]
    assert holm([0.9, 0.7]) == [1.0, 1.0]


def test_holm_passes_over_tests_that_were_not_made():
    assert holm([None, 0.01, None, 0.04]) == [None, 0.02, None, 0.04]
    assert holm([None]) == [None]
    assert holm([]) == []


def test_holm_is_statsmodels():
    multitest = pytest.importorskip("statsmodels.stats.multitest")
    p = np.random.default_rng(5).random(30) ** 3
    np.testing.assert_allclose(holm(list(p)), multitest.multipletests(p, method="holm")[1])


@pytest.mark.parametrize("p", [-0.1, 1.1, float("nan")])
def test_p_values_are_from_0_to_1(p):
    with pytest.raises(ValueError, match="p_values: expected"):
        holm([0.5, p])
