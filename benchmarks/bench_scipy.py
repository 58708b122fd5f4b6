"""scipy's solvers through the oracle beside scipy called directly: an evaluation, 10-D sphere."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
import scipy.optimize

from methods import METHODS
from problems import Box, Budget, Oracle, Problem, Stop

DIMENSION, EVALUATIONS = 10, 3000
CENTRE = np.linspace(-2, 3, DIMENSION)

#: What each is given beside the function: scipy's own arguments, limits lifted.
LIMITS = {
    "nelder-mead": {"maxfev": EVALUATIONS},
    "powell": {"maxfev": EVALUATIONS},
    "bfgs": {"maxiter": EVALUATIONS},
    "l-bfgs-b": {"maxfun": EVALUATIONS, "maxiter": EVALUATIONS},
    "cobyla": {"maxiter": EVALUATIONS},
    "slsqp": {"maxiter": EVALUATIONS},
    "differential-evolution": {},
}
#: What makes ours scipy's single run.
SINGLE: dict[str, dict[str, object]] = {name: {"restarts": False} for name in LIMITS}
SINGLE["differential-evolution"]["popsize"] = 15


class Sphere(Problem):
    """As cheap as an objective can be, so that what is left is the solver and the meter."""

    space = Box(-5, 5, DIMENSION)

    def value(self, x):
        return sphere(x)


def sphere(x):
    z = x - CENTRE
    return float(z @ z)


def prepared():
    """Return an oracle that has seen the best there is: later evaluations are the hot path."""
    oracle = Oracle(Sphere(), Budget(EVALUATIONS + 1, 1e6))
    oracle.value(CENTRE)
    return oracle


def ours(name, oracle):
    with contextlib.suppress(Stop):
        METHODS.entry(name).load()(oracle, np.random.default_rng(0), **SINGLE[name])
    return oracle.record.values - 1


def bare(name, oracle):
    """Run the solver from the same start, to the same end."""
    start = oracle.start(1)[0]
    bounds = scipy.optimize.Bounds(np.full(DIMENSION, -5.0), np.full(DIMENSION, 5.0))
    evaluations = 0

    def value(x):
        nonlocal evaluations
        if evaluations >= EVALUATIONS:
            raise Stop
        evaluations += 1
        return sphere(x)

    # COBYLA steps over its bounds, where the oracle tells of the nearest point inside.
    function = (lambda x: value(np.clip(x, -5, 5))) if name == "cobyla" else value

    with contextlib.suppress(Stop):
        if name == "differential-evolution":
            scipy.optimize.differential_evolution(
                value, bounds, x0=start, rng=np.random.default_rng(0)
            )
        else:
            scipy.optimize.minimize(
                function,
                start,
                method=name,
                bounds=None if name == "bfgs" else bounds,
                options=LIMITS[name],
            )
    return evaluations


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("side", ["ours", "bare"])
def test_overhead(benchmark, name, side):
    run = {"ours": ours, "bare": bare}[side]
    evaluations = run(name, prepared())
    if evaluations != bare(name, prepared()):
        pytest.fail(f"{name} makes {evaluations} evaluations, not as many as alone")
    benchmark.group = f"{name}, an evaluation, 10-D sphere"
    role = {"ours": "ours", "bare": "peer"}[side]
    benchmark.extra_info.update(side=role, per=evaluations, bar="ratio <= 1.2")
    rounds = 10 if name == "cobyla" else 60
    benchmark.pedantic(run, setup=lambda: ((name, prepared()), {}), rounds=rounds, warmup_rounds=2)
