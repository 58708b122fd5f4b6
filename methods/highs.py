"""HiGHS, called in this process: solutions and bounds come from its callbacks."""

from __future__ import annotations

import contextlib
import math
import os
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from methods.solver_report import Report
from problems.oracle import Oracle
from problems.views import LinearModel


def solve(
    model: LinearModel,
    report: Report,
    oracle: Oracle,
    start: dict[str, float],
    seed: int,
    bound_only: bool,
) -> str:
    """Run HiGHS through PuLP and return HiGHS's own status.

    PuLP's status will not do: it reports "Optimal" at a time limit.
    """
    import highspy
    import pulp

    status = ""
    names = [variable.name for variable in model.program.variables()]

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
            given = [(i, start[name]) for i, name in enumerate(names) if name in start]
            if given:
                indices, values = zip(*given, strict=True)
                highs.setSolution(len(given), np.array(indices, np.int32), np.array(values))
            highs.setOptionValue("time_limit", oracle.remaining_seconds)
            highs.run()
            status = highs.modelStatusToString(highs.getModelStatus())
            end(highs)

    def hear(kind: Any, message: str, told: Any, answer: Any, data: Any) -> None:
        # Only an improving solution brings one.
        solution = told.mip_solution if len(told.mip_solution) else None
        if not report.tell(_named(names, solution), told.mip_dual_bound):
            answer.user_interrupt = True

    def end(highs: Any) -> None:
        """Report the final bound and solution, which no callback may have told."""
        info = highs.getInfo()
        report.effort(int(info.mip_node_count), int(info.simplex_iteration_count))
        if report.interruption is not None:
            return
        bound = info.mip_dual_bound
        if not model.program.isMIP():  # a plain LP has no branch-and-bound bound
            bound = info.objective_function_value if status == "Optimal" else -math.inf
        feasible = info.primal_solution_status == 2
        report.tell(_named(names, highs.getSolution().col_value if feasible else None), bound)

    kinds = highspy.cb.HighsCallbackType
    options: dict[str, Any] = {}
    if seed:
        options["random_seed"] = seed
    if bound_only:
        options["mip_heuristic_effort"] = 0.0
    solver = Solver(
        msg=False,
        threads=1,
        gapRel=0.0,
        gapAbs=0.99 if model.integral else 1e-9,
        callbackTuple=(hear, None),
        callbacksToActivate=[kinds.kCallbackMipImprovingSolution, kinds.kCallbackMipInterrupt],
        **options,
    )
    solver.actualSolve(model.program)
    return status


def _named(names: list[str], solution: Any) -> dict[str, float] | None:
    return None if solution is None else dict(zip(names, solution, strict=True))


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
