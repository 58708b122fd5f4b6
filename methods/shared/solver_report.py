"""What a solver of integer programs tells while it runs, passed on to the oracle."""

from __future__ import annotations

import math
from typing import Any

from numpy.typing import NDArray

from methods.shared.program_arrays import ProgramArrays
from problems.core.linear_model import LinearModel
from problems.core.oracle import Oracle
from problems.core.separation import violated_constraints


class Report:
    """Turns a solver's solutions and bounds into the problem's.

    A solver is told to minimise `ProgramArrays.cost`, in whole steps where the objective
    has a spacing, and what it says is turned back into values here.
    What is raised while it is heard is kept in `interruption`: HiGHS swallows every
    exception in a callback, KeyboardInterrupt too, so the adapter ends the solver and
    the method raises it again.

    Parameters
    ----------
    oracle : Oracle
    model : LinearModel
    arrays : ProgramArrays
        Of the model.
    bound_only : bool
        Whether its solutions are kept from the oracle.

    Attributes
    ----------
    interruption : BaseException or None
    violated : list of pulp.LpConstraint
        What the last solution violates and the program leaves out.
    """

    def __init__(
        self, oracle: Oracle, model: LinearModel, arrays: ProgramArrays, bound_only: bool = False
    ) -> None:
        self.interruption: BaseException | None = None
        self.violated: list[Any] = []
        self._oracle, self._model, self._arrays = oracle, model, arrays
        self._bound_only = bound_only
        self._bound = -math.inf

    def tell(self, point: NDArray | None, bound: float) -> bool:
        """Pass on a solution, shape (n,), or None, and a bound, or −inf.

        Returns whether to go on.
        """
        try:
            self._tell(point, bound)
        except BaseException as error:
            self.interruption = self.interruption or error
        return self.interruption is None

    def claim(self, objective: float) -> bool:
        """Pass on the objective of a solution that is not shown yet; return whether to go on.

        Where the program leaves constraints out, it may be no solution at all.
        """
        if self._bound_only or self._model.separate is not None:
            return True
        try:
            return not self._oracle.claim(self._model.value(objective))
        except BaseException as error:
            self.interruption = self.interruption or error
        return False

    def effort(self, nodes: int, iterations: int) -> None:
        """Pass on what the solver did."""
        self._oracle.solver_effort(max(0, nodes), max(0, iterations))

    def _tell(self, point: NDArray | None, bound: float) -> None:
        x = None
        if point is not None:
            solution = self._arrays.solution(point)
            self.violated = violated_constraints(self._model, solution)
            if not self.violated and not self._bound_only:
                x = self._model.read(solution)
        b = None
        if self._bound < bound < math.inf:
            self._bound = bound
            b = self._model.bound(bound)
        self._oracle.progress(x, b)


class Silence(Report):
    """Hears what a solver says of another question than the problem's."""

    @classmethod
    def of(cls, report: Report) -> Silence:
        """Return one for the same oracle."""
        return cls(report._oracle, report._model, report._arrays)

    def tell(self, point: NDArray | None, bound: float) -> bool:
        return True

    def claim(self, objective: float) -> bool:
        return True
