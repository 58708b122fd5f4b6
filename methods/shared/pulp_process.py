"""A process of its own in which PuLP calls a solver: arrays come in, what the solver says goes out.

This file is run by its path, see `methods.shared.pulp_solvers`, and imports nothing of the suite.
"""

from __future__ import annotations

import inspect
import json
import math
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

#: Solvers take bounds from this on for infinite.
INFINITE = 1e20
#: Solvers that are given whole seconds: PuLP writes no others, or they read no others.
WHOLE_SECONDS = ("GLPK_CMD", "XPRESS", "CHOCO_CMD", "MIPCL_CMD")

#: What the suite calls a solver's status, whatever the solver calls it.
OPTIMAL, TIME, INFEASIBLE = "Optimal", "Time limit reached", "Infeasible"
UNBOUNDED, EITHER = "Unbounded", "Primal infeasible or unbounded"

Said = dict[str, Any]


class Start(float):
    """What a variable is worth where the solver begins: PuLP keeps it until there is a solution."""


def _scip(model: Any, solver: Any) -> Said:
    words = {
        "optimal": OPTIMAL,
        "gaplimit": OPTIMAL,  # the gap that it was given is a proof
        "timelimit": TIME,
        "infeasible": INFEASIBLE,
        "unbounded": UNBOUNDED,
        "inforunbd": EITHER,
    }
    status = str(model.getStatus())
    return {
        "status": words.get(status, status),
        "bound": model.getDualbound(),
        "nodes": model.getNTotalNodes(),
        "iterations": model.getNLPIterations(),
    }


def _highs(model: Any, solver: Any) -> Said:
    info = model.getInfo()
    return {
        "status": str(model.modelStatusToString(model.getModelStatus())),
        "bound": info.mip_dual_bound if info.mip_node_count >= 0 else None,
        "nodes": info.mip_node_count,
        "iterations": info.simplex_iteration_count,
    }


def _gurobi(model: Any, solver: Any) -> Said:
    from gurobipy import GRB

    words = {
        GRB.OPTIMAL: OPTIMAL,
        GRB.TIME_LIMIT: TIME,
        GRB.INFEASIBLE: INFEASIBLE,
        GRB.UNBOUNDED: UNBOUNDED,
        GRB.INF_OR_UNBD: EITHER,
    }
    return {
        "status": words.get(model.Status, f"status {model.Status}"),
        "bound": model.ObjBound if model.IsMIP else None,
        "nodes": model.NodeCount,
        "iterations": model.IterCount,
    }


def _cplex(model: Any, solver: Any) -> Said:
    solution, status = model.solution, model.solution.status
    words = {
        status.optimal: OPTIMAL,
        status.MIP_optimal: OPTIMAL,
        status.optimal_tolerance: OPTIMAL,  # the gap that it was given is a proof
        status.abort_time_limit: TIME,
        status.MIP_time_limit_feasible: TIME,
        status.MIP_time_limit_infeasible: TIME,
        status.infeasible: INFEASIBLE,
        status.MIP_infeasible: INFEASIBLE,
        status.unbounded: UNBOUNDED,
        status.MIP_unbounded: UNBOUNDED,
        status.infeasible_or_unbounded: EITHER,
        status.MIP_infeasible_or_unbounded: EITHER,
    }
    progress = solution.progress
    return {
        "status": words.get(solution.get_status(), solution.get_status_string()),
        "bound": solution.MIP.get_best_objective(),
        "nodes": progress.get_num_nodes_processed(),
        "iterations": progress.get_num_iterations(),
    }


def _copt(model: Any, solver: Any) -> Said:
    from coptpy import COPT

    words = {
        COPT.OPTIMAL: OPTIMAL,
        COPT.TIMEOUT: TIME,
        COPT.INFEASIBLE: INFEASIBLE,
        COPT.UNBOUNDED: UNBOUNDED,
        COPT.INF_OR_UNB: EITHER,
    }
    return {
        "status": words.get(model.status, f"status {model.status}"),
        "bound": model.getAttr("BestBnd") if model.ismip else None,
        "nodes": model.getAttr("NodeCnt") if model.ismip else 0,
        "iterations": model.getAttr("SimplexIter"),
    }


def _xpress(model: Any, solver: Any) -> Said:
    import xpress

    whole = bool(model.attributes.originalmipents)
    solved = xpress.SolveStatus(model.attributes.solvestatus)
    found = xpress.SolStatus(model.attributes.solstatus)
    stopped = int(model.attributes.stopstatus)
    words = {
        xpress.SolStatus.OPTIMAL: OPTIMAL,
        xpress.SolStatus.INFEASIBLE: INFEASIBLE,
        xpress.SolStatus.UNBOUNDED: UNBOUNDED,
    }
    if solved == xpress.SolveStatus.COMPLETED:
        status = words.get(found, found.name.lower())
    else:
        status = TIME if stopped == int(xpress.StopType.TIMELIMIT) else f"stop {stopped}"
    return {
        "status": status,
        "bound": model.attributes.bestbound if whole else None,
        "nodes": model.attributes.nodes,
        "iterations": model.attributes.simplexiter,
    }


#: Solvers whose own status and bound can be read after PuLP has called them, and how.
READERS: dict[str, Callable[[Any, Any], Said]] = {
    "SCIP_PY": _scip,
    "HiGHS": _highs,
    "GUROBI": _gurobi,
    "CPLEX_PY": _cplex,
    "COPT": _copt,
    "XPRESS_PY": _xpress,
}


def answer(asked: Mapping[str, Any]) -> Said:
    """Solve a program as it is asked for, and return what came of it.

    Returns
    -------
    dict
        ``point``, a number for each column or None; ``status``, ``bound``, ``nodes`` and
        ``iterations`` by the solver's own word, where it can be read; ``pulp``, PuLP's word;
        ``late``, whether it took the whole of its time limit; ``error``, what was raised; and
        ``signal``, by which a process of the solver was ended. Or else the names that are
        ``available`` where this solver is not.
    """
    import pulp

    name = asked["solver"]
    processes = _noted_processes()
    try:
        kind = type(pulp.getSolver(name, msg=False))
        seconds = asked["deadline"] - monotonic()
        limit = max(1, int(seconds)) if name in WHOLE_SECONDS else seconds
        program, columns = _program(pulp, asked)
        for i, number in asked["start"]:
            columns[i].varValue = Start(number)
        common = {"timeLimit": limit, "gapRel": 0.0, "gapAbs": asked["gap"], "threads": 1}
        common |= {"msg": False, "warmStart": bool(asked["start"])}
        accepted = inspect.signature(kind).parameters
        chosen = {key: value for key, value in common.items() if key in accepted}
        if name == "XPRESS_PY":  # to which PuLP 3.3 does not pass the time limit
            asked["settings"]["options"].append(f"TIMELIMIT={limit}")
        solver = kind(**chosen, **asked["settings"])
        if not solver.available():
            here = sorted(set(pulp.listSolvers(onlyAvailable=True)))
            return {"available": here, "program": str(getattr(solver, "path", None) or "")}
        began = monotonic()
        if seconds <= 0:
            return {"late": True}
        program.solve(solver)
    except Exception as error:  # a library raises whatever it likes
        failed = {"error": f"{type(error).__name__}: {error}", "signal": _signal(processes)}
        return failed | ({"errno": error.errno} if isinstance(error, OSError) else {})
    told: Said = {
        "point": _point(program, columns, asked),
        "pulp": pulp.LpStatus.get(program.status, str(program.status)),
        # Its own clock begins after ours.
        "late": monotonic() - began >= limit,
        "signal": _signal(processes),
    }
    if name in READERS:
        said = READERS[name](getattr(program, "solverModel", None), solver)
        bound = said.pop("bound")
        if bound is None and said["status"] == OPTIMAL and told["point"] is not None:
            # A plain linear program has no branches: its optimum is its bound.
            bound = math.fsum(c * x for c, x in zip(asked["cost"], told["point"], strict=True))
        if bound is not None and abs(bound) < INFINITE:
            told["bound"] = float(bound)
        told |= {key: v if key == "status" else max(0, int(v)) for key, v in said.items()}
    return told


def _program(pulp: Any, asked: Mapping[str, Any]) -> tuple[Any, list[Any]]:
    """Return the arrays as a program of PuLP, which minimises, and its variables by column."""
    columns = [
        pulp.LpVariable(
            f"X{i:07}",
            low if math.isfinite(low) else None,
            high if math.isfinite(high) else None,
            "Integer" if whole else "Continuous",
        )
        for i, low, high, whole in zip(
            range(len(asked["cost"])), asked["low"], asked["high"], asked["whole"], strict=True
        )
    ]
    program = pulp.LpProblem("MODEL", pulp.LpMinimize)
    costs = zip(columns, asked["cost"], strict=True)
    program.setObjective(pulp.LpAffineExpression([(x, c) for x, c in costs if c]))
    start = asked["row_start"]
    for i, (low, high) in enumerate(zip(asked["row_low"], asked["row_high"], strict=True)):
        entries = range(start[i], start[i + 1])
        if not entries:
            continue  # one that nothing violates
        left = pulp.LpAffineExpression(
            [(columns[asked["column"][k]], asked["weight"][k]) for k in entries]
        )
        if low == high:
            program += left == low
            continue
        if math.isfinite(low):
            program += left >= low
        if math.isfinite(high):
            program += left.copy() <= high
    if not program.constraints and math.isfinite(asked["low"][0]):
        program += columns[0] >= asked["low"][0]  # GLPK cannot read a file without a row
    return program, columns


def _point(program: Any, columns: list[Any], asked: Mapping[str, Any]) -> list[float] | None:
    """Return the solution, None where the solver has given none: what it began from is not one."""
    used = {id(variable) for variable in program.variables()}
    values = [variable.varValue for variable in columns]
    for i, variable in enumerate(columns):
        if id(variable) not in used:  # nothing depends on it
            values[i] = min(max(0.0, asked["low"][i]), asked["high"][i])
    if any(v is None or isinstance(v, Start) or not math.isfinite(v) for v in values):
        return None
    return [float(value) for value in values]


def _noted_processes() -> list[subprocess.Popen[Any]]:
    """Return a list of the processes that are started from now on: PuLP forgets how they ended."""
    noted: list[subprocess.Popen[Any]] = []

    class Noted(subprocess.Popen[Any]):
        def __init__(self, *arguments: Any, **more: Any) -> None:
            super().__init__(*arguments, **more)
            noted.append(self)

    subprocess.Popen = Noted  # type: ignore[misc] # so that its children are known
    return noted


def _signal(processes: list[subprocess.Popen[Any]]) -> int:
    """Return the signal that ended one of the processes, 0 where none was; a shell adds 128."""
    for process in processes:
        code = process.returncode or 0
        if code < 0 or code > 128:
            return -code if code < 0 else code - 128
    return 0


def main() -> None:
    """Answer one question on standard input, in JSON; what a solver prints goes nowhere."""
    asked = json.load(sys.stdin)
    sys.path[:] = asked["path"]
    ours, nowhere = os.dup(1), os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    text = json.dumps(answer(asked))
    with open(ours, "w") as out:
        out.write(text)


if __name__ == "__main__":
    main()
