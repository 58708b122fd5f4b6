"""What a linear model's `separate` returns, held against the solution that it was given."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from problems.core.linear_model import LinearModel, Solution
from problems.core.linear_objective import SOLVER_TOLERANCE
from problems.core.usage_error import shown

if TYPE_CHECKING:
    import pulp


def violated_constraints(model: LinearModel, solution: Solution) -> list[pulp.LpConstraint]:
    """Return the constraints that a solution violates and the model's program leaves out.

    What it violates by no more than the solvers' tolerance is met: they would return the
    same solution again.

    Raises
    ------
    TypeError
        When `separate` returns anything but constraints.
    ValueError
        When the solution violates none of them, which would be so for ever.
    """
    import pulp

    returned = None if model.separate is None else model.separate(solution)
    if returned is None:
        return []
    if not isinstance(returned, Iterable):
        raise TypeError(f"separate returned {shown(returned)}: expected a list of constraints")
    constraints = list(returned)
    for constraint in constraints:
        if not isinstance(constraint, pulp.LpConstraint):
            raise TypeError(
                f"separate returned {shown(constraint)} among its constraints: expected a "
                "pulp.LpConstraint, such as x + y <= 4"
            )
    most = max((_excess(constraint, solution) for constraint in constraints), default=0.0)
    if constraints and most <= 0:
        raise ValueError(
            f"separate returned {shown(constraints[0])}, which the solution does not violate: "
            "expected constraints that it violates, or an empty list"
        )
    return constraints if most > SOLVER_TOLERANCE else []


def _excess(constraint: pulp.LpConstraint, solution: Solution) -> float:
    """Return by how much a constraint is violated, relative to its largest coefficient."""
    above = constraint.constant + sum(w * solution[v] for v, w in constraint.items())
    excess = abs(above) if constraint.sense == 0 else -constraint.sense * above
    largest = max((abs(w) for w in constraint.values()), default=0.0)
    return float(excess) / (largest or 1.0)
