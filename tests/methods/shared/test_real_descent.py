from __future__ import annotations

import numpy as np
import pytest

from methods.shared.neighbourhood import Values
from methods.shared.real_descent import SHORT, descend_reals
from problems import Box, Budget, Oracle
from tests.methods.examples import Flat, Recorded


def descended(problem, scale, budget=5000):
    oracle = Oracle(problem, Budget(budget, 30))
    x = np.full(problem.space.dimension, 0.9)
    steps = Values(problem.space, None, 0.001, 1)
    return descend_reals(oracle, steps, x, oracle.value(x), scale, np.random.default_rng(0))


def test_it_returns_a_local_optimum_and_its_value():
    problem = Recorded(Box(-1, 1, 4), lambda x: float(x @ x))
    x, value = descended(problem, 0.25)
    assert value == problem._function(x) < 1e-6


@pytest.mark.parametrize("scale", [0.25, 10.0, 0.03])
def test_all_variables_move_first_by_no_more_than_a_quarter_and_then_one_at_a_time(scale):
    problem = Recorded(Box(-10, 10, 8), lambda x: float(x @ x))
    descended(problem, scale)
    seen = np.array(problem.looked_at)
    assert np.std(seen[1] - seen[0]) / 20 == pytest.approx(min(scale, 0.25), rel=0.5)
    best, changed = seen[0], []
    for x in seen[1:]:
        changed.append(int((x != best).sum()))
        best = min(best, x, key=problem._function)
    single = changed.index(1)
    assert set(changed[:single]) == {8}
    # At the very bottom a step of equal value is taken, which the values do not tell.
    assert set(changed[single : single + 60]) == {1}


def test_on_a_plateau_it_gives_up():
    problem = Flat(Box(-1, 1, 3))
    descended(problem, 0.25)
    looks = len(problem.looked_at) - 1 - 50
    assert 0 < looks <= 3 * 10  # none where a step would end at the same bound


def test_it_is_as_accurate_from_a_short_step():
    assert descended(Recorded(Box(-1, 1, 3), lambda x: float(x @ x)), SHORT / 10)[1] < 1e-6
