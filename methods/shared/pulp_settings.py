"""What solvers of PuLP are told beyond PuLP's own parameters: gaps, one thread, a random seed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Settings = dict[str, Any]

#: Gurobi's seeds end here, and CPLEX's soon after (Gurobi 13, CPLEX 22.2).
MOST_SEEDS = 2_000_000_000

#: By solver, the absolute gap that is a proof, where PuLP has no parameter for it. PuLP drops a
#: relative gap of 0 for GUROBI and COPT. Xpress by default wants the next solution to be better
#: by 1e-5 (its control MIPADDCUTOFF), and its bound then misses by as much.
GAPS: dict[str, Callable[[float], Settings]] = {
    "GUROBI": lambda gap: {"MIPGap": 0.0, "MIPGapAbs": gap, "Threads": 1},
    "COPT": lambda gap: {"RelGap": 0.0, "AbsGap": gap, "Threads": 1},
    "CPLEX_PY": lambda gap: {"mip.tolerances.absmipgap": gap},
    "XPRESS_PY": lambda gap: {"options": [f"MIPABSSTOP={gap}", "MIPADDCUTOFF=0", "THREADS=1"]},
    "XPRESS": lambda gap: {"options": [f"MIPABSSTOP={gap}", "MIPADDCUTOFF=0", "THREADS=1"]},
}

#: By solver, how it takes a random seed.
SEEDS: dict[str, Callable[[int], Settings]] = {
    "SCIP_PY": lambda seed: {"options": [f"randomization/randomseedshift={seed}"]},
    "SCIP_CMD": lambda seed: {"options": [f"randomization/randomseedshift={seed}"]},
    "HiGHS": lambda seed: {"random_seed": seed},
    "GUROBI": lambda seed: {"Seed": seed},
    "GUROBI_CMD": lambda seed: {"options": [["Seed", seed]]},
    "CPLEX_PY": lambda seed: {"randomseed": seed},
    "CPLEX_CMD": lambda seed: {"options": [f"set randomseed {seed}"]},
    "XPRESS_PY": lambda seed: {"options": [f"RANDOMSEED={seed}"]},
    "XPRESS": lambda seed: {"options": [f"RANDOMSEED={seed}"]},
}


def settings(name: str, gap: float, seed: int) -> Settings:
    """Return arguments for a solver's constructor in PuLP.

    Parameters
    ----------
    name : str
        PuLP's name of it.
    gap : float
        The absolute gap that proves optimality.
    seed : int
        The solver's random seed, 0 for its own default.
    """
    chosen: Settings = GAPS[name](gap) if name in GAPS else {}
    if seed:
        for key, value in SEEDS[name](seed % MOST_SEEDS).items():
            chosen[key] = [*chosen.get(key, []), *value] if key == "options" else value
    return chosen
