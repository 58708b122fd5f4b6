"""Big coefficients of binary variables, made as large as their rows need."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pulp
import pytest

from methods import minimize
from methods.shared.coefficient_tightening import tightened_row
from problems import Box, LinearModel, Problem
from tests.methods.test_certificates import SOLVERS


@pytest.mark.parametrize(
    ("weights", "limit", "high", "tight"),
    [
        ([1, -1e8], 0, [5, 1], [1, -5]),  # x <= 1e8 y, x <= 5
        ([1, 1, -1e8], 3, [5, 2, 1], [1, 1, -4]),
        ([1, -2000], 0, [5, 1], [1, -2000]),  # not far larger
        ([1, -1e8], 0, [5, 2], [1, -1e8]),  # not binary
        ([1, -1e8], 0, [math.inf, 1], [1, -1e8]),
        ([1, -1e8], 9, [5, 1], [1, -1e8]),  # the row is always kept
        ([1, 1e8], 7, [5, 1], [1, 1e8]),
    ],
)
def test_by_hand(weights, limit, high, tight):
    binary = [each == 1 for each in high]
    assert tightened_row(weights, limit, [0.0] * len(high), high, binary) == tight


def test_what_rounding_leaves_of_fixed_variables_is_no_need():
    """2 − 3 × 2/3 is 1e-16 in floats: a coefficient of that size would ask for y = 1."""
    left = math.ulp(1.0) / 2
    assert tightened_row([-8 / 3], -left, [0.0], [1.0], [True], size=2.0) == [-8 / 3]
    assert tightened_row([-8 / 3], -left, [0.0], [1.0], [True]) == [-left]


@pytest.mark.parametrize("seed", range(30))
def test_the_same_whole_numbers_keep_the_row(seed):
    rng = np.random.default_rng(seed)
    weights = rng.choice([0.1, 1, 3, 1 / 3, -2, -1e5, -1e7], 5)
    low, high = np.array([0, 0, -2, 0, 0]), np.array([1, 1, 3, 4, 1])
    limit = float(rng.choice([0, 0.5, 2]))
    binary = (low == 0) & (high == 1)
    tight = tightened_row(weights, limit, low.tolist(), high.tolist(), binary.tolist())
    points = np.array(list(itertools.product(*map(range, low, high + 1))))
    kept = points @ weights <= limit + 1e-9
    np.testing.assert_array_equal(points @ np.array(tight) <= limit + 1e-9, kept)


class FixedCost(Problem):
    """Three units at least, at a fixed cost that any unit makes due, or at 10 without."""

    def __init__(self, kind: str, sets_up: int = 1) -> None:
        self.space = Box(0, 5, 1, integral=kind == "Integer")
        self._kind, self._sets_up = kind, sets_up

    def value(self, x):
        return 3.0 * float(x[0] > 0) + (10.0 if x[0] < 3 else 0.0)

    def linear_model(self):
        x = pulp.LpVariable("x", 0, 5, self._kind)
        y = pulp.LpVariable("y", 0, self._sets_up, "Integer")
        z = pulp.LpVariable("z", cat="Binary")
        program = pulp.LpProblem("fixed", pulp.LpMinimize)
        program += 3 * y + 10 * z
        program += x <= 1e8 * y
        program += x + 3 * z >= 3
        return LinearModel(program, lambda found: np.array([found[x]]))


@SOLVERS
@pytest.mark.parametrize("kind", ["Integer", "Continuous"])
def test_a_big_m_is_solved_alike(kind, method, options):
    run = minimize(FixedCost(kind), method, 0, **options)
    assert (run.ended, run.value, run.bound) == ("optimal", 3.0, 3.0)


@SOLVERS
def test_a_program_whose_variables_are_bounded_is_never_called_unbounded(method, options):
    """CBC calls it infeasible, and finds a solution of it as soon as there is no objective."""
    run = minimize(FixedCost("Integer", sets_up=2), method, 0, **options)
    assert "nbounded" not in run.message
    assert run.ended == "optimal" or "infeasible, and then finds a solution" in run.message
