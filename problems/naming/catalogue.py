"""Every built-in problem by name: where its code is, and a small instance of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from problems.naming.registry import Entry

#: A name, its ``module:Class`` within the family's package, the class of its space, and
#: options of an instance that the contract suite checks in no time.
Row = tuple[str, str, str, Mapping[str, Any]]

NEXT_TOKEN: list[Row] = [
    ("next-token-table", "table:NextTokenTable", "Box", {}),
    ("next-token-rank", "rank:NextTokenRank", "Box", {}),
    ("next-token-ternary", "ternary:NextTokenTernary", "Box", {"bits": 2}),
    ("next-token-decode", "decode:NextTokenDecode", "Permutation", {"length": 4}),
]
#: The rest of the lecture's ladder, which stays out of the default comparison.
LADDER: list[Row] = [
    ("next-token-mlp", "mlp:NextTokenMLP", "Box", {"context": 2, "embedding": 2, "hidden": 3}),
    ("next-token-vote", "vote:NextTokenVote", "Box", {"members": 3}),
    (
        "next-token-vocabulary",
        "vocabulary:NextTokenVocabulary",
        "Permutation",
        {"size": 2, "candidates": 8, "longest": 3},
    ),
    (
        "next-token-reward",
        "reward:NextTokenReward",
        "Box",
        {"length": 5, "shortest": 2, "longest": 4},
    ),
]
LADDER_OF_TORCH: list[Row] = [
    (
        "next-token-transformer",
        "transformer:NextTokenTransformer",
        "Box",
        {"context": 4, "tokens": 64, "width": 4},
    ),
]
COMBINATORIAL: list[Row] = [
    ("knapsack", "knapsack:Knapsack", "Box", {"items": 12}),
    ("max-cut", "max_cut:MaxCut", "Box", {"nodes": 9, "density": 0.4}),
    ("max-sat", "max_sat:MaxSat", "Box", {"variables": 8}),
    ("set-cover", "set_cover:SetCover", "Box", {"rows": 8, "columns": 12, "density": 0.3}),
    ("graph-colouring", "graph_colouring:GraphColouring", "Categorical", {"nodes": 8, "degree": 3}),
    ("travelling-salesman", "travelling_salesman:TravellingSalesman", "Permutation", {"cities": 8}),
    (
        "quadratic-assignment",
        "quadratic_assignment:QuadraticAssignment",
        "Permutation",
        {"facilities": 5},
    ),
    ("job-shop", "job_shop:JobShop", "Permutation", {"jobs": 4, "machines": 3}),
]
CONSTRAINED: list[Row] = [
    ("pressure-vessel", "engineering:PressureVessel", "Box", {}),
    ("welded-beam", "engineering:WeldedBeam", "Box", {}),
    ("tension-spring", "engineering:TensionSpring", "Box", {}),
    ("speed-reducer", "engineering:SpeedReducer", "Box", {}),
    ("g01", "cec2006_derived:G01", "Box", {}),
    ("g02", "cec2006_computed:G02", "Box", {}),
    ("g03", "cec2006_derived:G03", "Box", {}),
    ("g04", "cec2006_computed:G04", "Box", {}),
    ("g05", "cec2006_computed:G05", "Box", {}),
    ("g06", "cec2006_derived:G06", "Box", {}),
    ("g07", "cec2006_derived:G07", "Box", {}),
    ("g08", "cec2006_computed:G08", "Box", {}),
    ("g09", "cec2006_computed:G09", "Box", {}),
    ("g10", "cec2006_computed:G10", "Box", {}),
    ("g11", "cec2006_derived:G11", "Box", {}),
]
CONTINUOUS: list[Row] = [
    ("sphere", "unimodal:Sphere", "Box", {}),
    ("quadratic", "quadratic:Quadratic", "Box", {}),
    ("ellipsoid", "unimodal:Ellipsoid", "Box", {}),
    ("schwefel-double-sum", "unimodal:SchwefelDoubleSum", "Box", {}),
    ("different-powers", "unimodal:DifferentPowers", "Box", {}),
    ("zakharov", "unimodal:Zakharov", "Box", {}),
    ("rosenbrock", "unimodal:Rosenbrock", "Box", {}),
    ("dixon-price", "unimodal:DixonPrice", "Box", {}),
    ("step-ellipsoid", "unimodal:StepEllipsoid", "Box", {}),
    ("rastrigin", "multimodal:Rastrigin", "Box", {}),
    ("ackley", "multimodal:Ackley", "Box", {}),
    ("griewank", "multimodal:Griewank", "Box", {}),
    ("levy", "multimodal:Levy", "Box", {}),
    ("styblinski-tang", "multimodal:StyblinskiTang", "Box", {}),
]
BBOB: list[Row] = [("bbob", "bbob:Bbob", "Box", {})]
PSEUDO_BOOLEAN: list[Row] = [
    ("onemax", "onemax:OneMax", "Box", {"n": 6}),
    ("leading-ones", "leading_ones:LeadingOnes", "Box", {"n": 6}),
    ("nk-landscape", "nk_landscape:NKLandscape", "Box", {"n": 8, "k": 2}),
]
CONTROL: list[Row] = [
    ("control", "control:Control", "Box", {"episodes": 2, "steps": 30}),
    ("cart-pole", "control:CartPole", "Box", {"episodes": 1, "steps": 10}),
    ("acrobot", "control:Acrobot", "Box", {"episodes": 1, "steps": 10}),
    ("mountain-car", "control:MountainCar", "Box", {"episodes": 1, "steps": 10}),
    ("pendulum", "control:Pendulum", "Box", {"episodes": 1, "steps": 10}),
]
PRETRAINED: list[Row] = [
    (
        "speller-dialect",
        "speller_dialect:SpellerDialect",
        "Box",
        {"dimension": 8, "words": 20, "held_out": 20},
    ),
    ("rounding", "rounding:Rounding", "Box", {"weights": 6}),
]


def _family(
    family: str, rows: Iterable[Row], *, group: str = "", extra: str = "", **small: Any
) -> list[Entry]:
    """Return the entries of a family; `small` are options that all its small instances have.

    Its package and its group are called as the family is, unless the group has another name.
    """
    return [
        Entry(
            name,
            f"problems.{family.replace('-', '_')}.{target}",
            family=family,
            groups=(group or family, "all"),
            space=space,
            small={**small, **own},
            extra=extra,
        )
        for name, target, space, own in rows
    ]


TEXT = {"corpus": "markov:length=5000,symbols=5"}

ENTRIES = [
    *_family("next-token", NEXT_TOKEN, **TEXT),
    *_family("next-token", LADDER, group="ladder", **TEXT),
    *_family("next-token", LADDER_OF_TORCH, group="ladder", extra="torch", **TEXT),
    *_family("combinatorial", COMBINATORIAL),
    *_family("constrained", CONSTRAINED),
    *_family("continuous", CONTINUOUS, dimension=3),
    *_family("continuous", BBOB, extra="ioh", dimension=3),
    *_family("pseudo-boolean", PSEUDO_BOOLEAN),
    *_family("control", CONTROL),
    *_family("pretrained", PRETRAINED, extra="pretrained"),
]
