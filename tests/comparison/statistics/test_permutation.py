"""Exact p-values against all cases written out, and against scipy's."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
import scipy.stats

from comparison.statistics.permutation import sign_flip_p, subset_p


def two_sided(sums, total):
    """Return twice the smaller tail of sums that are all as likely."""
    sums = np.array(sums)
    return min(1.0, 2 * min((sums <= total).mean(), (sums >= total).mean()))


@pytest.mark.parametrize(
    "ranks", [[1], [1, 2, 3], [1.5, 1.5, 3], [2, 2, 2, 4], [3, 4, 5], [1, 2.5, 2.5, 4, 5.5, 5.5]]
)
def test_sign_flips_are_counted(ranks):
    ranks = np.array(ranks, dtype=float)
    sums = [ranks @ signs for signs in product([0, 1], repeat=len(ranks))]
    for total in sums:
        assert sign_flip_p(ranks, total) == pytest.approx(two_sided(sums, total), rel=1e-14)


@pytest.mark.parametrize(
    ("ranks", "size"),
    [([1, 2, 3, 4], 2), ([1.5, 1.5, 3, 4, 5], 2), ([2, 2, 2, 4, 5.5, 5.5], 3), ([1, 2, 3], 1)],
)
def test_subsets_are_counted(ranks, size):
    ranks = np.array(ranks, dtype=float)
    sums = [sum(chosen) for chosen in combinations(ranks, size)]
    for total in sums:
        assert subset_p(ranks, size, total) == pytest.approx(two_sided(sums, total), rel=1e-14)


@pytest.mark.parametrize("n", [6, 10, 25, 50])
def test_without_ties_p_is_scipys(n):
    rng = np.random.default_rng(n)
    differences = rng.standard_normal(n) + 0.2
    ranks = scipy.stats.rankdata(abs(differences))
    exact = scipy.stats.wilcoxon(differences, method="exact").pvalue
    assert sign_flip_p(ranks, ranks[differences > 0].sum()) == pytest.approx(exact, rel=1e-10)
    x, y = rng.standard_normal(n // 2), rng.standard_normal(n - n // 2) + 0.3
    ranks = scipy.stats.rankdata(np.concatenate([x, y]))
    exact = scipy.stats.mannwhitneyu(x, y, method="exact").pvalue
    assert subset_p(ranks, len(x), ranks[: len(x)].sum()) == pytest.approx(exact, rel=1e-10)
