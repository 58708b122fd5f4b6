"""Peers of pycma and scipy: the function that their users call, again wherever it ends early."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.strength.counted import Counted

#: The largest of scipy's tolerances on a constraint, SLSQP's.
MARGIN = 1e-6


def fmin2(f: Counted) -> None:
    """`cma.fmin2` with its bounds, its whole variables and its BIPOP restarts.

    The first deviation is a quarter of each range, which pycma's documentation recommends.
    """
    import cma

    whole = f.kind != "real"
    half = 0.5 if whole else 0.0  # every whole number has the same share of the reals
    options = {
        "bounds": [(f.low - half).tolist(), (f.high + half).tolist()],
        "CMA_stds": (f.high - f.low + 2 * half).tolist(),
        "integer_variables": list(range(f.space.dimension)) if whole else [],
        "verbose": -9,
        "verb_log": 0,
        "verb_disp": 0,
        "signals_filename": None,
    }
    first = [f.start()]

    def start() -> NDArray:
        return np.asarray(first.pop() if first else f.another_start(), dtype=float)

    def value(x: NDArray) -> float:
        return f(np.clip(np.rint(x), f.low, f.high) if whole else x)

    while True:
        cma.fmin2(value, start, 0.25, {**options, "seed": f.seed()}, restarts=9, bipop=True)


def scipy_minimize(f: Counted, *, solver: str) -> None:
    """`scipy.optimize.minimize` at its defaults from our start, then from others.

    A solver that takes constraints is told them, tighter by `MARGIN`: it may end outside by its own
    tolerance, and only points that keep them exactly count.
    """
    from scipy.optimize import NonlinearConstraint, minimize

    told: dict[str, Any] = {}
    value = _clipped(f)
    if solver not in ("CG", "BFGS"):
        told["bounds"] = list(zip(f.low, f.high, strict=True))
    if f.constrained and solver in ("COBYLA", "COBYQA", "SLSQP", "trust-constr"):

        def both(x: NDArray) -> Any:
            return f.both(np.clip(x, f.low, f.high))

        def objective(x: NDArray) -> float:
            return float(both(x)[0])

        value = objective
        told["constraints"] = NonlinearConstraint(lambda x: both(x)[1], -np.inf, -MARGIN)
    x = f.start()
    while True:
        minimize(value, x, method=solver, **told)
        x = f.another_start()


def scipy_global(f: Counted, *, solver: str) -> None:
    """A global optimizer of scipy at its defaults, again wherever it ends."""
    import scipy.optimize

    bounds: Any = list(zip(f.low, f.high, strict=True))
    x = f.start()
    while True:
        value, evaluated = _clipped(f), f.evaluated
        if solver == "differential_evolution":
            whole = np.full(len(x), f.kind != "real")
            how = {"rng": np.random.default_rng(f.seed()), "x0": x, "integrality": whole}
            scipy.optimize.differential_evolution(value, bounds, **how)
        elif solver == "dual_annealing":
            rng = np.random.default_rng(f.seed())
            scipy.optimize.dual_annealing(value, bounds, x0=x, rng=rng)
        elif solver == "basinhopping":
            how = {"minimizer_kwargs": {"method": "L-BFGS-B", "bounds": bounds}}
            scipy.optimize.basinhopping(value, x, rng=np.random.default_rng(f.seed()), **how)
        else:  # it draws nothing: a second run would be the first again
            most = f.evaluations
            scipy.optimize.direct(value, bounds, maxfun=most, maxiter=most)
            return
        if f.evaluated == evaluated:
            return
        x = f.another_start()


def _clipped(f: Counted) -> Any:
    """Differences and line searches step over the bounds, where the function is not defined."""
    return lambda x: f(np.clip(x, f.low, f.high))
