"""The value of a median random point: seeded, and None rather than a number that is none."""

from __future__ import annotations

import zlib

import numpy as np
import pytest

from comparison.running import random_value as module
from comparison.running.random_value import POINTS, random_value
from problems import Box, Problem, from_function, make


def along(line, low=-1.0, high=1.0):
    """Return a problem whose value is a function of one variable."""
    return from_function(lambda x: line(x[0]), Box(low, high, 1), name="line")


def drawn(problem, name="line"):
    """Return the first variable of the points that are drawn, in order of size."""
    rng = np.random.default_rng([0, zlib.crc32(name.encode())])
    return np.sort(problem.space.sample(rng, POINTS)[:, 0])


def test_it_is_the_median_of_points_that_name_and_instance_seed():
    problem = along(float)
    assert random_value(problem) == drawn(problem)[POINTS // 2]
    assert random_value(problem) == random_value(along(float))
    again = along(float)
    again.instance = 1
    assert random_value(again) != random_value(problem)
    again = from_function(lambda x: x[0], Box(-1, 1, 1), name="another")
    assert random_value(again) != random_value(problem)


def test_it_is_near_the_middle_of_what_is_uniform():
    """Of 101 draws from [0, 1] the median is within 4 standard errors, 0.2, of 1/2."""
    assert random_value(along(float, 0.0, 1.0)) == pytest.approx(0.5, abs=0.2)


def test_it_leaves_the_global_generator_alone():
    np.random.seed(7)
    before = np.random.get_state()[1].tolist()
    random_value(make("sphere"))
    assert np.random.get_state()[1].tolist() == before


def test_what_is_no_number_counts_as_worse_than_any():
    problem = along(lambda t: float("nan") if t < -0.5 else t)
    points = drawn(problem)
    bad = int((points < -0.5).sum())
    assert 0 < bad < POINTS // 2
    assert random_value(problem) == points[bad + POINTS // 2]


class Half(Problem):
    """Is feasible from a point on."""

    name = "line"
    ceiling = 1.0
    space = Box(-1, 1, 1)

    def __init__(self, least):
        self.least = least

    def value(self, x):
        return float(x[0])

    def constraints(self, x):
        return np.array([self.least - x[0]])


def test_an_infeasible_point_counts_as_worse_than_any():
    points = drawn(Half(-1.0))
    bad = int((points < -0.5).sum())
    assert random_value(Half(-0.5)) == points[bad + POINTS // 2]


@pytest.mark.parametrize(
    "problem",
    [
        Half(0.9),
        along(lambda t: float("nan")),
        along(lambda t: float("-inf")),
        along(lambda t: None),
        along(lambda t: "0.5"),
        along(lambda t: 1 / 0),
    ],
    ids=["infeasible", "nan", "minus infinity", "none", "text", "an error"],
)
def test_where_the_median_is_no_number_there_is_none(problem):
    assert random_value(problem) is None


@pytest.mark.parametrize("limit", ["CPU_SECONDS", "SECONDS"])
def test_looks_that_are_too_slow_are_given_up(limit, monkeypatch):
    evaluated = []
    monkeypatch.setattr(module, limit, -1.0)
    assert random_value(along(lambda t: evaluated.append(t) or float(t))) is None
    assert len(evaluated) == 1


def test_a_loaded_machine_does_not_move_it(monkeypatch):
    """The clock goes a second further at every evaluation, as where many others compute."""
    now = iter(range(1, 1000))
    monkeypatch.setattr(module, "perf_counter", lambda: float(next(now)))
    assert random_value(along(float)) == drawn(along(float))[POINTS // 2]


def test_a_reference_that_raises_leaves_none():
    class Unknown(Half):
        @property
        def reference(self):
            raise RuntimeError("no such file")

    assert random_value(Unknown(0.0)) is None


@pytest.mark.parametrize("name", ["sphere", "graph-colouring", "travelling-salesman", "onemax"])
def test_every_space_has_one(name):
    assert np.isfinite(random_value(make(name)))
