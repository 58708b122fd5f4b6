"""CBC, called as a process: bounds come from its log, the solution at its end."""

from __future__ import annotations

import math
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray

from methods.shared.mps import column_name, mps_lines
from methods.shared.solver_report import Report, raise_of_signal

#: Seconds beyond its limit after which CBC is killed.
GRACE_SECONDS = 1.0

#: How a line of its log begins that tells what its solution file may not.
INFEASIBLE = "Problem is infeasible"

#: What CBC prints for no solution or no bound is larger than this.
NONE = 1e49

_NUMBER = r"([-+]?\d[\d.]*(?:e[-+]?\d+)?)"
_CLAIM = re.compile(rf"Integer solution of {_NUMBER} found")
_BOUND = re.compile(
    rf"(?:{_NUMBER} best solution, |best objective {_NUMBER} \()best possible {_NUMBER}"
)
_ROOT = re.compile(rf"Continuous objective value is {_NUMBER}")
_EFFORT = {
    "nodes": re.compile(r"Enumerated nodes: +(\d+)"),
    "iterations": re.compile(r"(?:Total iterations: +|^Optimal objective .* - )(\d+)"),
}


def executable() -> str:
    """Return the path of CBC: the one that PuLP brings, or one that is installed.

    Raises
    ------
    ImportError
        When there is none.
    """
    import pulp

    for path in (pulp.PULP_CBC_CMD.pulp_cbc_path, shutil.which("cbc")):
        if path is not None and os.access(path, os.X_OK):
            return str(path)
    raise ImportError("CBC is not installed and PuLP brings none here; use solver=highs")


def solve(report: Report, seed: int) -> str:
    """Run CBC and return its own status, as it stands in its solution file.

    Its files have no names, so that nothing is left behind however this ends.

    Raises
    ------
    SolverDied
        When it was killed from outside.
    OSError
        When there was no room for its files.
    RuntimeError
        When it crashed.
    """
    arrays, oracle = report.arrays, report.oracle
    with (
        tempfile.TemporaryFile("w+") as program,
        tempfile.TemporaryFile("w+") as first,
        tempfile.TemporaryFile("w+") as ending,
        tempfile.TemporaryFile() as solution,
    ):
        program.writelines(mps_lines(arrays))
        program.flush()
        options = ["-timeMode", "elapsed", "-threads", "0", "-ratio", "0"]
        options += ["-allow", f"{arrays.gap:g}"]
        if not arrays.spaced:
            # Nodes are dropped that promise no more than the increment, 1e-5 by default.
            options += ["-inc", f"{arrays.gap:g}"]
        if not arrays.whole_rows or (arrays.mixed and not arrays.spaced):
            # Its probing of rows with real coefficients cuts off optima, and so does its
            # preprocessing where real variables have real costs (CBC 2.10.3).
            options += ["-preprocess", "off", "-probing", "off"]
        if seed:
            options += ["-randomCbcSeed", str(seed), "-randomSeed", str(seed)]
        if report.bound_only:
            options += ["-heuristicsOnOff", "off"]
        if report.start:
            columns = enumerate(report.start)
            lines = [f"{i} {column_name(c)} {number!r} 0" for i, (c, number) in columns]
            first.write("\n".join(["Stopped on time - objective value 0", *lines, ""]))
            first.flush()
            options += ["-mipstart", _path(first)]
        seconds = oracle.remaining_seconds
        command = [executable(), _path(program), "-sec", f"{seconds:.3f}", *options, "-solve"]
        # The text tells how it ended, but no more than eight digits of a number.
        command += ["-solution", _path(ending), "-saveSolution", _path(solution)]
        files = (program, first, ending, solution)
        log, code = _run(command, files, seconds, report)
        ending.seek(0)
        solution.seek(0)
        said = ending.readline().partition(" - objective")[0].strip()
        point = _read(solution.read())
        ended_by_itself = code == 0 and report.interruption is None
        # By its words it has a solution, or it has lost its words.
        if ended_by_itself and point is None and (not said or said.startswith("Optimal")):
            _need_room(solution)
            said = ""
    late = code is None
    if not said and any(line.startswith(INFEASIBLE) for line in log):
        said = "Infeasible"  # after which it may crash
    elif code is not None and code < 0 and report.interruption is None:
        raise_of_signal("CBC", -code)
    status = said or ("Stopped on time (killed)" if late else "it wrote no solution file")
    if "nfeasible" in status and oracle.remaining_seconds < seconds / 10:
        # Preprocessing that runs out of time says so as well: that proves nothing.
        status = f"Stopped on time ({status})"
    report.effort(*(_last(pattern, log) for pattern in _EFFORT.values()))
    if report.interruption is None:
        _end(report, status, point, _proven(log))
    return status


def _path(file: Any) -> str:
    """Return a path to an open file, for us and for a child that inherits it."""
    return f"/dev/fd/{file.fileno()}"


def _run(
    command: list[str], files: tuple[Any, ...], seconds: float, report: Report
) -> tuple[list[str], int | None]:
    """Listen to CBC until it ends; return its log and exit code, None if it is to be killed."""
    log, oracle = [], report.oracle
    with _Process(command, files, seconds) as cbc, oracle.solver_process(cbc.process.pid):
        for line in cbc.lines():
            log.append(line)
            # The first word after the deadline is the last that is heard, and that is
            # to be the solution with the final bound.
            if oracle.remaining_seconds > 0 and not _hear(line, log, report):
                cbc.interrupt()
        return log, cbc.process.poll()


class _Process:
    """CBC on a terminal, as into a pipe it would write everything at its end."""

    def __init__(self, command: list[str], files: tuple[Any, ...], seconds: float) -> None:
        self._ours, its = pty.openpty()
        try:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=its,
                stderr=its,
                pass_fds=[file.fileno() for file in files],
            )
        except BaseException:
            os.close(self._ours)
            raise
        finally:
            os.close(its)
        self._deadline = monotonic() + seconds + GRACE_SECONDS
        self._interrupted = False

    def __enter__(self) -> _Process:
        return self

    def __exit__(self, *exception: object) -> None:
        self.process.kill()  # does nothing to a process that has ended by itself
        self.process.wait()
        os.close(self._ours)

    def interrupt(self) -> None:
        """Ask it to end its search and to write down the best solution that it has."""
        if not self._interrupted:
            self.process.send_signal(signal.SIGINT)
            self._deadline = min(self._deadline, monotonic() + GRACE_SECONDS)
            self._interrupted = True

    def lines(self) -> Iterator[str]:
        """Yield its log as it is written, until it ends or its time is up."""
        rest = b""
        while select.select([self._ours], [], [], max(0.0, self._deadline - monotonic()))[0]:
            try:
                chunk = os.read(self._ours, 1 << 16)
            except OSError:  # Linux's way to say that the other end is closed
                chunk = b""
            if not chunk:
                self.process.wait()
                return
            *whole, rest = (rest + chunk).split(b"\n")
            yield from (line.decode(errors="replace").strip() for line in whole)


def _hear(line: str, log: list[str], report: Report) -> bool:
    """Pass on what a line of the log says; return whether to go on."""
    if match := _CLAIM.search(line):
        return float(match[1]) > NONE or report.claim(float(match[1]))
    if line.startswith("Cgl0004I") or _BOUND.search(line):
        return report.tell(None, _proven(log))
    return report.interruption is None


def _need_room(file: Any) -> None:
    """Raise the system's error where a file cannot grow: CBC says nothing of a full disk."""
    os.lseek(file.fileno(), 0, os.SEEK_END)
    for _ in range(2):  # the first may be written in part
        os.write(file.fileno(), bytes(1 << 16))


def _proven(log: list[str]) -> float:
    """Return the last bound in the log, or −inf.

    What CBC calls best possible is so for solutions that are better than its best one:
    it may pass that, which then is the bound. The relaxation's counts only when
    preprocessing has left a model: a finite one may have been told of a program that is
    then found to be unbounded.
    """
    left = any(line.startswith("Cgl0004I") for line in log)
    for line in reversed(log):
        if match := _BOUND.search(line) or (_ROOT.search(line) if left else None):
            bound = min(_at_least(number) for number in match.groups() if number)
            return bound if abs(bound) < NONE else -math.inf
    return -math.inf


def _at_least(text: str) -> float:
    """Return the least number that is printed so: the log rounds, a bound must not."""
    digits, _, exponent = text.partition("e")
    places = len(digits.partition(".")[2])
    return float(text) - 0.5 * 10.0 ** (int(exponent or 0) - places)


def _read(data: bytes) -> NDArray | None:
    """Return the solution in a file that CBC's command saveSolution has written.

    It has two whole numbers, rows m and columns n, and then real ones: the objective,
    m row activities, m duals, n columns, n reduced costs. None where they are not all there.
    """
    if len(data) < 8:
        return None
    m, n = struct.unpack_from("ii", data)
    if len(data) < 8 * (2 + 2 * m + n):
        return None
    return np.array(struct.unpack_from(f"{n}d", data, 8 * (2 + 2 * m)))


def _end(report: Report, status: str, point: NDArray | None, bound: float) -> None:
    """Report the final solution and, where it is optimal, that no other is better."""
    optimal = status.startswith("Optimal")
    solved = optimal or (status.startswith("Stopped") and "no integer solution" not in status)
    if not solved:
        point = None
    if optimal and point is not None:
        bound = float(report.arrays.cost @ point)
    report.tell(point, bound)


def _last(pattern: re.Pattern[str], log: list[str]) -> int:
    matches = [match for line in log if (match := pattern.search(line))]
    return int(matches[-1][1]) if matches else 0
