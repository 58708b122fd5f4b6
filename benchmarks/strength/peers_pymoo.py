"""Peers of pymoo: its genetic algorithm and differential evolution, as its guide sets them up.

Operators and population sizes are those of the pages "Binary", "Discrete", "Mixed" and
"Permutations" of pymoo's guide on customization, and pymoo's defaults for real variables.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.strength.counted import Counted


def genetic(f: Counted) -> None:
    """pymoo's GA with the operators that its guide has for this kind of variable."""
    from pymoo.algorithms.soo.nonconvex.ga import GA

    if f.kind == "categories":
        _mixed(f)
        return
    vtype = {"bits": bool, "real": float}.get(f.kind, int)
    _minimize(f, lambda first: GA(sampling=first, **_operators(f)), _size(f), vtype)


def differential_evolution(f: Counted) -> None:
    """pymoo's DE at its defaults, rounded where variables are whole."""
    from pymoo.algorithms.soo.nonconvex.de import DE

    _minimize(f, lambda first: DE(sampling=first), 100, vtype=float)


def _size(f: Counted) -> int:
    return 100 if f.kind in ("real", "bits") else 20


def _operators(f: Counted) -> dict[str, Any]:
    if f.kind == "real":
        return {}
    if f.kind == "bits":
        from pymoo.operators.crossover.pntx import TwoPointCrossover
        from pymoo.operators.mutation.bitflip import BitflipMutation

        return {"crossover": TwoPointCrossover(), "mutation": BitflipMutation()}
    if f.kind == "integers":
        from pymoo.operators.crossover.sbx import SBX
        from pymoo.operators.mutation.pm import PM
        from pymoo.operators.repair.rounding import RoundingRepair

        how = {"prob": 1.0, "eta": 3.0, "vtype": float, "repair": RoundingRepair()}
        return {"pop_size": 20, "crossover": SBX(**how), "mutation": PM(**how)}
    from pymoo.core.repair import Repair
    from pymoo.operators.crossover.ox import OrderCrossover
    from pymoo.operators.mutation.inversion import InversionMutation

    class FromZero(Repair):
        """Turn every tour round so that it begins at the same city, as the guide advises."""

        def _do(self, problem: Any, X: Any, **keywords: Any) -> Any:
            return np.array([np.roll(x, -int(np.argmin(x))) for x in X])

    repair = {"repair": FromZero()} if f.kind == "tour" else {}
    return {
        "pop_size": 20,
        "crossover": OrderCrossover(),
        "mutation": InversionMutation(),
        **repair,
    }


def _minimize(f: Counted, algorithm: Any, size: int, vtype: type) -> None:
    from pymoo.core.problem import Problem
    from pymoo.optimize import minimize

    whole = f.kind != "real"

    class Wrapped(Problem):
        def __init__(self) -> None:
            super().__init__(f.space.dimension, 1, xl=f.low, xu=f.high, vtype=vtype)

        def _evaluate(self, x: Any, out: Any, *arguments: Any, **keywords: Any) -> None:
            rows = np.rint(np.asarray(x, dtype=float)) if whole else x
            out["F"] = np.array([f(row) for row in rows])

    first = f.starts(size)
    while True:  # it ends where no child differs from its parents
        minimize(Wrapped(), algorithm(first.astype(vtype)), ("n_gen", 10**9), seed=f.seed())
        first = np.array([f.another_start() for _ in range(size)])


def _mixed(f: Counted) -> None:
    """Categories are choices to pymoo, which has an algorithm for them by itself."""
    from pymoo.core.mixed import MixedVariableGA
    from pymoo.core.problem import ElementwiseProblem
    from pymoo.core.variable import Choice
    from pymoo.optimize import minimize

    choices = [Choice(options=list(range(int(high) + 1))) for high in f.high]

    class Wrapped(ElementwiseProblem):
        def __init__(self) -> None:
            super().__init__(vars=dict(enumerate(choices)), n_obj=1)

        def _evaluate(self, X: Any, out: Any, *arguments: Any, **keywords: Any) -> None:
            out["F"] = f([X[i] for i in range(len(choices))])

    while True:
        minimize(Wrapped(), MixedVariableGA(), ("n_gen", 10**9), seed=f.seed())
