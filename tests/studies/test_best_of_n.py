"""The study `best-of-n` judged by hand-made numbers, and what it measures by known answers."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

import problems
from comparison.results import Results
from methods import minimize
from methods.best_of_n_curve import BestOfN as Point
from studies import laboratory as lab
from studies.best_of_n import BINARY, GRADED, NOISES, BestOfN
from studies.instruments.best_of_n import (
    bootstrapped_best,
    curve_rows,
    estimation_errors,
    exact_best,
    reward_curves,
    stacked,
    string_curves,
)
from studies.instruments.noisy_proxy import both_scores, chosen_by, chosen_by_noisy, noise

HEAVY, NORMAL = NOISES


def tables(inside=True, kl=0.5, heavy=(0, 4, 1), normal=(0, 4, 4), proxy=(1, 2, 3)):
    curve = {"n": 2, "exact": 1.0, "estimated": 1.1, "bootstrapped": 1.25, "inside": inside}
    noisy = [
        {"noise": name, "seed": seed, "n": n, "proxy": chosen, "held-out": worth}
        for name, scores in {HEAVY: heavy, NORMAL: normal}.items()
        for seed in (0, 1)
        for n, chosen, worth in zip((1, 2, 4), proxy, scores, strict=True)
    ]
    return {
        "curves": [{**curve, "reward": r, "seed": s} for r in (GRADED, BINARY) for s in (0, 1)],
        "kl": [{"n": 1, "kl": 0.0, "bound": 0.0}, {"n": 2, "kl": kl, "bound": 0.6}],
        "noisy": noisy,
    }


def test_it_is_met_where_bands_and_bound_hold_and_only_heavy_tails_turn_down():
    verdict = BestOfN().judge(tables())
    assert verdict.met
    assert verdict.sentence.startswith(
        "4 of 4 bands hold the exact curve; the best of all draws is estimated +0.10 nats off, by "
        "bootstrap +0.25; a 0/1 reward leads 0.50 nats away, not 0.60; by a heavy-tailed one the "
        "held-out score is best at n = 2, and loses 75% of its rise (over half in 2 of 2 noises)"
    )
    assert verdict.numbers["bound - KL, at least"] == pytest.approx(0.1)


@pytest.mark.parametrize(
    "broken",
    [
        {"inside": False},
        {"kl": 0.6},  # not below the bound
        {"heavy": (0, 4, 3)},
        {"proxy": (1, 3, 3)},  # the proxy no longer rises
        {"normal": (0, 4, 1)},
    ],
)
def test_it_is_not_met_where_any_of_it_fails(broken):
    assert not BestOfN().judge(tables(**broken)).met


# ------------------------------------------------------------------------------ curves


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
    shown = [(row["n"], row["estimated"]) for row in lab.where(rows, seed=first.seed)]
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


# ------------------------------------------------------------------------------- noise


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
