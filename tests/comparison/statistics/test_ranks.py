"""Ranks and critical differences, by hand, by published tables, scipy and scikit-posthocs."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats

from comparison.statistics.ranks import average_ranks, cliques, critical_difference, friedman

INF = float("inf")


def random_table(blocks=12, methods=5, ties=False, seed=0):
    rng = np.random.default_rng(seed)
    values = rng.standard_normal((blocks, methods)) + 0.5 * np.arange(methods)
    return np.rint(values) if ties else values


def test_average_ranks_by_hand():
    # Ranks 1, 2, 3; 2.5, 1, 2.5; 1, 2.5, 2.5.
    values = [[0.1, 0.2, 0.3], [5, 4, 5], [1, INF, INF]]
    assert average_ranks(values).tolist() == pytest.approx([4.5 / 3, 5.5 / 3, 8 / 3])


def test_friedman_by_hand():
    # Three blocks that agree: 12 · 3 / (3 · 4) · ((1 − 2)² + 0 + (3 − 2)²) = 6, the most.
    found = friedman([[1, 2, 3], [10, 20, 30], [0, 1, INF]])
    assert found.statistic == pytest.approx(6, rel=1e-14)
    assert found.p == pytest.approx(np.exp(-3), rel=1e-12)  # chi-square, 2 degrees of freedom
    assert (found.n, found.reason) == (3, "")


@pytest.mark.parametrize("ties", [False, True])
def test_friedman_is_scipys(ties):
    table = random_table(ties=ties)
    expected = scipy.stats.friedmanchisquare(*table.T)
    found = friedman(table)
    assert (found.statistic, found.p) == (expected.statistic, expected.pvalue)


def test_friedman_of_equal_methods_says_nothing():
    found = friedman(np.ones((5, 4)))
    assert (found.statistic, found.p) == (0.0, 1.0)


def test_too_few_blocks_are_told_what_to_run():
    # At best 2 · 2 = 4, and exp(−4 / 2) = 0.135; three blocks give exp(−3) = 0.0498.
    found = friedman([[1, 2, 3], [1, 2, 3]])
    assert found.p is None
    assert found.statistic == pytest.approx(4)
    assert found.reason == (
        "2 blocks of 3 methods cannot give p < 0.05 (at best 0.135): "
        "run at least 3 instances or problems"
    )
    assert friedman([[1, 2, 3]]).reason.startswith("1 block of 3 methods")


def test_friedman_of_two_methods_is_another_test():
    with pytest.raises(ValueError, match="use signed_rank for two"):
        friedman([[1, 2], [1, 2]])


#: Demšar 2006, table 5: the quantiles of the studentized range over √2, for 2 to 10 methods.
Q_05 = [1.960, 2.343, 2.569, 2.728, 2.850, 2.949, 3.031, 3.102, 3.164]
Q_10 = [1.645, 2.052, 2.291, 2.459, 2.589, 2.693, 2.780, 2.855, 2.920]


@pytest.mark.parametrize(("alpha", "published"), [(0.05, Q_05), (0.10, Q_10)])
def test_critical_difference_is_demsars(alpha, published):
    for k, q in enumerate(published, start=2):
        blocks = k * (k + 1) / 6
        # With N = k (k + 1) / 6 the difference is q itself; take 6 N blocks of it.
        difference = critical_difference(k, k * (k + 1), alpha) * np.sqrt(6)
        # The table's third decimal is cut or rounded from tables of two more.
        assert difference == pytest.approx(q, abs=0.0015), blocks


def test_critical_difference_of_demsars_example():
    # Four classifiers on 14 data sets, 2.569 √(4 · 5 / (6 · 14)) = 1.25.
    assert critical_difference(4, 14) == pytest.approx(1.25, abs=0.005)


@pytest.mark.parametrize("seed", range(3))
def test_methods_are_told_apart_where_scikit_posthocs_tells_them(seed):
    posthocs = pytest.importorskip("scikit_posthocs")
    table = random_table(blocks=10, methods=6, seed=seed)
    p = posthocs.posthoc_nemenyi_friedman(table).to_numpy()
    ranks, difference = average_ranks(table), critical_difference(6, 10)
    apart = abs(ranks[:, None] - ranks) >= difference
    assert (apart == (p <= 0.05)).all()
    assert apart.any()
    assert not apart.all()
    # A bar joins those that are not, and every such pair is under one.
    bars = cliques(ranks, difference)
    joined = [{i, j} <= set(bar) for i in range(6) for j in range(i) for bar in bars]
    joined = np.reshape(joined, (15, len(bars))).any(axis=1)
    assert joined.tolist() == [not apart[i, j] for i in range(6) for j in range(i)]


def test_cliques_by_hand():
    ranks = [4.0, 1.0, 2.0, 3.0]
    assert cliques(ranks, 1.5) == [(1, 2), (2, 3), (3, 0)]
    assert cliques(ranks, 2.5) == [(1, 2, 3), (2, 3, 0)]
    assert cliques(ranks, 5) == [(1, 2, 3, 0)]
    assert cliques(ranks, 1) == []  # as far apart as the difference is told apart


def test_cliques_are_the_largest():
    assert cliques([1.0, 1.1, 1.2, 3.0, 3.05], 0.5) == [(0, 1, 2), (3, 4)]
    assert cliques([1.0, 1.5, 1.5, 2.4], 1) == [(0, 1, 2), (1, 2, 3)]
    assert cliques([2.0, 2.0], 0.1) == [(0, 1)]
    assert cliques([1.0], 1) == cliques([], 1) == []


@pytest.mark.parametrize(("methods", "blocks"), [(1, 5), (3, 0)])
def test_a_difference_is_of_two_methods_on_a_block(methods, blocks):
    with pytest.raises(ValueError, match="expected at least 2 on 1"):
        critical_difference(methods, blocks)


@pytest.mark.parametrize("alpha", [0, 1, float("nan")])
def test_a_level_is_between_0_and_1(alpha):
    with pytest.raises(ValueError, match="alpha="):
        critical_difference(3, 5, alpha)


@pytest.mark.parametrize("values", [[1.0, 2.0], np.zeros((0, 3)), np.zeros((3, 0))])
def test_values_are_of_blocks_and_methods(values):
    with pytest.raises(ValueError, match=r"expected \(blocks, methods\)"):
        average_ranks(values)


def test_values_are_numbers():
    with pytest.raises(ValueError, match="values: expected numbers"):
        friedman([[1.0, 2.0, float("nan")]])
