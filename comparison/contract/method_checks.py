"""What a method must keep on every problem that it can run on."""

from __future__ import annotations

import contextlib
import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comparison.contract.require import require
from methods import METHODS, Run, minimize
from problems import Budget, Oracle, Problem, Stop

#: Wall-clock seconds that a check's run may take: far more than it needs.
SECONDS = 20.0


class Spy:
    """Counts a problem's real evaluations, however `value` and `values` call each other."""

    def __init__(self, problem: Problem) -> None:
        self.evaluations = 0
        self._inside = False
        problem.value = self._counted(problem.value, lambda x: 1)  # type: ignore[method-assign] # to count
        problem.values = self._counted(problem.values, len)  # type: ignore[method-assign] # to count

    def _counted(self, value: Callable[..., Any], number: Callable[..., int]) -> Callable[..., Any]:
        def counted(points: NDArray) -> Any:
            if self._inside:
                return value(points)
            self.evaluations += number(points)
            self._inside = True
            try:
                return value(points)
            finally:
                self._inside = False

        return counted


def same_seed_same_trace(method: str, build: Callable[[], Problem]) -> None:
    """Two runs with the same seed give the same trace."""
    first, second = (minimize(build(), method, Budget(300, SECONDS), seed=1) for _ in range(2))
    if not METHODS.entry(method).white_box:  # when a solver reports depends on time
        traces = [[(p.kind, p.value, p.work) for p in run.trace] for run in (first, second)]
        require(traces[0] == traces[1], "the same seed gave two different traces")
    require(first.value == second.value, "the same seed gave two different values")


def never_over_budget(method: str, build: Callable[[], Problem]) -> None:
    """Work never exceeds the budget, at 0, 1 and more; 0 buys nothing."""
    white_box = METHODS.entry(method).white_box
    for work in (0, 1, 7, 50):
        run = minimize(build(), method, Budget(work, SECONDS))
        require(run.ledger.work <= work, f"a budget of {work} was overspent: {run.ledger.work}")
        require(not run.failed, f"a budget of {work} ended in {run.ended}: {run.message}")
        if work == 0 and not white_box:
            require(run.value is None, "a budget of 0 bought a value")
            require(run.ended == "budget", f"a budget of 0 ended as {run.ended!r}, not 'budget'")


def never_over_time(method: str, build: Callable[[], Problem]) -> None:
    """A run without seconds ends at once."""
    run = minimize(build(), method, Budget(10_000, 0))
    require(run.ledger.work == 0, "work was done after the time was up")


def _met_no_feasible_point(problem: Problem, run: Run) -> bool:
    """Tell whether a run has no result because all points that it evaluated were infeasible.

    A few hundred evaluations need not meet a feasible set that is one part in 10⁵ of its box.
    """
    constrained = type(problem).constraints is not Problem.constraints
    return constrained and run.value is None and not run.trace and not run.failed


def best_is_real(method: str, build: Callable[[], Problem]) -> None:
    """The reported point is a feasible member that has the reported value."""
    problem = build()
    run = minimize(problem, method, Budget(300, SECONDS), seed=2)
    if _met_no_feasible_point(problem, run):
        return
    if run.x is None or run.value is None:
        raise AssertionError(f"no point was found: {run.ended}")
    require(run.x in problem.space, f"the point {run.x} is not in {problem.space}")
    require(bool((problem.constraints(run.x) <= 0).all()), "the point is not feasible")
    again = problem.value(run.x)
    close = math.isclose(again, run.value, rel_tol=1e-9, abs_tol=1e-9)
    require(close, f"the point has the value {again}, not the reported {run.value}")


def ledger_is_true(method: str, build: Callable[[], Problem]) -> None:
    """Real calls of the objective equal what the ledger says."""
    entry = METHODS.entry(method)
    if entry.white_box:
        return  # a solver's points are re-evaluated off the clock
    problem = build()
    spy = Spy(problem)
    oracle = Oracle(problem, Budget(200, SECONDS))
    spy.evaluations = 0  # those of a reference that is computed by evaluating are nobody's
    with contextlib.suppress(Stop):
        entry.load()(oracle, np.random.default_rng(3))
    ledger = oracle.record.ledger()
    # A full pass of the relaxation judges its iterate, which its price includes.
    passes = ledger.gradients + ledger.losses
    require(
        ledger.values <= spy.evaluations <= ledger.values + passes,
        f"{ledger.values} values and {passes} passes charged, {spy.evaluations} computed",
    )


def random_state_untouched(method: str, build: Callable[[], Problem]) -> None:
    """Neither `random` nor `numpy.random` is touched, nor numpy's error state."""
    problem = build()
    before = random.getstate(), str(np.random.get_state()), np.geterr()
    minimize(problem, method, Budget(100, SECONDS))
    after = random.getstate(), str(np.random.get_state()), np.geterr()
    names = ("random", "numpy.random", "numpy's error state")
    for name, old, new in zip(names, before, after, strict=True):
        require(old == new, f"the method changes {name}; use the rng it is given")


def interruptible(method: str, build: Callable[[], Problem]) -> None:
    """Ctrl-C in the middle of a run comes through."""
    if METHODS.entry(method).white_box:
        return  # tested with the solver's own callbacks

    def interrupt(point: Any) -> None:
        raise KeyboardInterrupt

    problem = build()
    try:
        run = minimize(problem, method, Budget(300, SECONDS), listener=interrupt)
    except KeyboardInterrupt:
        return
    if _met_no_feasible_point(problem, run):
        return  # nothing was reported, so nothing interrupted
    raise AssertionError("KeyboardInterrupt was swallowed")


METHOD_CHECKS = (
    same_seed_same_trace,
    never_over_budget,
    never_over_time,
    best_is_real,
    ledger_is_true,
    random_state_untouched,
    interruptible,
)
