"""How a linear model is solved, whatever solver does it: rounds, statuses, the last word."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from methods.shared.program_arrays import program_arrays
from methods.shared.solver_report import Report, Silence
from problems.core.oracle import Oracle

#: Solves a report's arrays, tells it what it finds, and returns the solver's own status.
Solve = Callable[[Report], str]

#: How the statuses begin of a solver whose time is up.
OUT_OF_TIME = ("Time limit reached", "Stopped on time")

#: What a solver says when it has reached another limit of its own.
OUT_OF_NODES = "Solution limit reached"

#: What is said of a solver that has a solution and shows no proof of its own.
UNPROVEN = "Solution without a proof"

#: What a solver says when it has not found out which of the two it is. Of the
#: unbounded the solver has only seen that its linear relaxation is.
UNDECIDED = ("Primal infeasible or unbounded", "Integer infeasible", "Unbounded")

#: What is said where a program has a solution and no end of its objective is to be seen,
#: and yet the solver has found that it is one of the two.
SELF_CONTRADICTION = (
    "it calls the program infeasible, and then finds a solution: the coefficients of the "
    "linear model are too far apart for its arithmetic"
)


def solve_linear_model(oracle: Oracle, name: str, solve: Solve, bound_only: bool = False) -> None:
    """Solve the problem's linear model, again as long as solutions violate what it leaves out.

    Parameters
    ----------
    oracle : Oracle
    name : str
        The solver's, for messages.
    solve : callable
    bound_only : bool
        Whether its solutions are kept from the oracle.

    Raises
    ------
    RuntimeError
        With the solver's name and status: Infeasible, Unbounded, or what else it said.
    """
    model = oracle.linear_model()
    start = None
    if oracle.previous is not None and model.write is not None:
        start = model.write(oracle.previous)
    while True:
        report = Report(oracle, model, program_arrays(model), bound_only=bound_only)
        if start is not None:
            report.start = report.arrays.columns_of(start)
        status = _status(report, solve)
        if status == OUT_OF_NODES:
            return
        if status not in ("Optimal", UNPROVEN):
            raise RuntimeError(f"{name}: {status}")
        if not report.violated:
            return
        for constraint in report.violated:
            constraint.name = None  # PuLP gives it one that no other constraint has
            model.program += constraint


def _status(report: Report, solve: Solve) -> str:
    """Return how it ended, in the same words for every solver; a stop is raised."""
    oracle, arrays = report.oracle, report.arrays
    status = arrays.trivial
    if status == "Optimal":
        report.tell(np.zeros(0), 0.0)
    elif not status:
        status = solve(report)
    if report.interruption is not None:
        raise report.interruption
    if status.startswith(OUT_OF_TIME):
        oracle.time_is_up()
    if status in UNDECIDED:
        # Any solution tells the two apart: with one, it is the objective that has no
        # end. (A program in rational numbers is unbounded where it has a solution
        # and its relaxation is unbounded.)
        question = arrays.without_aim()
        answer = solve(Silence(oracle, report.model, question, bound_only=report.bound_only))
        if answer.startswith(OUT_OF_TIME):
            oracle.time_is_up()
        no = dict.fromkeys([*UNDECIDED, "Infeasible"], "Infeasible")
        yes = SELF_CONTRADICTION if arrays.bounded else "Unbounded"
        status = {"Optimal": yes, **no}.get(answer, status)
    return "Optimal" if status.startswith("Optimal") else status
