"""Any solver of PuLP by its name, in a process of its own that ends when its time is up."""

from __future__ import annotations

import contextlib
import json
import math
import os
import select
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import numpy as np

from methods.shared import pulp_process
from methods.shared.linear_solve import UNPROVEN
from methods.shared.pulp_settings import SEEDS, settings
from methods.shared.solver_report import Report, raise_of_signal

#: Seconds beyond its limit after which a solver is killed, with all that it has started.
GRACE_SECONDS = 1.0

#: What to install for the solvers that are Python packages.
PACKAGES = {
    "COPT": "pip install coptpy",
    "CPLEX_PY": "pip install cplex",
    "GUROBI": "pip install gurobipy",
    "MOSEK": "pip install Mosek",
    "SCIP_PY": "pip install -e '.[scip]'",
    "XPRESS_PY": "pip install xpress",
}


def check(name: str, bound_only: bool, seed: int) -> None:
    """Refuse what a solver cannot be asked for through PuLP.

    Raises
    ------
    ValueError
        Of bounds alone, where it tells none; of a seed, where it takes none.
    """
    if bound_only and name not in pulp_process.READERS:
        raise ValueError(
            f"mode=bound-only, solver={name}: through PuLP it tells no bound; use highs, cbc, "
            f"{', '.join(pulp_process.READERS)}"
        )
    if seed and name not in SEEDS:
        raise ValueError(
            f"solver_seed={seed}, solver={name}: through PuLP it takes no seed, which 0 stands "
            f"for; use highs, cbc, {', '.join(SEEDS)}"
        )


def solve(report: Report, seed: int, *, name: str) -> str:
    """Have PuLP call a solver, pass on its solution and bound, and return its status.

    That is the solver's own word where it can be read, and else that there is no proof:
    PuLP's word is *Optimal* also of what a solver had when its time was up.

    Raises
    ------
    ImportError
        When it is not on this machine: with what is, and what to install.
    SolverDied
        When it was killed from outside.
    RuntimeError
        When it crashed, or PuLP says that something went wrong.
    """
    told = _answer(report, name, seed)
    if number := told.get("signal"):
        raise_of_signal(name, number)
    if "errno" in told:
        raise OSError(told["errno"], told["error"])
    if "available" in told:
        raise ImportError(_not_here(name, told["available"], told["program"]))
    report.effort(told.get("nodes", 0), told.get("iterations", 0))
    point = None if told.get("point") is None else np.array(told["point"])
    if point is not None and not report.arrays.allows(point):
        point = None  # no solution, whatever it is called
    report.tell(point, told.get("bound", -math.inf))
    return _status(told, point is not None)


def _status(told: dict[str, Any], solved: bool) -> str:
    """Return how it ended, in the words of `methods.shared.linear_solve`."""
    if "status" in told:
        return str(told["status"])
    if told.get("late"):
        return pulp_process.TIME
    if "error" in told:
        return str(told["error"])
    if not told:
        return "its process gave no answer"
    return UNPROVEN if solved else f"no solution, of which PuLP says: {told['pulp']}"


def _answer(report: Report, name: str, seed: int) -> dict[str, Any]:
    """Return what `methods.shared.pulp_process.answer` says, or the signal that it died of.

    The process has a temporary folder, which ends with it whatever a solver has left there.
    """
    arrays, seconds = report.arrays, report.oracle.remaining_seconds
    deadline = monotonic() + seconds
    asked = {
        "path": [os.path.abspath(folder) for folder in sys.path],
        "solver": name,
        "settings": settings(name, arrays.gap, seed),
        "gap": arrays.gap,
        "deadline": deadline,
        "start": list(report.start),
        "cost": arrays.cost.tolist(),
        "low": arrays.low.tolist(),
        "high": arrays.high.tolist(),
        "whole": arrays.whole.tolist(),
        "row_start": arrays.start.tolist(),
        "column": arrays.column.tolist(),
        "weight": arrays.weight.tolist(),
        "row_low": arrays.row_low.tolist(),
        "row_high": arrays.row_high.tolist(),
    }
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        tempfile.TemporaryFile("w+") as question,
    ):
        json.dump(asked, question)
        question.seek(0)
        process = subprocess.Popen(
            [sys.executable, "-P", str(Path(pulp_process.__file__).resolve())],
            stdin=question,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env={**os.environ, **dict.fromkeys(("TMPDIR", "TMP", "TEMP"), folder)},
            start_new_session=True,
        )
        assert process.stdout is not None
        try:
            with process.stdout, report.oracle.solver_process(process.pid):
                text = _read(process.stdout.fileno(), deadline + GRACE_SECONDS)
                if text:
                    _let_end(process.pid)
        finally:  # before it is waited for, since then its number may be another's
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if text is None:
        return {"late": True}
    try:
        return dict(json.loads(text))
    except ValueError:  # it ended before it had said it all
        return {"signal": -process.returncode} if process.returncode < 0 else {}


def _read(pipe: int, deadline: float) -> bytes | None:
    """Return what is written into a pipe until its end, None where that is late."""
    text = b""
    while select.select([pipe], [], [], max(0.0, deadline - monotonic()))[0]:
        chunk = os.read(pipe, 1 << 16)
        if not chunk:
            return text
        text += chunk
    return None


def _let_end(pid: int) -> None:
    """Give a process that has said all a moment to end, in which solvers return their licences."""
    end = monotonic() + GRACE_SECONDS
    options = os.WEXITED | os.WNOWAIT | os.WNOHANG  # its number stays its own
    while os.waitid(os.P_PID, pid, options) is None and monotonic() < end:
        sleep(0.002)


def _not_here(name: str, available: list[str], program: str) -> str:
    """Say what is on this machine, and what to do about a solver that is not."""
    remedy = PACKAGES.get(name) or (f"put {program} on the PATH" if program else "install it")
    here = ", ".join(["highs", "cbc", *available])
    return f"solver={name} is not installed or has no licence: {remedy}; here are {here}"
