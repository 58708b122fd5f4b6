"""Quality and regret on an instance's scale."""

from __future__ import annotations

import numpy as np
import pytest

from comparison.analysis.curves import Evidence
from comparison.analysis.scale import Scale
from problems.core.reference import Reference
from tests.comparison.analysis.small import made, step, stored

SCALE = Scale(random=10.0, best=2.0, slack=0.01)


@pytest.mark.parametrize(
    ("value", "quality"),
    [(10.0, 0.0), (2.0, 1.0), (6.0, 0.5), (14.0, -0.5), (2.005, 1.0), (np.inf, -np.inf)],
)
def test_quality_is_0_at_a_random_point_and_1_at_the_reference(value, quality):
    assert SCALE.quality(value) == quality
    assert SCALE.regret(value) == 1 - quality


def test_a_regret_is_reached_at_its_value_and_none_beyond_the_slack():
    assert SCALE.values(np.array([1.0, 0.25, 1e-5])) == pytest.approx([10.0, 4.0, 2.01])


def scale_of(tmp_path, *runs):
    results = stored(tmp_path, *runs)
    return Evidence(results).scale(results.runs[0])


def test_the_scale_is_from_the_problems_reference(tmp_path):
    scale = scale_of(tmp_path, made("genetic", step(1, 8.0)))
    assert (scale.random, scale.best) == (10.0, 0.0)


def test_without_a_reference_it_ends_at_the_best_found(tmp_path):
    runs = [made("genetic", step(1, 8.0), reference=None, seed=seed) for seed in (0, 1)]
    runs.append(made("adam", step(1, 3.0), reference=None))
    scale = scale_of(tmp_path, *runs)
    assert (scale.best, scale.slack) == (3.0, 0.0)


def test_a_value_better_than_the_best_published_ends_it(tmp_path):
    published = Reference(4.0, "best published", "a paper")
    assert scale_of(tmp_path, made("adam", step(1, 3.0), reference=published)).best == 3.0


def test_where_random_points_are_infeasible_it_begins_at_the_first_feasible_values(tmp_path):
    firsts = (8.0, 6.0, 7.0)
    runs = [
        made("genetic", step(1, first), step(2, 1.0), seed=i, random_value=None)
        for i, first in enumerate(firsts)
    ]
    assert scale_of(tmp_path, *runs).random == 7.0


@pytest.mark.parametrize(
    "run",
    [
        made("genetic", ended="error", reference=None),
        made("genetic", step(1, 0.0), random_value=0.0),
    ],
    ids=["nothing was found, nor is known", "a random point is optimal"],
)
def test_there_is_none_where_nothing_spans_it(tmp_path, run):
    assert scale_of(tmp_path, run) is None
