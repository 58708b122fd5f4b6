"""Which methods of ours stand beside which peers, where, and why not elsewhere."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.strength.cases import CASES, Kind, kind
from benchmarks.strength.counted import Counted

REAL: tuple[Kind, ...] = ("real",)
PERMUTATIONS: tuple[Kind, ...] = ("tour", "sequence", "assignment")
WHOLE: tuple[Kind, ...] = ("bits", "integers")
DISCRETE: tuple[Kind, ...] = (*WHOLE, "categories")
BOXES: tuple[Kind, ...] = (*REAL, *WHOLE)
ALL: tuple[Kind, ...] = (*REAL, *DISCRETE, *PERMUTATIONS)


@dataclass(frozen=True)
class Peer:
    """Somebody else's optimizer.

    Parameters
    ----------
    target : str
        ``module:function`` in this package.
    kinds : tuple of str
        The kinds of space that it has a recipe for.
    options : dict
        Arguments of the function.
    """

    target: str
    kinds: tuple[Kind, ...]
    options: dict[str, Any] = field(default_factory=dict)

    def load(self) -> Callable[..., None]:
        """Import the function."""
        module, _, function = self.target.partition(":")
        loaded: Callable[..., None] = getattr(
            importlib.import_module(f"benchmarks.strength.{module}"), function
        )
        return loaded

    def __call__(self, f: Counted) -> None:
        self.load()(f, **self.options)


@dataclass(frozen=True)
class Limit:
    """How many evaluations a peer gets at most: of a slow one, so that all take under an hour.

    Parameters
    ----------
    peers : tuple of str
        The beginnings of their names.
    most : int
    reason : str
        What it takes an evaluation, measured on one core, or another reason.
    where : tuple of str
        Kinds of space, or problems; by default everywhere.
    """

    peers: tuple[str, ...]
    most: int
    reason: str
    where: tuple[str, ...] = ()

    def allows(self, peer: str, problem: str, budget: int) -> bool:
        """Tell whether a peer may spend so much on a problem."""
        there = not self.where or problem in self.where or kind(problem) in self.where
        return budget <= self.most or not (there and peer.startswith(self.peers))


@dataclass(frozen=True)
class Family:
    """A method of ours, or several of which the best counts, and the peers of its family.

    Parameters
    ----------
    ours, peers : tuple of str
        Names in `methods.METHODS`, and in `PEERS`.
    kinds : tuple of str
        Where it is compared.
    note : str
        Why not elsewhere.
    """

    ours: tuple[str, ...]
    peers: tuple[str, ...]
    kinds: tuple[Kind, ...] = ALL
    note: str = ""

    def problems(self) -> list[str]:
        """Return the problems that it is compared on."""
        return [name for name in CASES if kind(name) in self.kinds]

    def peers_on(self, problem: str, budget: int) -> list[str]:
        """Return the peers that have a recipe for a problem, and may spend so much on it."""
        return [
            name
            for name in self.peers
            if kind(problem) in PEERS[name].kinds
            and all(limit.allows(name, problem, budget) for limit in LIMITS)
        ]


def _nevergrad(optimizer: str, kinds: tuple[Kind, ...]) -> dict[str, Peer]:
    options = {"optimizer": optimizer}
    return {f"nevergrad {optimizer}": Peer("peers_nevergrad:minimize", kinds, options)}


#: scipy's local and global optimizers by our name for each.
LOCAL = {
    "nelder-mead": "Nelder-Mead",
    "powell": "Powell",
    "cg": "CG",
    "bfgs": "BFGS",
    "l-bfgs-b": "L-BFGS-B",
    "tnc": "TNC",
    "cobyla": "COBYLA",
    "slsqp": "SLSQP",
    "cobyqa": "COBYQA",
    "trust-constr": "trust-constr",
}
GLOBAL = {
    "differential-evolution": "differential_evolution",
    "dual-annealing": "dual_annealing",
    "basin-hopping": "basinhopping",
    "direct": "direct",
}

LIMITS = (
    Limit(("nevergrad",), 2_000, "0.5 to 4 ms an evaluation"),
    Limit(("nevergrad NGOpt",), 500, "3 to 4 ms an evaluation", PERMUTATIONS),
    Limit(("nevergrad NGOpt",), 500, "17 ms an evaluation", ("welded-beam",)),
    Limit(("nevergrad",), 500, "8 ms an evaluation", ("categories",)),
    Limit(("pymoo GA",), 2_000, "3 ms an evaluation", ("categories",)),
    Limit(("pycma",), 2_000, "0.3 ms an evaluation", WHOLE),
    Limit(("scipy COBY",), 500, "2 to 3 ms an evaluation"),
    Limit(("scipy COBY",), 0, "7 to 30 ms an evaluation", ("next-token-rank",)),
    Limit(("scipy trust-constr",), 2_000, "0.5 ms an evaluation"),
    Limit(("scipy trust-constr",), 0, "more than 5 ms an evaluation", ("next-token-rank",)),
)

PEERS: dict[str, Peer] = {
    "DEAP two-point": Peer("peers_deap:two_point", (*REAL, *DISCRETE)),
    "DEAP blend": Peer("peers_deap:blend", REAL),
    "DEAP permutations": Peer("peers_deap:permutations", PERMUTATIONS),
    "DEAP (10,100)-ES": Peer("peers_deap:comma_strategy", REAL),
    "pymoo GA": Peer("peers_pymoo:genetic", ALL),
    "pymoo DE": Peer("peers_pymoo:differential_evolution", BOXES),
    "pycma fmin2": Peer("peers_library:fmin2", BOXES),
    "(1+1)-EA": Peer("textbook:one_plus_one", ALL),
    "first-improvement climb": Peer("textbook:climb", PERMUTATIONS),
    "textbook annealing": Peer("textbook:annealing", ALL),
    "textbook SPSA": Peer("textbook:spsa", REAL),
    "UMDA in eight lines": Peer("textbook:umda", DISCRETE),
    **_nevergrad("OnePlusOne", REAL),
    **_nevergrad("DiscreteOnePlusOne", DISCRETE),
    **_nevergrad("CMA", REAL),
    **_nevergrad("DE", REAL),
    **_nevergrad("TwoPointsDE", REAL),
    **_nevergrad("ES", REAL),
    **_nevergrad("RecMixES", REAL),
    **_nevergrad("SPSA", REAL),
    **_nevergrad("NGOpt", ALL),
    **{
        f"scipy {solver}": Peer(
            "peers_library:scipy_minimize",
            REAL,
            {"solver": solver},
        )
        for solver in LOCAL.values()
    },
    **{
        f"scipy {solver}": Peer(
            "peers_library:scipy_global",
            BOXES if solver == "differential_evolution" else REAL,
            {"solver": solver},
        )
        for solver in GLOBAL.values()
    },
}

CLIMBS = ("(1+1)-EA", "first-improvement climb")
ONE_PLUS_ONE = ("nevergrad OnePlusOne", "nevergrad DiscreteOnePlusOne")
EVOLVING = ("nevergrad DE", "nevergrad TwoPointsDE", "pymoo DE", "scipy differential_evolution")
VECTORS = "its peers search vectors: categories and permutations are left out"
NUMBERS = "its peers take steps in real numbers: other kinds are left out"

FAMILIES: dict[str, Family] = {
    "genetic": Family(
        ("genetic",), ("DEAP two-point", "DEAP blend", "DEAP permutations", "pymoo GA")
    ),
    "hill-climb": Family(("hill-climb",), (*CLIMBS, *ONE_PLUS_ONE)),
    "iterated-local-search": Family(("iterated-local-search",), (*CLIMBS, *ONE_PLUS_ONE)),
    "tabu": Family(("tabu",), (*CLIMBS, *ONE_PLUS_ONE)),
    "simulated-annealing": Family(("simulated-annealing",), ("textbook annealing",)),
    "cma-es": Family(("cma-es",), ("pycma fmin2", "nevergrad CMA"), BOXES, VECTORS),
    "l-shade": Family(("l-shade",), EVOLVING, BOXES, VECTORS),
    "umda": Family(
        ("umda",),
        ("UMDA in eight lines",),
        DISCRETE,
        "UMDA is defined on bits and categories: real variables and permutations are left out",
    ),
    "evolution-strategy": Family(
        ("evolution-strategy",),
        ("nevergrad ES", "nevergrad RecMixES", "DEAP (10,100)-ES"),
        REAL,
        NUMBERS,
    ),
    "openai-es": Family(("openai-es",), ("textbook SPSA", "nevergrad SPSA"), REAL, NUMBERS),
    "spsa": Family(("spsa",), ("textbook SPSA", "nevergrad SPSA"), REAL, NUMBERS),
    "mezo": Family(("mezo",), ("textbook SPSA", "nevergrad SPSA"), REAL, NUMBERS),
    **{
        ours: Family(
            (ours,),
            (f"scipy {solver}",),
            REAL,
            NUMBERS,
        )
        for ours, solver in LOCAL.items()
    },
    **{
        ours: Family((ours,), (f"scipy {solver}",), REAL, NUMBERS)
        for ours, solver in GLOBAL.items()
        if ours != "differential-evolution"
    },
    "differential-evolution": Family(("differential-evolution",), EVOLVING, BOXES, VECTORS),
}

#: Of these the best on each problem stands beside nevergrad's choice among its own.
BEST = ("genetic", "hill-climb", "simulated-annealing", "umda", "cma-es", "l-shade", "l-bfgs-b")
FAMILIES["best of ours"] = Family(
    BEST,
    ("nevergrad NGOpt",),
    note="the best median of " + ", ".join(BEST) + ", chosen on the same runs, which favours ours",
)
