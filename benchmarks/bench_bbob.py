"""What metering costs on BBOB: the oracle over ioh's own call."""

from __future__ import annotations

import ioh
import numpy as np
import pytest

import problems
from problems import Budget, Oracle

EVALUATIONS = 1000
DIMENSION = 5
#: Every class of BBOB: separable, moderate, ill-conditioned, multimodal, weakly structured.
FUNCTIONS = (1, 3, 8, 10, 15, 20, 21, 24)


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("side", ["ours", "bare"])
def test_value(benchmark, function, side):
    benchmark.group = f"an evaluation of BBOB f{function}, {DIMENSION}-D"
    points = list(np.random.default_rng(0).uniform(-5, 5, (EVALUATIONS, DIMENSION)))
    if side == "ours":
        problem = problems.make("bbob", function=function, dimension=DIMENSION)
        evaluate = Oracle(problem, Budget(1e12, 1e6)).value
    else:
        evaluate = ioh.get_problem(
            function, instance=1, dimension=DIMENSION, problem_class=ioh.ProblemClass.BBOB
        )

    def loop():
        for x in points:
            evaluate(x)

    loop()  # afterwards nothing improves: the hot path of a long run
    benchmark.extra_info.update(side=side, per=EVALUATIONS, bar="over bare <= 1.5 µs")
    benchmark.pedantic(loop, rounds=100, warmup_rounds=5)
