"""What a solver of integer programs tells while it runs, passed on to the oracle."""

from __future__ import annotations

import math
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from numpy.typing import NDArray

from methods.shared.program_arrays import ProgramArrays
from problems.core.ledger import SolverDied
from problems.core.linear_model import LinearModel
from problems.core.oracle import Oracle
from problems.core.separation import violated_constraints

#: Signals by which the system ends a process for its own fault.
CRASHES = ("SIGSEGV", "SIGABRT", "SIGFPE", "SIGBUS", "SIGILL")


@dataclass
class Report:
    """What a solver is asked; it turns the solver's solutions and bounds into the problem's.

    A solver is told to minimise `ProgramArrays.cost`, in whole steps where the objective
    has a spacing, and what it says is turned back into values here.
    What is raised while it is heard is kept in `interruption`: HiGHS swallows every
    exception in a callback, KeyboardInterrupt too, so the adapter ends the solver and
    the method raises it again.

    Attributes
    ----------
    oracle : Oracle
    model : LinearModel
    arrays : ProgramArrays
        Of the model: what the solver is to solve.
    start : sequence of (int, float)
        What columns are worth at a solution that is there already: (column, number).
    bound_only : bool
        Whether the solver is to look for bounds alone; its solutions are kept from the oracle.
    interruption : BaseException or None
    violated : list of pulp.LpConstraint
        What the last solution violates and the program leaves out.
    """

    oracle: Oracle
    model: LinearModel
    arrays: ProgramArrays
    start: Sequence[tuple[int, float]] = ()
    bound_only: bool = False
    interruption: BaseException | None = None
    violated: list[Any] = field(default_factory=list)
    _bound: float = -math.inf

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
        if self.bound_only or self.model.separate is not None:
            return True
        try:
            return not self.oracle.claim(self.model.value(objective))
        except BaseException as error:
            self.interruption = self.interruption or error
        return False

    def effort(self, nodes: int, iterations: int) -> None:
        """Pass on what the solver did."""
        self.oracle.solver_effort(max(0, nodes), max(0, iterations))

    def _tell(self, point: NDArray | None, bound: float) -> None:
        x = None
        if point is not None:
            solution = self.arrays.solution(point)
            self.violated = violated_constraints(self.model, solution)
            if not self.violated and not self.bound_only:
                x = self.model.read(solution)
        b = None
        if self._bound < bound < math.inf:
            self._bound = bound
            b = self.model.bound(bound)
        self.oracle.progress(x, b)


class Silence(Report):
    """Hears what a solver says of another question than the problem's."""

    def tell(self, point: NDArray | None, bound: float) -> bool:
        return True

    def claim(self, objective: float) -> bool:
        return True


def raise_of_signal(solver: str, number: int) -> NoReturn:
    """Say that a signal ended a solver's process: its own fault, or an accident from outside.

    Raises
    ------
    RuntimeError
        When it crashed.
    SolverDied
        When it was killed: it has no verdict.
    """
    names = {each.value: each.name for each in signal.Signals}
    name = names.get(number, f"signal {number}")
    if name in CRASHES:
        raise RuntimeError(f"{solver} crashed: {name}")
    raise SolverDied(f"{solver} was ended from outside by {name}")
