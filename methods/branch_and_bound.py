"""Branch and bound by `scipy.optimize.milp`, which is HiGHS given arrays."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from methods.shared.highs import silent_stdout
from methods.shared.linear_solve import OUT_OF_NODES, solve_linear_model
from methods.shared.program_arrays import ProgramArrays
from methods.shared.solver_report import Report
from problems.core.interval import Count, NonNegative
from problems.core.oracle import Oracle

#: HiGHS's word for a fault of its own.
SOLVE_ERROR = "Solve error"


def milp(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    presolve: bool = True,
    mip_rel_gap: NonNegative = 0.0,
    node_limit: Count | None = None,
) -> None:
    """Run `scipy.optimize.milp` on the problem's linear model, turned into arrays.

    The solution and the bound are reported when the solver returns: it tells nothing in
    between. Constraints that the model leaves out are added as solutions violate them,
    and it is solved again. The time limit is what is left of the run's seconds. Work
    is not charged, since the solver is given the model and evaluates nothing.

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
        With the status: Infeasible, Unbounded, or what else scipy said.
    """
    import scipy.optimize

    def solve(report: Report) -> str:
        options: dict[str, Any] = {"presolve": presolve, "mip_rel_gap": mip_rel_gap}
        if node_limit is not None:
            options["node_limit"] = node_limit
        options["time_limit"] = oracle.remaining_seconds
        with silent_stdout():  # scipy's HiGHS prints what it was told not to
            result = scipy.optimize.milp(**milp_arguments(report.arrays), options=options)
            if presolve and SOLVE_ERROR in result.message:
                # As of an equation with wide coefficients and no solution in whole numbers.
                options |= {"presolve": False, "time_limit": oracle.remaining_seconds}
                result = scipy.optimize.milp(**milp_arguments(report.arrays), options=options)
        report.effort(result.get("mip_node_count") or 0, 0)
        bound = result.get("mip_dual_bound")
        if bound is None and result.status == 0:  # a plain LP has no branches
            bound = result.fun
        report.tell(result.x, -math.inf if bound is None else bound)
        return _status(result)

    solve_linear_model(oracle, "milp", solve)


def milp_arguments(arrays: ProgramArrays) -> dict[str, Any]:
    """Return the arguments of `scipy.optimize.milp`.

    Returns
    -------
    dict
        ``c``, ``bounds``, ``integrality`` and, if there are any, ``constraints``, as
        sparse rows.
    """
    import scipy.optimize
    import scipy.sparse

    arguments: dict[str, Any] = {
        "c": arrays.cost,
        "bounds": scipy.optimize.Bounds(arrays.low, arrays.high),
        "integrality": arrays.whole.astype(int),
    }
    if len(arrays.row_low):
        shape = len(arrays.row_low), len(arrays.variables)
        matrix = scipy.sparse.csr_array((arrays.weight, arrays.column, arrays.start), shape=shape)
        limits = arrays.row_low, arrays.row_high
        arguments["constraints"] = scipy.optimize.LinearConstraint(matrix, *limits)
    return arguments


def _status(result: Any) -> str:
    """Return the end in HiGHS's own words, where scipy's status has them."""
    said = f"{result.message}"
    for status in ("Time limit reached", OUT_OF_NODES, "Primal infeasible or unbounded"):
        if status in said:
            return status
    return {0: "Optimal", 2: "Infeasible", 3: "Unbounded"}.get(result.status, said)
