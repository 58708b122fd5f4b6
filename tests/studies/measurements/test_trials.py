"""The best of k trials against all sets of k, and the ranges that settings are drawn from."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from methods import METHODS
from methods.run import load_method, minimize
from problems import make
from problems.core.ledger import Budget
from problems.naming.options import resolve
from studies.measurements.search_spaces import SPACES, settings
from studies.measurements.trials import (
    LONGER,
    contests,
    trials_needed,
    trials_to_win,
    tuned,
    weighted_median,
)


def by_hand(values, k):
    """Return both medians by going through every set of k settings and every seed."""
    n, seeds = values.shape
    new, kept = [], []
    for chosen in combinations(range(n), k):
        for seed in range(seeds):
            best = min(chosen, key=lambda i: values[i, seed])
            kept.append(values[best, seed])
            new += np.delete(values[best], seed).tolist()
    return np.median(new), np.median(kept)


@pytest.mark.parametrize("k", range(1, 7))
@pytest.mark.parametrize("seeds", [2, 5])
def test_all_sets_of_k_settings_are_counted(k, seeds):
    values = np.random.default_rng(seeds).normal(size=(6, seeds)).round(3)
    assert tuned(values, k) == pytest.approx(by_hand(values, k))


def test_a_lucky_seed_chooses_a_setting_that_is_no_better():
    values = np.array([[0.0, 9.0, 9.0], [5.0, 5.0, 5.0]])
    assert tuned(values, 2) == tuned(values, 2)
    assert tuned(values, 2)[1] == 5
    assert tuned(values[:, :2], 2)[0] == 7  # 9 where the lucky seed chose, else 5


def test_the_weighted_median_is_the_median_where_weights_are_equal():
    for values in ([3.0, 1.0, 2.0], [4.0, 1.0, 2.0, 3.0], [2.0]):
        assert weighted_median(np.array(values), np.ones(len(values))) == np.median(values)
    assert weighted_median(np.array([1.0, 2.0, 3.0]), np.array([0.1, 0.1, 0.8])) == 3


def runs_of(way, settings, gaps, k=1):
    of = {"problem": "p", "way": way, "settings": settings, "k": k}
    return [{**of, "seed": seed, "gap": gap} for seed, gap in enumerate(gaps)]


def test_a_family_is_held_against_the_best_default_of_the_others():
    rows = [*runs_of("a", "", (4.0, 4.0)), *runs_of("a", "x=1", (3.0, 3.0))]
    rows += [*runs_of("a", "x=2", (1.0, 1.0)), *runs_of("b", "", (2.0, 2.0))]
    rows += [*runs_of("b", "y=1", (2.5, 2.5)), *runs_of("b", "y=2", (2.5, 2.5))]
    after = {("a", 1): 4.0, ("a", 2): 3.5, ("b", 1): 2.0, ("b", 2): 0.5}
    for (way, k), gap in after.items():
        rows += runs_of(way, LONGER, (gap, gap), k)
    one, two, *_ = found = contests(rows)
    medians = {"default": 4, "tuned": 2, "best trial": 2}
    bars = {"others": 2, "given as much": 2, "leader": 2, "best default": 2}
    assert one == {"problem": "p", "way": "a", "k": 1, **medians, **bars}
    assert (two["tuned"], two["others"], two["given as much"]) == (1, 2, 0.5)
    assert [(row["others"], row["given as much"]) for row in found[2:]] == [(4, 4), (4, 3.5)]
    assert [row["best default"] for row in found] == [2, 0.5, 2, 0.5]


def test_the_leader_is_the_default_that_was_best_before():
    rows = []
    # Given more, c overtakes b.
    for way, once, later in (("a", 3.0, 3.0), ("b", 1.0, 0.9), ("c", 2.0, 0.1)):
        rows += [*runs_of(way, "", (once, once)), *runs_of(way, "x=1", (3.0, 3.0))]
        rows += runs_of(way, LONGER, (later, later))
    first = contests(rows)[0]
    assert (first["others"], first["given as much"], first["leader"]) == (1, 0.1, 0.9)


def test_the_fewest_trials_that_win_are_counted_for_each_that_does():
    values = {"a": (3, 1, 2.5, 1), "b": (2, 2, 2, 2)}
    rows = [
        {"problem": "p", "way": way, "k": k, "mine": mine, "theirs": 2}
        for way, found in values.items()
        for k, mine in enumerate(found, start=1)
    ]
    assert trials_to_win(rows, "mine", "theirs") == {("p", "a"): 2}


def test_a_family_that_leads_by_default_needs_no_trials_and_one_that_never_wins_has_no_number():
    def rows(way, default, *after):
        of = {"problem": "p", "way": way, "default": default, "others": 2.0}
        return [{**of, "k": k, "tuned": value} for k, value in enumerate(after, start=1)]

    found = trials_needed([*rows("a", 3, 3, 1, 1), *rows("b", 1, 1, 1, 1), *rows("c", 2, 3, 2, 2)])
    assert {row["way"]: row["trials"] for row in found} == {"a": 2, "b": 0, "c": None}


@pytest.mark.parametrize("method", SPACES)
def test_settings_are_the_same_ones_always_and_the_method_takes_them(method):
    drawn = settings(method, 16)
    assert drawn[:5] == settings(method, 5)
    assert len({str(how) for how in drawn}) == 16
    problem = make("sphere", dimension=3)
    for how in drawn:
        resolve(method, load_method(METHODS.entry(method)), how)
        minimize(problem, method, budget=Budget(5), **how)
