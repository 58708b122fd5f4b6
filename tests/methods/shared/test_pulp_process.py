"""The process in which PuLP calls a solver: no lie is certified, nothing is left behind."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

import problems
from methods import minimize
from methods.shared import pulp_solvers
from methods.shared.linear_solve import UNPROVEN
from methods.shared.pulp_process import READERS
from tests.methods.linear_programs import Modelled, from_a_point, packing


def solved(problem, solver):
    return minimize(problem, "integer-programming", 0, solver=solver, seconds=20)


def children():
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()


# ------------------------------------------------------------- what SCIP might say instead

SCIP = """
import os, signal, sys, time
STATUS, BOUND, POINT = {status!r}, float({bound!r}), {point!r}
quicksum = sum
class Model:
    def __init__(self, name):
        self.n, self.told = 0, {{}}
        print("a banner")
        os.write(1, b"from below")
        os.write(2, b"from below")
    def setMinimize(self): pass
    def hideOutput(self): pass
    def setParam(self, name, value): self.told[name] = value
    def addVar(self, **more):
        self.n += 1
        return self.n - 1
    def addCons(self, cons, name): pass
    def createPartialSol(self): return {{}}
    def setSolVal(self, s, variable, number): s[variable] = number
    def addSol(self, s): self.started = s
    def optimize(self):
        assert self.told["limits/gap"] == 0.0 and self.told["limits/absgap"] == 0.99
        assert 0 < self.told["limits/time"] <= 20
        {act}
    def getStatus(self): return STATUS
    def getDualbound(self): return BOUND
    def getNTotalNodes(self): return 7
    def getNLPIterations(self): return 8
    def getBestSol(self): return dict(enumerate(POINT))
    def getSlack(self, *more): return 0.0
"""


@pytest.fixture
def scip(tmp_path, monkeypatch):
    """Put a module in the place of pyscipopt that says what it is told to."""

    def write(status="optimal", bound=-11.0, point=(0, 1, 0, 1), act="pass"):
        text = SCIP.format(status=status, bound=str(bound), point=list(point), act=act)
        (tmp_path / "pyscipopt.py").write_text(text)
        monkeypatch.syspath_prepend(tmp_path)

    return write


def test_it_is_told_to_tolerate_no_gap_and_its_own_word_is_taken(scip):
    scip()
    run = solved(packing(), "SCIP_PY")
    assert (run.ended, run.value, run.bound, run.message) == ("optimal", -11.0, -11.0, "")
    assert (run.ledger.nodes, run.ledger.iterations) == (7, 8)


@pytest.mark.parametrize(
    ("says", "ended", "value", "bound"),
    [
        ({"status": "timelimit", "bound": -19.0, "point": (1, 0, 0, 0)}, "timeout", -5.0, -19.0),
        ({"bound": -19.0, "point": (1, 0, 0, 0)}, "converged", -5.0, -19.0),
        ({"bound": "nan"}, "converged", -11.0, None),
        ({"bound": "inf"}, "converged", -11.0, None),
        ({"bound": -1e20}, "converged", -11.0, None),
        ({"bound": -19.0, "point": (1, 1, 1, 1)}, "converged", None, -19.0),
        ({"bound": -19.0, "point": (0, 0.5, 0, 1)}, "converged", None, -19.0),
        ({"bound": -19.0, "point": (0, "nan", 0, 1)}, "error", None, None),
        ({"bound": -19.0, "point": ()}, "converged", None, -19.0),
        ({"status": "memlimit", "bound": -19.0}, "error", -11.0, -19.0),
        ({"status": "userinterrupt", "bound": -19.0}, "error", -11.0, -19.0),
    ],
    ids=str,
)
def test_what_is_no_proof_is_none(scip, says, ended, value, bound):
    """PuLP calls all of these with a solution optimal."""
    scip(**says)
    run = solved(packing(), "SCIP_PY")
    assert (run.ended, run.value, run.bound, run.certified) == (ended, value, bound, False)


def test_its_start_is_no_solution_of_its_own(scip):
    scip(status="timelimit", bound=-19.0, point=(), act="assert self.started == {0: 1.0, 1: 0.0}")
    start = {"x0": 1, "x1": 0}

    class Started(Modelled):
        def linear_model(self):
            return problems.LinearModel(self.program(), self.read, write=lambda x: start)

    run = minimize(Started(None), from_a_point([1, 0, 0, 0]), 1, solver="SCIP_PY")
    assert (run.ended, run.value, run.bound, run.message) == ("timeout", -5.0, -19.0, "")


@pytest.mark.parametrize(
    ("act", "ended", "message"),
    [
        (
            "raise ValueError('no licence')",
            "error",
            "RuntimeError: SCIP_PY: ValueError: no licence",
        ),
        ("os.kill(os.getpid(), 9)", "killed", "SCIP_PY was ended from outside by SIGKILL"),
        ("os.kill(os.getpid(), 11)", "error", "RuntimeError: SCIP_PY crashed: SIGSEGV"),
        ("os._exit(0)", "error", "RuntimeError: SCIP_PY: its process gave no answer"),
        (
            "raise OSError(28, 'No space')",
            "killed",
            "OSError: [Errno 28] OSError: [Errno 28] No space",
        ),
    ],
    ids=["raises", "killed", "crashes", "exits", "full"],
)
def test_when_it_dies_it_has_no_verdict(scip, act, ended, message):
    scip(act=act)
    run = solved(packing(), "SCIP_PY")
    assert (run.ended, run.message, run.value, run.bound) == (ended, message, None, None)


def test_when_it_hangs_it_is_killed_with_all_that_it_has_started(scip, monkeypatch, tmp_path):
    monkeypatch.setattr(pulp_solvers, "GRACE_SECONDS", 0.5)
    pid = tmp_path / "pid"
    act = f"import subprocess; p = subprocess.Popen(['sleep', '1000']); open({str(pid)!r}, 'w')"
    scip(act=f"{act}.write(str(p.pid)); time.sleep(1000)")
    before = children()
    run = minimize(packing(), "integer-programming", 0, solver="SCIP_PY", seconds=1)
    assert (run.ended, run.message, run.value, run.bound) == ("timeout", "", None, None)
    assert children() == before
    if pid.exists():
        time.sleep(0.05)
        process = Path(f"/proc/{pid.read_text()}/stat")
        assert not process.exists() or " Z " in process.read_text()  # or nobody waits for it


def test_nothing_is_printed_and_nothing_is_left(scip, monkeypatch, tmp_path, capfd):
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    scip(act="open('gurobi.log', 'w'); import tempfile; tempfile.mkstemp()")
    assert solved(packing(), "SCIP_PY").ended == "optimal"
    assert list(place.iterdir()) == []
    assert not Path("gurobi.log").exists()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])
def test_when_we_are_interrupted_it_is_killed(scip, monkeypatch, error):
    def interrupted(*arguments):
        raise error

    scip(act="time.sleep(1000)")
    monkeypatch.setattr(pulp_solvers.select, "select", interrupted)
    before = children()
    if error is KeyboardInterrupt:
        with pytest.raises(KeyboardInterrupt):
            solved(packing(), "SCIP_PY")
    else:
        assert solved(packing(), "SCIP_PY").ended in ("error", "killed")
    assert children() == before


# ---------------------------------------------- what a program that PuLP starts might do

GLPSOL = """#!/bin/sh
while [ $# -gt 0 ]; do case $1 in -o) out=$2;; -w) sol=$2;; esac; shift; done
say() {
    { echo "Problem: "; echo "Rows: 1"; echo "Columns: 4"; echo "Non-zeros: 4"
      echo "Status:     $1"; echo; echo; echo; echo; echo "1 C1 1"; echo; echo; echo
      for i in 0 1 2 3; do echo "$i X000000$i *"; done; } > "$out"
    { echo "c a comment"; echo "s mip 1 4 o 0"; echo "i 1 5"
      for value in $2; do echo "j 1 $value"; done; echo "e o f"; } > "$sol"
}
"""


@pytest.fixture
def glpsol(tmp_path, monkeypatch):
    """Put a shell script in the place of GLPK's program."""

    def write(act):
        path = tmp_path / "glpsol"
        path.write_text(GLPSOL + act + "\n")
        path.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)

    return write


@pytest.mark.parametrize(
    ("act", "ended", "value"),
    [
        ("say 'INTEGER OPTIMAL' '0 1 0 1'", "converged", -11.0),
        ("say 'INTEGER OPTIMAL' '1 0 0 0'", "converged", -5.0),
        ("say 'INTEGER NON-OPTIMAL' '1 0 0 0'", "converged", -5.0),
        ("say 'INTEGER OPTIMAL' '1 1 1 1'", "error", None),
        ("say 'INTEGER EMPTY' '1 1 1 1'", "error", None),
        ("say 'NOBODY KNOWS' '0 1 0 1'", "error", None),
        ("exit 0", "error", None),
        ("exit 3", "error", None),
        ("kill -KILL $$", "killed", None),
        ("kill -SEGV $$", "error", None),
    ],
)
def test_a_program_that_says_optimal_has_proved_nothing(glpsol, act, ended, value):
    glpsol(act)
    run = solved(packing(), "GLPK_CMD")
    assert (run.ended, run.value, run.bound, run.certified) == (ended, value, None, False)


def test_a_solver_that_took_all_its_time_is_late_whatever_it_says():
    says = {"point": [0.0], "pulp": "Optimal"}
    assert pulp_solvers._status({**says, "late": False}, solved=True) == UNPROVEN
    assert pulp_solvers._status({**says, "late": True}, solved=True) == "Time limit reached"


def test_no_seconds_end_at_once():
    run = minimize(packing(), "integer-programming", 0, solver="SCIP_PY", seconds=0)
    assert (run.ended, run.value, run.bound) == ("timeout", None, None)


# ------------------------------------------ words of solvers that need a licence, as they are


GRB = SimpleNamespace(OPTIMAL=2, INFEASIBLE=3, INF_OR_UNBD=4, UNBOUNDED=5, TIME_LIMIT=9)
OF_COPT = SimpleNamespace(OPTIMAL=1, INFEASIBLE=2, UNBOUNDED=3, INF_OR_UNB=4, TIMEOUT=8)
OF_CPLEX = SimpleNamespace(
    optimal=1,
    unbounded=2,
    infeasible=3,
    infeasible_or_unbounded=4,
    abort_time_limit=11,
    MIP_optimal=101,
    optimal_tolerance=102,
    MIP_infeasible=103,
    MIP_time_limit_feasible=107,
    MIP_time_limit_infeasible=108,
    MIP_unbounded=118,
    MIP_infeasible_or_unbounded=119,
)


def gurobi(status, bound):
    return SimpleNamespace(Status=status, ObjBound=bound, IsMIP=1, NodeCount=3.0, IterCount=4.0)


def copt(status, bound):
    told = {"BestBnd": bound, "NodeCnt": 3, "SimplexIter": 4}
    return SimpleNamespace(status=status, ismip=1, getAttr=told.get)


def cplex(status, bound):
    progress = SimpleNamespace(get_num_nodes_processed=lambda: 3, get_num_iterations=lambda: 4)
    solution = SimpleNamespace(
        status=OF_CPLEX,
        get_status=lambda: status,
        get_status_string=lambda: "something else",
        MIP=SimpleNamespace(get_best_objective=lambda: bound),
        progress=progress,
    )
    return SimpleNamespace(solution=solution)


@pytest.mark.parametrize(
    ("solver", "model", "status"),
    [
        ("GUROBI", gurobi(2, -5.0), "Optimal"),
        ("GUROBI", gurobi(9, -5.0), "Time limit reached"),
        ("GUROBI", gurobi(13, -5.0), "status 13"),
        ("COPT", copt(1, -5.0), "Optimal"),
        ("COPT", copt(8, -5.0), "Time limit reached"),
        ("CPLEX_PY", cplex(101, -5.0), "Optimal"),
        ("CPLEX_PY", cplex(107, -5.0), "Time limit reached"),
        ("CPLEX_PY", cplex(108, -5.0), "Time limit reached"),  # PuLP: infeasible
        ("CPLEX_PY", cplex(113, -5.0), "something else"),  # PuLP: optimal
    ],
)
def test_the_solvers_own_status_is_read(monkeypatch, solver, model, status):
    monkeypatch.setitem(sys.modules, "gurobipy", SimpleNamespace(GRB=GRB))
    monkeypatch.setitem(sys.modules, "coptpy", SimpleNamespace(COPT=OF_COPT))
    said = READERS[solver](model, None)
    assert said == {"status": status, "bound": -5.0, "nodes": 3, "iterations": 4}
