"""HiGHS, called in this process: solutions and bounds come from its callbacks."""

from __future__ import annotations

import contextlib
import math
import os
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from methods.shared.program_arrays import ProgramArrays
from methods.shared.solver_report import Report


def solve(report: Report, seed: int) -> str:
    """Run HiGHS and return its own status."""
    import highspy

    arrays, start = report.arrays, report.start

    def hear(kind: Any, message: str, state: Any, answer: Any, data: Any) -> None:
        # Only an improving solution brings one.
        point = np.array(state.mip_solution) if len(state.mip_solution) else None
        if not report.tell(point, state.mip_dual_bound):
            answer.user_interrupt = True

    with silent_stdout():  # HiGHS's banner
        highs = highspy.Highs()
        highs.setOptionValue("output_flag", False)
    highs.setCallback(hear, None)
    kinds = highspy.cb.HighsCallbackType
    for kind in (kinds.kCallbackMipImprovingSolution, kinds.kCallbackMipInterrupt):
        highs.startCallback(kind)
    options = {"threads": 1, "mip_rel_gap": 0.0, "mip_abs_gap": arrays.gap}
    if seed:
        options["random_seed"] = seed
    if report.bound_only:
        options["mip_heuristic_effort"] = 0.0
    for option, setting in options.items():
        highs.setOptionValue(option, setting)
    # Another solve in this process may have left another thread count,
    # with which this one would silently return "Not Solved".
    highs.resetGlobalScheduler(True)
    highs.passModel(highs_model(arrays))
    if start:
        columns, numbers = zip(*start, strict=True)
        highs.setSolution(len(start), np.array(columns, np.int32), np.array(numbers))
    highs.setOptionValue("time_limit", report.oracle.remaining_seconds)
    highs.run()
    status = str(highs.modelStatusToString(highs.getModelStatus()))
    info = highs.getInfo()
    report.effort(int(info.mip_node_count), int(info.simplex_iteration_count))
    if report.interruption is None:
        # The final bound and solution, which no callback may have told.
        bound = info.mip_dual_bound
        if not arrays.whole.any():  # a plain LP has no branch-and-bound bound
            bound = info.objective_function_value if status == "Optimal" else -math.inf
        feasible = info.primal_solution_status == 2
        report.tell(np.array(highs.getSolution().col_value) if feasible else None, bound)
    return status


def highs_model(arrays: ProgramArrays) -> Any:
    """Return the program as HiGHS takes it, a ``highspy.HighsLp``."""
    import highspy

    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(arrays.variables), len(arrays.row_low)
    model.col_cost_, model.col_lower_, model.col_upper_ = arrays.cost, arrays.low, arrays.high
    model.row_lower_, model.row_upper_ = arrays.row_low, arrays.row_high
    matrix = model.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.num_col_, matrix.num_row_ = model.num_col_, model.num_row_
    matrix.start_, matrix.index_, matrix.value_ = arrays.start, arrays.column, arrays.weight
    if arrays.whole.any():
        kinds = highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger
        model.integrality_ = [kinds[int(whole)] for whole in arrays.whole]
    return model


@contextlib.contextmanager
def silent_stdout() -> Iterator[None]:
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
