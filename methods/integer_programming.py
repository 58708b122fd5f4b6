"""Integer programming: the one family that returns a proof. PuLP builds, HiGHS solves."""

from __future__ import annotations

import contextlib
import math
import os
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from problems.oracle import Oracle
from problems.problem import LinearModel


def integer_programming(oracle: Oracle, rng: np.random.Generator) -> None:
    """Solve the problem's linear model; report incumbents and bounds as they come.

    One thread and HiGHS's defaults, but no gap is tolerated: relative 0, and
    absolute 0.99 where the objective takes whole numbers only. Constraints that the
    model leaves out are added as solutions violate them. The time limit is what is
    left of the run's seconds. Work is not charged, since the solver is
    given the model instead of looks.

    Raises
    ------
    RuntimeError
        When HiGHS finds the model infeasible, unbounded or broken.
    """
    model = oracle.linear_model()
    listener = _Listener(oracle, model)
    while True:
        status = _solve(model, listener, oracle)
        if listener.interruption is not None:
            raise listener.interruption
        if status == "Time limit reached":
            oracle.time_is_up()
        if status != "Optimal":
            raise RuntimeError(f"HiGHS: {status}")
        if not listener.violated:
            return
        for constraint in listener.violated:
            model.program += constraint


def _solve(model: LinearModel, listener: _Listener, oracle: Oracle) -> str:
    """Run HiGHS through PuLP and return HiGHS's own status.

    PuLP's status will not do: it reports "Optimal" at a time limit.
    """
    import highspy
    import pulp

    status = ""

    class Solver(pulp.HiGHS):
        def createAndConfigureSolver(self, lp: Any) -> None:  # noqa: N802 - PuLP's name
            with _silent_stdout():  # HiGHS's banner
                super().createAndConfigureSolver(lp)

        def callSolver(self, lp: Any) -> None:  # noqa: N802 - PuLP's name
            nonlocal status
            highs = lp.solverModel
            # Another solve in this process may have left another thread count,
            # with which this one would silently return "Not Solved".
            highs.resetGlobalScheduler(True)
            highs.setOptionValue("time_limit", oracle.remaining_seconds)
            highs.run()
            status = highs.modelStatusToString(highs.getModelStatus())
            listener.end(highs)

    kinds = highspy.cb.HighsCallbackType
    solver = Solver(
        msg=False,
        threads=1,
        gapRel=0.0,
        gapAbs=0.99 if model.integral else 1e-9,
        callbackTuple=(listener, None),
        callbacksToActivate=[kinds.kCallbackMipImprovingSolution, kinds.kCallbackMipInterrupt],
    )
    solver.actualSolve(model.program)
    return status


@contextlib.contextmanager
def _silent_stdout() -> Iterator[None]:
    """Send file descriptor 1 nowhere: a library below Python does not know sys.stdout."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


class _Listener:
    """Passes what HiGHS's callbacks tell on to the oracle.

    A callback must not raise: HiGHS swallows every exception, KeyboardInterrupt
    too. So what is raised is kept, the solver interrupted, and the exception
    raised again after the solver has returned.
    """

    def __init__(self, oracle: Oracle, model: LinearModel) -> None:
        self.interruption: BaseException | None = None
        self._oracle, self._model = oracle, model
        self._names = [variable.name for variable in model.program.variables()]
        self._bound = -math.inf
        #: Constraints that the last solution violates and the program leaves out.
        self.violated: list[Any] = []

    def __call__(self, kind: Any, message: str, told: Any, answer: Any, data: Any) -> None:
        try:
            # Only an improving solution brings one.
            self._tell(told.mip_solution if len(told.mip_solution) else None, told.mip_dual_bound)
        except BaseException as error:
            self.interruption = self.interruption or error
        if self.interruption is not None:
            answer.user_interrupt = True

    def end(self, highs: Any) -> None:
        """Report the final bound and solution, which no callback may have told."""
        info = highs.getInfo()
        effort = info.mip_node_count, info.simplex_iteration_count
        self._oracle.solver_effort(*(max(0, int(n)) for n in effort))
        if self.interruption is not None:
            return
        feasible = info.primal_solution_status == 2
        bound = info.mip_dual_bound
        if not self._model.program.isMIP():  # a plain LP has no branch-and-bound bound
            optimal = highs.modelStatusToString(highs.getModelStatus()) == "Optimal"
            bound = info.objective_function_value if optimal else -math.inf
        try:
            self._tell(highs.getSolution().col_value if feasible else None, bound)
        except BaseException as error:
            self.interruption = error

    def _tell(self, solution: Any, objective: float) -> None:
        """Report a solution, if any, and a bound as one statement."""
        x = None
        if solution is not None:
            values = dict(zip(self._names, solution, strict=True))
            if self._model.separate is not None:
                self.violated = self._model.separate(values)
            if not self.violated:
                x = self._model.read(values)
        self._oracle.progress(x, self._value_of(objective))

    def _value_of(self, objective: float) -> float | None:
        """Turn a bound on HiGHS's objective, always minimised, into one on the value."""
        if not self._bound < objective < math.inf:
            return None
        self._bound = objective
        if self._model.integral:
            objective = math.ceil(objective - 1e-6)
        program = self._model.program
        objective = program.sense * objective + program.objective.constant
        return self._model.offset + self._model.unit * objective
