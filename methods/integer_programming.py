"""Integer programming: the one family that returns a proof. PuLP builds, a solver solves."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Literal

import numpy as np

from methods.shared.linear_solve import solve_linear_model
from problems.core.interval import Interval
from problems.core.oracle import Oracle

#: HiGHS and CBC called directly, and every solver of PuLP by PuLP's name for it.
Solver = Literal[
    "highs",
    "cbc",
    "CHOCO_CMD",
    "COINMP_DLL",
    "COIN_CMD",
    "COPT",
    "COPT_CMD",
    "COPT_DLL",
    "CPLEX_CMD",
    "CPLEX_PY",
    "CUOPT",
    "CyLP",
    "FSCIP_CMD",
    "GLPK_CMD",
    "GUROBI",
    "GUROBI_CMD",
    "HiGHS",
    "HiGHS_CMD",
    "MIPCL_CMD",
    "MOSEK",
    "PULP_CBC_CMD",
    "PYGLPK",
    "SAS94",
    "SASCAS",
    "SCIP_CMD",
    "SCIP_PY",
    "XPRESS",
    "XPRESS_PY",
]
Mode = Literal["solve", "bound-only"]

NAMES = {"highs": "HiGHS", "cbc": "CBC"}

#: Both solvers take random seeds below this.
SEEDS = 2**31


def integer_programming(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    solver: Solver = "highs",
    mode: Mode = "solve",
    solver_seed: Annotated[int, Interval(ge=0, lt=SEEDS)] = 0,
) -> None:
    """Solve the problem's linear model; report incumbents and bounds as they come.

    One thread and the solver's defaults, but no gap is tolerated: relative 0, and
    absolute 0.99 of the spacing of the objective's values, which is derived from the
    model; where they have none, a proof holds to 1e-6 of the value, and beside penalties
    for which the solver's arithmetic is too coarse there is none. Constraints that the model
    leaves out are added as solutions violate them. The time limit is what is left of the
    run's seconds. Work is not charged, since the solver is given the model instead of
    evaluations. In a chain it starts from the best point of the
    methods before it.

    The run ends as ``optimal`` when the bound meets the best point; as ``timeout`` when
    time is up, with a value and a bound where there are any, and none where nothing came
    in time; as ``converged`` when the model is solved but proves nothing about the best
    point; and as ``error``, by the RuntimeError below, when there is nothing to solve.

    Parameters
    ----------
    solver : str
        ``highs`` shows every solution when it finds it. ``cbc``, a process of its own,
        tells the objective when it finds one and shows the last one at its end: the
        others are drawn in the trace as *claimed*. Any other is PuLP's name of a solver that
        is installed, such as ``SCIP_PY``, ``GUROBI`` or ``GLPK_CMD``: it has a process of its
        own, whose start is on the run's clock, and tells all that it tells at its end. Its
        status and bound are its own where they can be read: of ``SCIP_PY``, ``GUROBI``,
        ``CPLEX_PY``, ``XPRESS_PY``, ``COPT`` and ``HiGHS``. Of the rest PuLP keeps no bound and
        calls optimal what is not, so that their runs have a value and no proof, and end as
        ``converged``.
    mode : str
        ``bound-only`` looks for proofs alone: the heuristics of ``highs`` and ``cbc`` are off,
        and any solver's solutions are kept from the run, which ends as soon as the bound meets
        the best point of the methods before it in a chain.
    solver_seed : int
        The solver's random seed, which permutes ties and so the whole search;
        0 is the solver's own default.

    Raises
    ------
    RuntimeError
        With the solver's name and status: Infeasible, Unbounded, or what else it said.
    ImportError
        When there is no such solver on this machine.
    ValueError
        When a solver tells no bounds or takes no seed, and is asked for them.
    SolverDied
        When the solver's process was killed from outside.

    Examples
    --------
    From the point of another run, as a chain does it within one:

    >>> from methods import minimize
    >>> from problems import make
    >>> problem = make("knapsack", items=30)
    >>> known = minimize(problem, "hill-climb", 100)
    >>> def from_there(oracle, rng):
    ...     with oracle.stage(work=1, seconds=1):
    ...         oracle.value(known.x)
    ...     integer_programming(oracle, rng)
    >>> minimize(problem, from_there).ended
    'optimal'
    """
    from methods.shared import cbc, highs, pulp_solvers

    if solver == "cbc":
        cbc.executable()
    elif solver != "highs":
        pulp_solvers.check(solver, mode == "bound-only", solver_seed)
    own = {"highs": highs.solve, "cbc": cbc.solve}
    adapter = own.get(solver) or partial(pulp_solvers.solve, name=solver)
    solve = partial(adapter, seed=solver_seed)
    solve_linear_model(oracle, NAMES.get(solver, solver), solve, mode == "bound-only")


def seeded_integer_programming(
    oracle: Oracle, rng: np.random.Generator, *, solver: Solver = "highs", mode: Mode = "solve"
) -> None:
    """Do as `integer_programming` does, with a random seed of the solver drawn for each run.

    What differs between two seeds is luck: a solver's time varies widely with what
    should make no difference (Lodi and Tramontani 2013, "Performance variability in
    mixed-integer programming"), so that one run says little of how fast it is.
    """
    seed = int(rng.integers(1, SEEDS))
    integer_programming(oracle, rng, solver=solver, mode=mode, solver_seed=seed)
