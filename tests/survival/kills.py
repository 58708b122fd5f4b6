"""Kills of everything that a comparison runs, at random moments: the table that is left is true.

``python -m tests.survival.kills --number 60`` kills the runner, the process that all others
are copied from, a problem's template, a guard, a run and a solver, in turn and with one and
two runs at a time. After each kill the same command is repeated until it succeeds.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from comparison.running.guard import children
from tests.comparison.examples import wait_for
from tests.survival.comparisons import COMPARISON, RESULTS, finished, start, timeless

#: In the environment of all that a comparison starts, and of nothing else.
MARK = "BEYOND_GRADIENT_TEST"
#: How often the same command is repeated at most until it succeeds.
REPEATS = 3
#: What is killed.
VICTIMS = ("runner", "base", "template", "guard", "run", "solver")

Rows = list[dict[str, Any]]


def command(jobs: int) -> tuple[str, ...]:
    """Return the comparison's arguments, its integer programs solved by CBC."""
    at = COMPARISON.index("--jobs") + 1
    solver = ("--option", "integer-programming.solver=cbc")
    return (*COMPARISON[:at], str(jobs), *COMPARISON[at + 1 :], *solver)


def undisturbed(folder: Path) -> tuple[Rows, float]:
    """Return the rows of the comparison that nothing happens to, and its wall seconds."""
    began = monotonic()
    rows = finished(start(folder, *command(1)))
    return rows, monotonic() - began


def generation(pid: int, depth: int) -> list[int]:
    """Return the descendants of a process that are so many generations below it."""
    found = [pid]
    for _ in range(depth):
        found = [child for each in found for child in children(each)]
    return found


def candidates(runner: int, victim: str) -> list[int]:
    """Return the processes of a kind that a runner has now.

    Below the runner is the base; below that, in turns, guards and what they guard: at
    first the templates, then the runs; and below a run its solver.
    """
    if victim == "solver":
        return [pid for pid in generation(runner, 6) if name(pid) == "cbc"]
    if victim == "guard":
        return generation(runner, 2) + generation(runner, 4)
    return generation(runner, {"runner": 0, "base": 1, "template": 3, "run": 5}[victim])


def name(pid: int) -> str:
    """Return the name of a process's program, nothing where it has ended."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text().strip()
    return ""


def left(mark: str) -> list[int]:
    """Return the processes that have a mark in their environment."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):  # it has ended meanwhile, or is another user's
            if f"{MARK}={mark}\0".encode() in path.read_bytes():
                found.append(int(path.parent.name))
    return found


def kill_one(process: Any, victim: str, delay: float, moments: random.Random) -> bool:
    """Kill a process of a kind after some seconds, when there is one; return whether any was."""
    sleep(delay)
    while process.poll() is None:
        if found := candidates(process.pid, victim):
            with contextlib.suppress(ProcessLookupError):
                os.kill(moments.choice(found), signal.SIGKILL)
                return True
        sleep(0.001)
    return False


def survives(folder: Path, victim: str, jobs: int, rows: Rows, seconds: float, seed: int) -> str:
    """Kill one process of a comparison and repeat it; return what happened, in a few words.

    Raises
    ------
    AssertionError
        When the command does not succeed, its table is another, or a process is left.
    """
    moments = random.Random(seed)
    mark = f"{os.getpid()}.{seed}"
    codes: list[int] = []
    killed = False
    while not killed or (codes[-1] and len(codes) <= REPEATS):
        process = start(folder, *command(jobs), env={**os.environ, MARK: mark})
        if not killed:
            killed = kill_one(process, victim, moments.uniform(0, seconds), moments)
        out, err = process.communicate(timeout=300)
        codes.append(process.returncode)
        assert "Traceback" not in err, err
        wait_for(lambda: not left(mark))
        if not codes[-1]:
            assert timeless(out) == rows, (victim, jobs, seed)
        if not killed:  # it was quicker
            assert codes == [0], (victim, jobs, seed, err)
            codes, seconds = [], 0.7 * seconds
            (folder / RESULTS).unlink()
    assert codes[-1] == 0, (victim, jobs, seed, codes, err)
    return f"exit codes {codes}"


def trials(number: int) -> Iterator[tuple[str, int, int]]:
    """Yield so many victims, numbers of jobs and seeds, all pairs equally often."""
    for seed in range(number):
        yield VICTIMS[seed % len(VICTIMS)], 1 + seed // len(VICTIMS) % 2, seed


def main(arguments: list[str] | None = None) -> None:
    """Make so many kills and print what happened at each."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--number", type=int, default=60, help="kills (default: 60)")
    number = parser.parse_args(arguments).number
    with tempfile.TemporaryDirectory() as folder:
        rows, seconds = undisturbed(Path(folder))
    for victim, jobs, seed in trials(number):
        with tempfile.TemporaryDirectory() as folder:
            told = survives(Path(folder), victim, jobs, rows, seconds, seed)
        print(f"{seed:3d}  {victim:8}  --jobs {jobs}  {told}", flush=True)
    print(f"{number} kills: the table is the undisturbed one each time, and nothing is left")


if __name__ == "__main__":
    sys.exit(main())
