"""The CPU seconds that a run stores: a solver's beside the system's count, Adam's beside none.

A solver's: each run is made in a process of its own, as is one that does all but the run; what the
system counts of the two (wait4, which is where /usr/bin/time has its figures from)
differs by the run.

Adam's: of a pass that yields the value, computing it once more to judge the iterate is the
harness's own work. The run stores what it stores where judging costs nothing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from numpy.typing import NDArray

import problems
from methods import minimize
from problems.core.record import Record

#: Beyond what either solver can do in these seconds of wall clock.
HARD = ("next-token-ternary", {"corpus": "markov:length=20000", "bits": 7})
SECONDS = 6.0

CODE = """
import json, sys
import highspy, pulp
import problems
from methods import minimize
name, options, solver, seconds = json.loads(sys.argv[1])
problem = problems.make(name, **options)
problem.reference, problem.linear_model()
minimize(problem, "integer-programming", seconds=0, solver=solver)  # imports
if seconds:
    run = minimize(problem, "integer-programming", seconds=seconds, solver=solver)
    print(run.ledger.cpu_seconds)
"""


def outside(*request: object) -> tuple[float, float]:
    """Return the CPU seconds of a process and all its children, and what it printed."""
    with subprocess.Popen(
        [sys.executable, "-c", CODE, json.dumps(request)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return used.ru_utime + used.ru_stime, float(said or 0)


@pytest.mark.parametrize("solver", ["highs", "cbc"])
def test_cpu_seconds(benchmark, solver, measuring):
    bare, _ = outside(*HARD, solver, 0)
    whole, stored = outside(*HARD, solver, SECONDS if measuring else 1.0)
    counted = whole - bare
    shown = f"stored {stored:.3f} s, counted from outside {counted:.3f} s"
    shown += f", {100 * (stored / counted - 1):+.1f} %"
    benchmark.group = f"CPU seconds of {solver} on {HARD[0]}"
    benchmark.extra_info.update(side="ours", bar="within 5 %", shown=shown)
    benchmark.pedantic(lambda: None, rounds=1)


@pytest.mark.parametrize("name", ["next-token-rank", "next-token-ternary"])
def test_judging(benchmark, name, monkeypatch, measuring):
    problem, judge = problems.make(name), Record.judge
    values: list[float | None] = []

    def seconds(judged_before: bool) -> float:
        runs = []
        for _ in range(9 if measuring else 1):
            again = iter(values if judged_before else ())
            # The values of the same run are taken from a list: only the last is computed.
            monkeypatch.setattr(
                Record,
                "judge",
                lambda record, x, values=again: next(values, None) or kept(record, x),
            )
            runs.append(minimize(problem, "adam", 900).ledger.cpu_seconds)
        return min(runs)

    def kept(record: Record, x: NDArray) -> float | None:
        values.append(judge(record, x))
        return values[-1]

    stored = seconds(False)
    shown = f"stored {stored:.4f} s, without judging {(free := seconds(True)):.4f} s"
    shown += f", ratio {stored / free:.3f}"
    benchmark.group = f"CPU seconds of Adam on {name}"
    benchmark.extra_info.update(side="ours", bar="ratio <= 1.1", shown=shown)
    benchmark.pedantic(lambda: None, rounds=1)
