"""Choices by a proxy, by enumeration."""

from __future__ import annotations

import numpy as np
import pytest

from studies.measurements.noisy_proxy import both_scores, chosen_by, chosen_by_noisy, noise


@pytest.mark.parametrize("freedom", [None, 3])
def test_noises_have_the_same_quartiles(freedom):
    drawn = noise(np.random.default_rng(0), 200_000, 0.5, freedom)
    assert np.quantile(drawn, [0.25, 0.5, 0.75]) == pytest.approx(
        [-0.33724, 0.0, 0.33724], abs=5e-3
    )
    assert bool(np.abs(drawn).max() > 5) == (freedom is not None)


def test_what_is_chosen_by_another_proxy_is_worth_what_all_samples_say():
    p, proxy, worth = np.array([0.2, 0.5, 0.3]), [1.0, 2.0, 3.0], np.array([9.0, 1.0, 4.0])
    (row,) = chosen_by(proxy, p, [2], worth, noise="none")
    best = np.array([0.2**2, 0.7**2 - 0.2**2, 1 - 0.7**2])
    assert row["noise"] == "none"
    assert row["held-out"] == pytest.approx(best @ worth)
    assert row["proxy"] == pytest.approx(best @ proxy)
    assert row["kl"] == pytest.approx((best * np.log(best / p)).sum())
    assert row["bound"] == pytest.approx(np.log(2) - 0.5)


def test_without_noise_the_proxy_is_what_is_wanted():
    (row,) = chosen_by([0.0, 1.0], [0.5, 0.5], [4])
    assert row["proxy"] == row["held-out"] == pytest.approx(1 - 0.5**4)


def test_noises_are_seeded_and_differ():
    rewards, p = np.arange(4.0), np.full(4, 0.25)
    how = {"scale": 1.0, "freedoms": {"t": 3, "normal": None}, "seeds": 2}
    rows, again = (chosen_by_noisy(rewards, p, [1, 8], rewards, **how) for _ in range(2))
    assert rows == again
    assert [(row["noise"], row["seed"]) for row in rows[::2]] == [
        ("t", 0), ("normal", 0), ("t", 1), ("normal", 1)
    ]  # fmt: skip
    assert len({row["proxy"] for row in rows if row["n"] == 8}) == 4
    assert [row["score"] for row in both_scores(rows)[::2]] == [
        "proxy, normal", "proxy, t", "held-out, normal", "held-out, t"
    ]  # fmt: skip
