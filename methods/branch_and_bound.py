"""Branch and bound by `scipy.optimize.milp`, which is HiGHS given arrays."""

from __future__ import annotations

import contextlib
import math
import os
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from problems.oracle import Oracle
from problems.views import LinearModel

#: What scipy calls the ends of HiGHS.
TIME_LIMIT = 1
ENDS = {2: "infeasible", 3: "unbounded"}


def milp(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    presolve: bool = True,
    mip_rel_gap: float = 0.0,
    node_limit: int | None = None,
) -> None:
    """Run `scipy.optimize.milp` on the problem's linear model, turned into arrays.

    The solution and the bound are reported when the solver returns: it tells nothing in
    between. Constraints that the model leaves out are added as solutions violate them,
    and it is solved again. The time limit is what is left of the run's seconds. Work
    is not charged, since the solver is given the model instead of looks.

    Parameters
    ----------
    presolve : bool
        scipy's: whether the model is simplified first.
    mip_rel_gap : float
        Relative gap at which it stops; HiGHS's own 1e-4 is no proof, so it is 0 here.
    node_limit : int, optional
        Nodes at which it stops; none, as in scipy.

    Raises
    ------
    RuntimeError
        When the model is infeasible, unbounded or broken, in scipy's words.
    """
    if not 0 <= mip_rel_gap < np.inf:
        raise ValueError(f"mip_rel_gap={mip_rel_gap:g}: expected a number >= 0")
    if node_limit is not None and node_limit < 1:
        raise ValueError(f"node_limit={node_limit}: expected a whole number >= 1, or none")
    import scipy.optimize

    model = oracle.linear_model()
    options: dict[str, Any] = {"presolve": presolve, "mip_rel_gap": mip_rel_gap}
    if node_limit is not None:
        options["node_limit"] = node_limit
    while True:
        options["time_limit"] = oracle.remaining_seconds
        with _silent_stdout():
            result = scipy.optimize.milp(**arrays(model.program), options=options)
        oracle.solver_effort(result.get("mip_node_count") or 0, 0)
        violated = _report(oracle, model, result)
        if result.status in (2, 3, 4):
            end = ENDS.get(result.status, "broken")
            raise RuntimeError(f"milp: the model is {end}: {result.message}")
        if result.status == TIME_LIMIT and oracle.remaining_seconds <= 0:
            oracle.time_is_up()
        if result.status == TIME_LIMIT or not violated:
            return
        for constraint in violated:
            model.program += constraint


@contextlib.contextmanager
def _silent_stdout() -> Iterator[None]:
    """Send file descriptor 1 nowhere: scipy's HiGHS prints what it was told not to."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def arrays(program: Any) -> dict[str, Any]:
    """Turn a PuLP program into the arguments of `scipy.optimize.milp`.

    Parameters
    ----------
    program : pulp.LpProblem
        The objective's constant is left out, and its sign turned if it is maximised.

    Returns
    -------
    dict
        ``c``, ``bounds``, ``integrality`` and, if there are any, ``constraints``, as
        sparse rows; the variables are in the order of ``program.variables()``.
    """
    import pulp
    import scipy.optimize
    import scipy.sparse

    variables = program.variables()
    column = {variable.name: i for i, variable in enumerate(variables)}
    c = np.zeros(len(variables))
    for variable, weight in (program.objective or {}).items():
        c[column[variable.name]] = program.sense * weight
    told: dict[str, Any] = {
        "c": c,
        "bounds": scipy.optimize.Bounds(
            [-np.inf if v.lowBound is None else v.lowBound for v in variables],
            [np.inf if v.upBound is None else v.upBound for v in variables],
        ),
        "integrality": [int(v.cat == pulp.LpInteger) for v in variables],
    }
    rows: list[int] = []
    columns: list[int] = []
    weights: list[float] = []
    low, high = [], []
    for row, constraint in enumerate(program.constraints.values()):
        for variable, weight in constraint.items():
            rows.append(row)
            columns.append(column[variable.name])
            weights.append(weight)
        limit = -constraint.constant
        low.append(-np.inf if constraint.sense == pulp.LpConstraintLE else limit)
        high.append(np.inf if constraint.sense == pulp.LpConstraintGE else limit)
    if low:
        shape = len(low), len(variables)
        matrix = scipy.sparse.csr_array((weights, (rows, columns)), shape=shape)
        told["constraints"] = scipy.optimize.LinearConstraint(matrix, low, high)
    return told


def _report(oracle: Oracle, model: LinearModel, result: Any) -> list[Any]:
    """Report the bound and the solution; return the constraints that it violates."""
    x: NDArray | None = None
    violated: list[Any] = []
    if result.x is not None:
        names = [variable.name for variable in model.program.variables()]
        values = dict(zip(names, result.x.tolist(), strict=True))
        if model.separate is not None:
            violated = model.separate(values)
        if not violated:
            x = model.read(values)
    bound = result.get("mip_dual_bound")
    if bound is None and result.status == 0:  # a plain LP has no branches
        bound = result.fun
    oracle.progress(x, _value_of(model, bound))
    return violated


def _value_of(model: LinearModel, bound: float | None) -> float | None:
    """Turn a bound on the objective, as it was minimised, into one on the value."""
    if bound is None or not math.isfinite(bound):
        return None
    if model.integral:
        bound = math.ceil(bound - 1e-6)
    program = model.program
    constant = program.objective.constant if program.objective is not None else 0.0
    return model.offset + model.unit * (program.sense * bound + constant)
