"""What a solver of integer programs tells while it runs, passed on to the oracle."""

from __future__ import annotations

import math
from typing import Any

from problems.oracle import Oracle
from problems.views import LinearModel


class Report:
    """Turns a solver's solutions and bounds into the problem's.

    A solver is told to minimise, and its objective leaves out the program's constant.
    What is raised while it is heard is kept in `interruption`: HiGHS swallows every
    exception in a callback, KeyboardInterrupt too, so the adapter ends the solver and
    the method raises it again.

    Parameters
    ----------
    oracle : Oracle
    model : LinearModel
    bound_only : bool
        Whether its solutions are kept from the oracle.

    Attributes
    ----------
    interruption : BaseException or None
    violated : list of pulp.LpConstraint
        What the last solution violates and the program leaves out.
    """

    def __init__(self, oracle: Oracle, model: LinearModel, bound_only: bool = False) -> None:
        self.interruption: BaseException | None = None
        self.violated: list[Any] = []
        self._oracle, self._model, self._bound_only = oracle, model, bound_only
        self._bound = -math.inf

    def tell(self, values: dict[str, float] | None, bound: float) -> bool:
        """Pass on a solution, or None, and a bound, or −inf; return whether to go on."""
        try:
            self._tell(values, bound)
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
            return not self._oracle.claim(self._value(objective))
        except BaseException as error:
            self.interruption = self.interruption or error
        return False

    def effort(self, nodes: int, iterations: int) -> None:
        """Pass on what the solver did."""
        self._oracle.solver_effort(max(0, nodes), max(0, iterations))

    def _tell(self, values: dict[str, float] | None, bound: float) -> None:
        x = None
        if values is not None:
            if self._model.separate is not None:
                self.violated = self._model.separate(values)
            if not self.violated and not self._bound_only:
                x = self._model.read(values)
        b = None
        if self._bound < bound < math.inf:
            self._bound = bound
            b = self._value(math.ceil(bound - 1e-6) if self._model.integral else bound)
        self._oracle.progress(x, b)

    def _value(self, objective: float) -> float:
        """Return the problem's value for the solver's objective."""
        program = self._model.program
        constant = program.objective.constant
        return float(self._model.offset + self._model.unit * (program.sense * objective + constant))


class Silence(Report):
    """Hears what a solver says of another question than the problem's."""

    def tell(self, values: dict[str, float] | None, bound: float) -> bool:
        return True

    def claim(self, objective: float) -> bool:
        return True
