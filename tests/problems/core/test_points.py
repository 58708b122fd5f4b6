"""What a script may hand to a problem's own `value` and `values`, over the whole catalogue."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from problems import PROBLEMS, Box, Budget, Oracle, Problem, from_function, make
from problems.core.permutation import Permutation
from problems.core.points import unchecked
from problems.core.space import Categorical

NAMES = [name for name in PROBLEMS.names() if not PROBLEMS.entry(name).missing]


@functools.cache
def built(name):
    """Return a small problem and three members of its space."""
    problem = make(name, **PROBLEMS.entry(name).small)
    return problem, problem.space.sample(np.random.default_rng(0), 3)


@pytest.mark.parametrize("name", NAMES)
def test_whole_numbers_as_floats_and_lists_evaluate(name):
    problem, points = built(name)
    values = [problem.value(x) for x in points]
    for spelled in (points.astype(float), points.tolist(), points.astype(float).tolist()):
        assert [problem.value(x) for x in spelled] == values
        assert problem.values(spelled) == pytest.approx(values, rel=1e-9, nan_ok=True)
        again = [Oracle(problem, Budget(9, 9)) for _ in values]
        for oracle, x, value in zip(again, spelled, values, strict=True):
            if oracle.record.ends_with(value) or oracle.constrained:
                continue
            assert oracle.value(x) == value
    assert problem.describe(points[0].astype(float).tolist()) == problem.describe(points[0])
    measures = problem.measures(points[0])
    assert problem.measures(points[0].astype(float).tolist()) == pytest.approx(measures)
    score = problem.score(points[0])
    assert problem.score(points[0].astype(float)) == pytest.approx(score, nan_ok=True)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_point_is_refused(name):
    problem, points = built(name)
    x = points[0].astype(float)
    one_is_nan = np.where(np.arange(len(x)) == 0, np.nan, x)
    for bad in (x[:-1], np.append(x, x[0]), one_is_nan, points, x[0], None, "x", [[1], [1, 2]]):
        with pytest.raises(ValueError, match="point"):
            problem.value(bad)
        with pytest.raises(ValueError, match="point"):
            problem.values([bad])


def test_a_tour_of_three_of_eight_cities_has_no_length():
    problem = make("travelling-salesman", cities=8)
    with pytest.raises(ValueError, match=r"a point of shape \(3,\): expected \(8,\)"):
        problem.value([0, 1, 2])
    with pytest.raises(ValueError, match=r"\[0 0 0 0 0 0 0 0\] is not in Permutation\(8, kind="):
        problem.value(np.zeros(8, int))


@pytest.mark.parametrize(
    ("space", "bad"),
    [
        (Categorical([3, 3]), [0, 3]),
        (Categorical([3, 3]), [0, -1]),
        (Categorical([3, 3]), [0, 0.5]),
        (Permutation(3), [0, 1, 1]),
        (Box(0, 1, 2, integral=True), [0, 2]),
    ],
)
def test_a_space_of_whole_numbers_has_only_its_members(space, bad):
    with pytest.raises(ValueError, match="is not in"):
        from_function(lambda x: 0.0, space).value(bad)
    with pytest.raises(ValueError, match="is not in"):
        from_function(lambda x: np.zeros(len(x)), space, vectorised=True).values([bad])


def test_a_real_point_may_be_out_of_bounds():
    assert make("sphere", dimension=2).value([100.0, 0.0]) > 5000


class Calls:
    """A callable that is no function, as a compiled objective is."""

    def __call__(self, x):
        return float(np.sum(x))


def test_the_oracle_calls_what_was_written(monkeypatch):
    def written(self, x):
        return float(np.sum(x))

    class Plain(Problem):
        space = Box(-1, 1, 2)
        value = written

    assert unchecked(Plain(), "value").__func__ is written
    for kind in (staticmethod(Calls()), Calls()):
        problem = type("Sum", (Problem,), {"space": Box(-1, 1, 2), "value": kind})()
        assert problem.value([1, 0]) == unchecked(problem, "value")([1, 0]) == 1.0
    # A method put around the checked one on an instance is the one that is called.
    problem, seen = Plain(), []
    before = problem.value

    @functools.wraps(before)
    def counted(x):
        seen.append(x)
        return before(x)

    monkeypatch.setattr(problem, "value", counted)
    assert Oracle(problem, Budget(9, 9)).value(np.zeros(2)) == 0.0
    assert len(seen) == 1


def test_what_a_mixin_brings_is_checked_as_well():
    class Sum:
        def value(self, x):
            return float(np.sum(x))

    class Mixed(Sum, Problem):
        space = Box(-1, 1, 2)

    class Derived(Mixed):
        def value(self, x):
            return 1.0 + super().value(x)

    for problem, value in ((Mixed(), 1.0), (Derived(), 2.0)):
        assert problem.value([1, 0]) == value
        with pytest.raises(ValueError, match="a point of shape"):
            problem.value([1])
        assert Oracle(problem, Budget(9, 9)).value(np.array([1.0, 0.0])) == value
    assert Sum().value([1]) == 1.0  # by itself it is no problem's


def test_the_oracle_refuses_half_a_category():
    oracle = Oracle(from_function(lambda x: 0.0, Categorical([2, 2])), Budget(9, 9))
    with pytest.raises(ValueError, match=r"value\(\) got the point"):
        oracle.value([0.5, 0.0])
