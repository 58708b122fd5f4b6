"""Models that are not their problem's objective are told, right ones pass."""

from __future__ import annotations

import numpy as np
import pulp
import pytest

from comparison.contract.linear_model_checks import (
    linear_model_holds,
    linear_model_is_the_objective,
)
from problems import Box, Categorical, LinearModel, Permutation, Problem
from problems.core.linear_model import assigned

COSTS = np.array([3.0, -1.0, 2.5, -4.0, 0.5])


class Choice(Problem):
    """Choose some of five at a cost, no more than three; `changed` spoils the model."""

    ceiling = 100.0

    def __init__(self, write=True, reads=None, costs=COSTS, most=3, **told):
        self.space = Box(0, 1, 5, integral=True)
        self._write, self._reads, self._costs, self._most = write, reads, costs, most
        self._told = told

    def value(self, x):
        return float(COSTS @ x)

    def constraints(self, x):
        return np.array([np.sum(x) - 3.0])

    def linear_model(self):
        program = pulp.LpProblem("choice", pulp.LpMinimize)
        take = [pulp.LpVariable(f"x{i}", cat="Binary") for i in range(5)]
        program += pulp.lpDot(list(self._costs), take)
        program += pulp.lpSum(take) <= self._most
        reads = self._reads or (lambda found: np.array([round(found[x]) for x in take]))
        write = (lambda x: assigned(take, x)) if self._write else None
        return LinearModel(program, reads, write=write, **self._told)


class Worst(Problem):
    """The larger of two loads of four jobs: its model has a continuous variable."""

    def __init__(self, times=(3, 5, 4, 2), **told):
        self.times, self._told = np.array(times), told
        self.space = Box(0, 1, len(times), integral=True)

    def value(self, x):
        x = np.asarray(x)
        return float(max(self.times @ x, self.times @ (1 - x)))

    def linear_model(self):
        program = pulp.LpProblem("makespan", pulp.LpMinimize)
        first = [pulp.LpVariable(f"x{i}", cat="Binary") for i in range(len(self.times))]
        end = pulp.LpVariable("end", 0)
        program += 1 * end
        program += end >= pulp.lpDot(self.times.tolist(), first)
        program += end >= float(self.times.sum()) - pulp.lpDot(self.times.tolist(), first)

        def read(found):
            return np.array([round(found[x]) for x in first])

        return LinearModel(program, read, **{"write": lambda x: assigned(first, x), **self._told})


@pytest.mark.parametrize("check", [linear_model_is_the_objective, linear_model_holds])
@pytest.mark.parametrize(
    "build",
    [
        Choice,
        lambda: Choice(write=False),
        lambda: Choice(costs=2 * COSTS, unit=0.5),
        Worst,
        lambda: Worst(integral=True),
        lambda: Worst(times=(3.5, 5, 4, 2)),
        lambda: Worst(write=None),
    ],
    ids=["written", "read", "unit", "auxiliary", "vouched for", "halves", "auxiliary, read"],
)
def test_a_right_model_passes(build, check):
    check(build)


@pytest.mark.parametrize("write", [True, False])
@pytest.mark.parametrize(
    "told",
    [{"offset": 1.0}, {"costs": COSTS + 0.25}, {"costs": COSTS[::-1]}, {"unit": 2.0}],
    ids=str,
)
def test_a_model_with_another_objective_is_told(told, write):
    with pytest.raises(AssertionError, match=r"the value of \[.*\] is .*, the linear model's obj"):
        linear_model_is_the_objective(lambda: Choice(write=write, **told))


def test_a_model_that_is_read_wrongly_is_told():
    with pytest.raises(AssertionError, match="the value of"):
        linear_model_is_the_objective(lambda: Choice(reads=lambda found: np.array([1, 0, 0, 0, 0])))
    with pytest.raises(AssertionError, match="which is no member"):
        linear_model_is_the_objective(lambda: Choice(reads=lambda found: np.full(5, 7)))


def test_a_model_that_allows_what_is_not_feasible_is_told():
    with pytest.raises(AssertionError, match="which violates a constraint"):
        linear_model_is_the_objective(lambda: Choice(most=5))


def test_a_bound_alone_may_be_better_but_not_worse():
    linear_model_is_the_objective(lambda: Choice(offset=-1.0, exact=False))
    with pytest.raises(AssertionError, match="the value of"):
        linear_model_is_the_objective(lambda: Choice(offset=1.0, exact=False))


def test_a_vow_of_whole_numbers_that_is_false_is_told():
    """The makespan of jobs of 3.5 is no whole number."""
    with pytest.raises(AssertionError, match="is no multiple of its spacing 1 away from 0"):
        linear_model_is_the_objective(lambda: Worst(times=(3.5, 5, 4, 2), integral=True))


def test_an_optimum_that_leaves_better_members_out_is_told():
    """Where the model is right about what it has, but has not all."""
    with pytest.raises(
        AssertionError, match=r"calls -4 optimal, but \[0 1 0 1 0\] has the value -5"
    ):
        linear_model_holds(lambda: Choice(most=1))


@pytest.mark.parametrize(
    "space", [Categorical([2, 3, 2]), Permutation(4), Box(-1, 1, 2, integral=True)]
)
def test_every_member_of_a_small_space_is_looked_at(space):
    from comparison.contract.linear_model_checks import _members

    points = list(_members(space))
    assert len({tuple(x.tolist()) for x in points}) == len(points)
    assert all(x in space for x in points)
    sizes = {Categorical: 12, Permutation: 24, Box: 9}
    assert len(points) == sizes[type(space)]
    assert _members(Permutation(9)) is _members(Box(0, 1, 2)) is None
