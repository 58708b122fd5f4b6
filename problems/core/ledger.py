"""What a run may spend, what it has spent, and how it is told to stop."""

from __future__ import annotations

import math
import resource
import sys
from dataclasses import dataclass
from time import clock_gettime, process_time
from typing import Any

from problems.core.usage_error import UsageError

#: Work of one full gradient: forward 1, backward 2, as 6N against 2N operations
#: a token (Kaplan et al. 2020, "Scaling laws for neural language models", section 2.1).
GRADIENT_PRICE = 3.0


class Stop(BaseException):
    """Tells a method that its run is over. Not an `Exception`: libraries swallow those."""


class BrokenReference(Exception):  # noqa: N818 - what is wrong is the reference
    """A result beats a proven reference: the proof or the objective is wrong.

    Attributes
    ----------
    run : Run or None
        The run that found the result, as far as it came.
    """

    run: Any = None


class SolverDied(Exception):  # noqa: N818 - no fault of the method's or the problem's
    """A solver's process was ended from outside: it has no verdict, and the run is `killed`."""


@dataclass(frozen=True)
class Budget:
    """What a run may spend.

    Parameters
    ----------
    work : float
        In full exact evaluations; a gradient is 3, a minibatch its share of a pass.
    seconds : float
        Wall-clock limit; the only one that a white-box solver obeys.
    target : float, optional
        Stop as soon as a value this good is paid for.

    Raises
    ------
    UsageError
        When a limit is negative or not a number.
    """

    work: float = 2000
    seconds: float = 20.0
    target: float | None = None

    def __post_init__(self) -> None:
        for name in ("work", "seconds"):
            limit = getattr(self, name)
            if limit is None or not 0 <= limit < math.inf:
                raise UsageError(f"budget {name}={limit!r}: expected a finite number >= 0")
            object.__setattr__(self, name, float(limit))  # 20 and 20.0 are the same budget
        if self.target is not None and not math.isfinite(self.target):
            raise UsageError(f"budget target={self.target!r}: expected a finite number")


@dataclass
class Ledger:
    """Raw counts of one run.

    Attributes
    ----------
    work : float
        The scalar of the black-box families: 1 is one full exact evaluation.
    gradient_work : float
        The part of it that paid for gradients, at `GRADIENT_PRICE`.
    values, gradients, losses : int
        Evaluations of the objective, of a relaxation's gradient, and of its loss alone.
    rows, tokens : int
        Distinct data rows and observations that those evaluations went through.
    passes : int
        Other passes over all data, such as counting.
    steps : int
        Steps of an environment.
    restarts : int
        How often the method began anew.
    samples : int
        Candidates drawn from the problem's proposal.
    nodes, iterations : int
        Branch-and-bound nodes and LP iterations of a solver.
    invalid : int
        Evaluations that came back nan, infinite, complex or in a wrong shape.
    cpu_seconds, wall_seconds : float
        User + system CPU time, children included, and elapsed time; measuring
        off the clock is left out.
    """

    work: float = 0.0
    gradient_work: float = 0.0
    values: int = 0
    gradients: int = 0
    losses: int = 0
    passes: int = 0
    rows: int = 0
    tokens: int = 0
    steps: int = 0
    restarts: int = 0
    samples: int = 0
    nodes: int = 0
    iterations: int = 0
    invalid: int = 0
    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0


@dataclass(frozen=True)
class TracePoint:
    """One moment of a run, of one kind of these.

    ``value``, a new best one; ``measured``, off the clock; ``bound``; ``restart``, with
    the best value so far; ``claimed``, a solution's that a solver has not shown yet.
    """

    kind: str
    value: float
    work: float
    values: int
    gradients: int
    cpu_seconds: float
    wall_seconds: float
    tokens: int = 0
    gradient_work: float = 0.0


def cpu_clock() -> float:
    """Return CPU seconds, user + system, of this process and its finished children."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return process_time() + children.ru_utime + children.ru_stime


def child_clock(pid: int) -> float:
    """Return the CPU seconds of a running child process, 0 where it cannot be told.

    Linux has a CPU clock for every process, numbered as in clock_getcpuclockid(3). When
    the child has been waited for, its time is `cpu_clock`'s, and here it is 0.
    """
    if sys.platform != "linux":
        return 0.0
    try:
        return clock_gettime(~pid << 3 | 2)
    except OSError:
        return 0.0
