"""What metering costs: the oracle over a bare Python function, beside ioh's wrapper."""

from __future__ import annotations

import ioh
import numpy as np
import pytest

from problems import Box, Budget, Oracle, Problem
from problems.core.points import unchecked

BATCH = 1000


class Plain(Problem):
    """The cheapest objective there is, so that all the time is overhead."""

    space = Box(-5, 5, 10)

    def value(self, x):
        return plain(x)

    def values(self, points):
        return many(points)


def plain(x):
    return 1.0


ONES = np.ones(BATCH)


def many(points):
    return ONES


def oracle() -> Oracle:
    made = Oracle(Plain(), Budget(1e12, 1e6))
    made.value(np.zeros(10))  # the first value improves on nothing; later ones are the hot path
    return made


def wrapped_by_ioh():
    ioh.problem.wrap_real_problem(plain, "plain", lb=-5, ub=5)
    return ioh.get_problem("plain", instance=1, dimension=10)


@pytest.mark.benchmark(group="one value")
@pytest.mark.parametrize("side", ["ours", "bare", "ioh"])
def test_value(benchmark, side):
    x = np.zeros(10)
    if side == "ours":
        evaluate = oracle().value
    elif side == "bare":
        evaluate = unchecked(Plain(), "value")
    else:
        evaluate = wrapped_by_ioh()

    def loop():
        for _ in range(1000):
            evaluate(x)

    benchmark.extra_info.update(side=side, per=1000, bar="over bare <= 0.5 µs")
    benchmark.pedantic(loop, rounds=200, warmup_rounds=10)


@pytest.mark.benchmark(group="a point in a batch of 1,000")
@pytest.mark.parametrize("side", ["ours", "bare", "ioh"])
def test_batch(benchmark, side):
    points = np.random.default_rng(0).uniform(-5, 5, (BATCH, 10))
    if side == "ours":
        evaluate = oracle().values
    elif side == "bare":
        evaluate = unchecked(Plain(), "values")
    else:
        wrapped = wrapped_by_ioh()

        def evaluate(batch):
            return [wrapped(x) for x in batch]  # ioh evaluates point by point

    benchmark.extra_info.update(side=side, per=BATCH, bar="over bare <= 0.06 µs a point")
    benchmark.pedantic(evaluate, (points,), rounds=300, warmup_rounds=10)
