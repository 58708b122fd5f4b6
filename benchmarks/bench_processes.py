"""What a run's own process costs: the seconds of a small run beyond those of the same made here.

The process is a copy of a template that has imported what the method uses and has built the
problem; here the same is done before the first round. Rounds of the two alternate, so that
a load on the machine is on both: it multiplies wall seconds all the same, but hardly CPU
seconds, which are those of the guard, the run, the template that is copied and the asker.
"""

from __future__ import annotations

import os
import statistics
from pathlib import Path
from time import perf_counter, process_time

import pytest

import problems
from comparison.running import memory
from comparison.running.cell import Cell, PlannedRun
from comparison.running.child import Limits
from comparison.running.guard import children
from comparison.running.launcher import Launcher
from comparison.running.task import Task
from comparison.running.task import request as asked
from methods import minimize
from problems import Budget

PROBLEM, BUDGET = "knapsack", Budget(50, 20.0)
METHODS = ("random-search", "differential-evolution", "reinforce", "cma-es", "integer-programming")
ROUNDS = 40


def cpu_seconds(pid: int) -> float:
    """Return the CPU seconds of a process and all below it, living or finished, to a clock tick."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    own = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return own + sum(map(cpu_seconds, children(pid)))


@pytest.mark.parametrize("method", METHODS)
def test_own_process(benchmark, method, measuring):
    rounds = ROUNDS if measuring else 1
    launcher = Launcher(Limits(memory.share(1)), [method])
    task, problem = Task(method, PROBLEM, budget=BUDGET), problems.make(PROBLEM)
    here, served, cpu_here, cpu_served = [], [], 0.0, 0.0
    try:
        described = {
            kind: launcher.serve(asked(f"describe {kind}", task))["described"]
            for kind in ("method", "problem")
        }
        cell = Cell.from_json({"task": task.to_json(), **described})
        request = PlannedRun(cell).request()
        for _ in range(3):  # warms both
            minimize(problem, method, BUDGET)
            launcher.serve(request)
        base = launcher._base.process.pid
        theirs = cpu_seconds(base)
        for _ in range(rounds):
            began, ours = perf_counter(), process_time()
            minimize(problem, method, BUDGET)
            here.append(perf_counter() - began)
            cpu_here += process_time() - ours
            began, ours = perf_counter(), process_time()
            answer = launcher.serve(request)
            served.append(perf_counter() - began)
            cpu_served += process_time() - ours
            assert answer["run"]["value"] is not None
        cpu_served += cpu_seconds(base) - theirs
    finally:
        launcher.close()
    wall = 1e3 * (statistics.median(served) - statistics.median(here))
    least, cpu = 1e3 * (min(served) - min(here)), 1e3 * (cpu_served - cpu_here) / rounds
    shown = f"median {wall:.1f} ms more, least {least:.1f} ms, CPU {cpu:.1f} ms"
    benchmark.group = f"a process of its own for a run of {method}"
    benchmark.extra_info.update(side="ours", bar="<= 30 ms", shown=shown)
    benchmark.pedantic(lambda: None, rounds=1)
