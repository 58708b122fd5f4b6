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
    absolute 0.99 where the objective takes whole numbers only. The time limit is
    what is left of the run's seconds. Work is not charged, since the solver is
    given the model instead of looks.

    Raises
    ------
    RuntimeError
        When HiGHS finds the model infeasible, unbounded or broken.
    """
    model = oracle.linear_model()
    listener = _Listener(oracle, model)
    status = _solve(model, listener, oracle.remaining_seconds)
    if listener.interruption is not None:
        raise listener.interruption
    if status not in ("Optimal", "Time limit reached"):
        raise RuntimeError(f"HiGHS: {status}")


def _solve(model: LinearModel, listener: _Listener, seconds: float) -> str:
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
            highs.run()
            status = highs.modelStatusToString(highs.getModelStatus())
            listener.end(highs)

    kinds = highspy.cb.HighsCallbackType
    solver = Solver(
        msg=False,
        threads=1,
        gapRel=0.0,
        gapAbs=0.99 if model.integral else 1e-9,
        timeLimit=seconds,
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

    def __call__(self, kind: Any, message: str, told: Any, answer: Any, data: Any) -> None:
        try:
            if len(told.mip_solution):  # only an improving solution brings one
                self._incumbent(told.mip_solution)
            self._lower_bound(told.mip_dual_bound)
        except BaseException as error:
            self.interruption = self.interruption or error
        if self.interruption is not None:
            answer.user_interrupt = True

    def end(self, highs: Any) -> None:
        """Report the final bound and solution, which no callback may have told."""
        if self.interruption is not None:
            return
        info = highs.getInfo()
        self._oracle.solver_effort(max(0, info.mip_node_count), info.simplex_iteration_count)
        try:
            if info.primal_solution_status == 2:  # feasible
                self._incumbent(highs.getSolution().col_value)
            if self._model.program.isMIP():
                self._lower_bound(info.mip_dual_bound)
            elif info.dual_solution_status == 2:  # HiGHS leaves a plain LP's bound at 0
                self._lower_bound(info.objective_function_value)
        except BaseException as error:
            self.interruption = error

    def _incumbent(self, solution: Any) -> None:
        self._oracle.incumbent(self._model.read(dict(zip(self._names, solution, strict=True))))

    def _lower_bound(self, objective: float) -> None:
        """Report a bound on the objective, rounded up where only whole numbers occur."""
        if not self._bound < objective < math.inf:
            return
        self._bound = objective
        if self._model.integral:
            objective = math.ceil(objective - 1e-6)
        self._oracle.bound(self._model.offset + self._model.unit * objective)
