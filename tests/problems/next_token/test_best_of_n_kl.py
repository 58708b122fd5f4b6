"""Best-of-N against enumeration of all draws, and its divergence against known answers."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from problems.next_token.best_of_n_kl import (
    best_of_n_distribution,
    best_of_n_kl,
    best_of_n_kl_bound,
    divergence,
)


@pytest.mark.parametrize("n", [1, 2, 3, 4])
@pytest.mark.parametrize("rewards", [[0, 1, 2, 3], [0, 1, 1, 0], [2, 2, 2, 2], [3, -1, 3, 0.5]])
def test_distribution_agrees_with_all_draws(n: int, rewards: list[float]) -> None:
    p = np.array([0.4, 0.3, 0.2, 0.1])
    expected = np.zeros(4)
    for draw in product(range(4), repeat=n):
        winner = max(draw, key=lambda outcome: rewards[outcome])  # the first of those that tie
        expected[winner] += p[list(draw)].prod()
    found = best_of_n_distribution(p, rewards, n)
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    kl = float((expected * np.log(expected / p)).sum())
    assert best_of_n_kl(p, rewards, n) == pytest.approx(kl, abs=1e-12)
    assert kl <= best_of_n_kl_bound(n) + 1e-12


def test_several_sizes_are_rows() -> None:
    p, rewards, sizes = [0.4, 0.3, 0.2, 0.1], [0, 1, 1, 0], [[1, 2], [3, 8]]
    found = best_of_n_distribution(p, rewards, sizes)
    assert found.shape == (2, 2, 4)
    for place in np.ndindex(2, 2):
        n = sizes[place[0]][place[1]]
        np.testing.assert_array_equal(found[place], best_of_n_distribution(p, rewards, n))


def test_the_divergence_of_known_distributions() -> None:
    assert divergence([0.5, 0.5], [0.5, 0.5]) == 0.0
    assert divergence([1.0, 0.0], [0.25, 0.75]) == pytest.approx(np.log(4))


def test_ties_leave_the_bound_far_behind() -> None:
    assert best_of_n_kl([0.99, 0.01], [0, 1], 4) == pytest.approx(0.025, abs=5e-4)
    assert best_of_n_kl_bound(4) == pytest.approx(0.636, abs=5e-4)


def test_the_bound_is_the_limit_without_ties() -> None:
    many = 20_000
    kl = best_of_n_kl(np.full(many, 1 / many), np.arange(many), 4)
    assert kl == pytest.approx(best_of_n_kl_bound(4), abs=1e-3)
    assert kl < best_of_n_kl_bound(4)


def test_impossible_outcomes_stay_impossible() -> None:
    assert best_of_n_distribution([0.5, 0.5, 0.0], [0, 1, 2], 3).tolist() == [0.125, 0.875, 0.0]
    assert best_of_n_kl([1.0, 0.0], [0, 1], 8) == 0.0


@pytest.mark.parametrize(
    ("p", "rewards", "n", "message"),
    [
        ([0.5, 0.4], [0, 1], 2, "sum to 1"),
        ([1.5, -0.5], [0, 1], 2, "sum to 1"),
        ([0.5, 0.5], [0], 2, "shapes"),
        ([0.5, 0.5], [0, 1], 0, "n=0"),
    ],
)
def test_refuses_nonsense(p: list[float], rewards: list[float], n: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        best_of_n_kl(p, rewards, n)
