"""The note on contenders that are worse than random draws, on values whose p can be counted."""

from __future__ import annotations

import pytest

from comparison.analysis.below_random import below_random
from comparison.analysis.rows import rows
from methods import METHODS
from tests.comparison.analysis.small import made, step, stored


def seeds(method, values, **changes):
    return [made(method, step(1, v), seed=i, **changes) for i, v in enumerate(values)]


def notes(folder, *runs):
    return below_random(rows(stored(folder, *runs)))


RANDOM = [1.0, 1.1, 1.2, 1.3, 1.4]
HIGHER = [2.0, 2.1, 2.2, 2.3, 2.4]


def test_who_is_worse_is_named_with_what_it_assumes(tmp_path):
    """All five above all five: one order of C(10, 5) = 252, 0.004, and 0.008 for two."""
    found = notes(
        tmp_path, *seeds("random-search", RANDOM), *seeds("cg", HIGHER), *seeds("tabu", RANDOM)
    )
    assert found == [
        "significantly worse than random-search (rank-sum test, Holm): cg on sphere.",
        f"cg: {METHODS.entry('cg').assumes}.",
    ]


def test_better_equal_and_overlapping_ones_are_not_named(tmp_path):
    runs = [
        *seeds("random-search", RANDOM),
        *seeds("tabu", [0.1, 0.2, 0.3, 0.4, 0.5]),
        *seeds("genetic", RANDOM),
        *seeds("cg", [1.05, 1.15, 1.25, 1.35, 1.45]),
    ]
    assert notes(tmp_path, *runs) == []


def test_values_that_differ_by_rounding_are_equal(tmp_path):
    found = notes(tmp_path, *seeds("random-search", [1.0] * 5), *seeds("cg", [1.0 + 1e-12] * 5))
    assert found == []


def test_a_method_without_an_assumption_is_named_all_the_same(tmp_path):
    found = notes(tmp_path, *seeds("random-search", RANDOM), *seeds("mine.py:mine", HIGHER))
    assert found == [
        "significantly worse than random-search (rank-sum test, Holm): mine.py:mine on sphere."
    ]


def test_a_run_without_a_value_is_worse_than_any(tmp_path):
    runs = [made("cg", seed=i, value=None, score=None) for i in range(5)]
    assert "cg on sphere" in notes(tmp_path, *seeds("random-search", RANDOM), *runs)[0]


@pytest.mark.parametrize(
    ("runs", "others", "needed"), [(3, 1, 4), (5, 12, 6)], ids=["few-seeds", "many-contenders"]
)
def test_too_few_seeds_are_told(tmp_path, runs, others, needed):
    """Of C(6, 3) = 20 orders one is 0.05; twelve times 1 / 252 is 0.048, thirteen 0.052."""
    crowd = [run for i in range(others + (others > 1)) for run in seeds(f"m{i}", HIGHER[:runs])]
    (found,) = notes(tmp_path, *seeds("random-search", RANDOM[:runs]), *crowd)
    assert found.startswith(f"{runs} seeds cannot show which of {others + (others > 1)} ")
    assert found.endswith(f"it takes {needed}.")


def test_instances_are_told_apart(tmp_path):
    runs = [
        *seeds("random-search", RANDOM),
        *seeds("cg", RANDOM),
        *seeds("random-search", RANDOM, instance=1),
        *seeds("cg", HIGHER, instance=1),
    ]
    assert "cg on sphere (instance 1)." in notes(tmp_path, *runs)[0]


def test_without_random_search_nothing_is_said(tmp_path):
    assert notes(tmp_path, *seeds("cg", HIGHER), *seeds("tabu", RANDOM)) == []
