"""What tests of the oracle share: oracles of toy problems, and the ways to evaluate a point."""

from __future__ import annotations

import numpy as np
import pytest

from problems import Budget, Oracle, Problem, Stop
from tests.problems.toys import Toy, batch_of

NAN, INF = float("nan"), float("inf")
ZERO = np.zeros(2)


def oracle_of(problem: Problem | None = None, work: float = 100, **limits: float) -> Oracle:
    return Oracle(Toy() if problem is None else problem, Budget(work, **limits))


def repeat_until_stop(evaluate, times: int = 1000) -> str:
    """Return why the evaluations came to an end."""
    try:
        for _ in range(times):
            evaluate()
    except Stop as stop:
        return str(stop)
    pytest.fail(f"{times} evaluations and no end")


def trace_of(oracle: Oracle) -> list[tuple[str, float, float]]:
    return [(point.kind, point.value, point.work) for point in oracle.record.trace]


EVALUATIONS = {
    "value": lambda o: o.value(ZERO),
    "values": lambda o: o.values(np.zeros((1, 2))),
    "gradient": lambda o: o.gradient(ZERO),
    "minibatch": lambda o: o.gradient(ZERO, batch_of(0.1)),
}

CALLS = {
    **EVALUATIONS,
    "sample": lambda o: o.sample(np.random.default_rng(0), 1),
    "incumbent": lambda o: o.incumbent(ZERO),
    "bound": lambda o: o.bound(-100.0),
}

JUDGED = {
    "incumbent": lambda o, x: o.incumbent(x),
    "full gradient": lambda o, x: o.gradient(x),
    "value": lambda o, x: o.value(x),
    "values": lambda o, x: o.values(x[None]),
}
LIMITS = {
    "array": lambda x: -np.asarray(x, dtype=float),
    "list": lambda x: [float(-v) for v in x],
    "nan": lambda x: np.array([NAN, -1.0]),
}


def minibatches_only(oracle, rng):
    for x in (3.0, 1.0, 2.0):
        oracle.gradient(np.array([x, 0]), batch_of(1 / 3))
