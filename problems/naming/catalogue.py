"""Every built-in problem by name: where its code is, and a small instance of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from problems.naming.registry import Entry

#: A name, its ``module:Class`` within the family's package, and options of an
#: instance that the contract suite checks in no time.
Row = tuple[str, str, Mapping[str, Any]]

TEXT = {"corpus": "markov:length=5000,symbols=5"}


def _family(
    family: str, package: str, rows: Iterable[Row], *, group: str = "", extra: str = ""
) -> list[Entry]:
    """Return the entries of a family, whose group has its name unless it is given another."""
    return [
        Entry(
            name,
            f"problems.{package}{target}",
            family=family,
            groups=(group or family, "all"),
            small=small,
            extra=extra,
        )
        for name, target, small in rows
    ]


ENTRIES = [
    *_family(
        "next-token",
        "next_token.",
        [
            ("next-token-table", "table:NextTokenTable", TEXT),
            ("next-token-rank", "rank:NextTokenRank", TEXT),
            ("next-token-ternary", "ternary:NextTokenTernary", {**TEXT, "bits": 2}),
            ("next-token-decode", "decode:NextTokenDecode", {**TEXT, "length": 4}),
        ],
    ),
    # The rest of the lecture's ladder stays out of the default comparison.
    *_family(
        "next-token",
        "next_token.",
        [
            (
                "next-token-mlp",
                "mlp:NextTokenMLP",
                {**TEXT, "context": 2, "embedding": 2, "hidden": 3},
            ),
            (
                "next-token-vocabulary",
                "vocabulary:NextTokenVocabulary",
                {**TEXT, "size": 2, "candidates": 8, "longest": 3},
            ),
            (
                "next-token-reward",
                "reward:NextTokenReward",
                {**TEXT, "length": 5, "shortest": 2, "longest": 4},
            ),
        ],
        group="ladder",
    ),
    *_family(
        "next-token",
        "next_token.",
        [
            (
                "next-token-transformer",
                "transformer:NextTokenTransformer",
                {**TEXT, "context": 4, "tokens": 64, "width": 4},
            ),
        ],
        group="ladder",
        extra="torch",
    ),
    *_family(
        "combinatorial",
        "combinatorial.",
        [
            ("knapsack", "knapsack:Knapsack", {"items": 12}),
            ("max-cut", "max_cut:MaxCut", {"nodes": 9, "density": 0.4}),
            ("max-sat", "max_sat:MaxSat", {"variables": 8}),
            ("set-cover", "set_cover:SetCover", {"rows": 8, "columns": 12, "density": 0.3}),
            (
                "graph-colouring",
                "graph_colouring:GraphColouring",
                {"nodes": 8, "degree": 3},
            ),
            ("travelling-salesman", "travelling_salesman:TravellingSalesman", {"cities": 8}),
            ("quadratic-assignment", "quadratic_assignment:QuadraticAssignment", {"facilities": 5}),
            ("job-shop", "job_shop:JobShop", {"jobs": 4, "machines": 3}),
        ],
    ),
    *_family(
        "constrained",
        "constrained.",
        [
            ("pressure-vessel", "engineering:PressureVessel", {}),
            ("welded-beam", "engineering:WeldedBeam", {}),
            ("tension-spring", "engineering:TensionSpring", {}),
            ("speed-reducer", "engineering:SpeedReducer", {}),
            ("g01", "cec2006_derived:G01", {}),
            ("g02", "cec2006_computed:G02", {}),
            ("g03", "cec2006_derived:G03", {}),
            ("g04", "cec2006_computed:G04", {}),
            ("g05", "cec2006_computed:G05", {}),
            ("g06", "cec2006_derived:G06", {}),
            ("g07", "cec2006_derived:G07", {}),
            ("g08", "cec2006_computed:G08", {}),
            ("g09", "cec2006_computed:G09", {}),
            ("g10", "cec2006_computed:G10", {}),
            ("g11", "cec2006_derived:G11", {}),
        ],
    ),
    *_family(
        "continuous",
        "continuous.",
        [
            ("sphere", "unimodal:Sphere", {"dimension": 3}),
            ("quadratic", "quadratic:Quadratic", {"dimension": 3}),
            ("ellipsoid", "unimodal:Ellipsoid", {"dimension": 3}),
            ("schwefel-double-sum", "unimodal:SchwefelDoubleSum", {"dimension": 3}),
            ("different-powers", "unimodal:DifferentPowers", {"dimension": 3}),
            ("zakharov", "unimodal:Zakharov", {"dimension": 3}),
            ("rosenbrock", "unimodal:Rosenbrock", {"dimension": 3}),
            ("dixon-price", "unimodal:DixonPrice", {"dimension": 3}),
            ("step-ellipsoid", "unimodal:StepEllipsoid", {"dimension": 3}),
            ("rastrigin", "multimodal:Rastrigin", {"dimension": 3}),
            ("ackley", "multimodal:Ackley", {"dimension": 3}),
            ("griewank", "multimodal:Griewank", {"dimension": 3}),
            ("levy", "multimodal:Levy", {"dimension": 3}),
            ("styblinski-tang", "multimodal:StyblinskiTang", {"dimension": 3}),
        ],
    ),
    *_family("continuous", "continuous.", [("bbob", "bbob:Bbob", {"dimension": 3})], extra="ioh"),
    *_family(
        "pseudo-boolean",
        "pseudo_boolean.",
        [
            ("onemax", "onemax:OneMax", {"n": 6}),
            ("leading-ones", "leading_ones:LeadingOnes", {"n": 6}),
            ("nk-landscape", "nk_landscape:NKLandscape", {"n": 8, "k": 2}),
        ],
    ),
    *_family(
        "control",
        "control.control:",
        [
            ("control", "Control", {"episodes": 2, "steps": 30}),
            ("cart-pole", "CartPole", {"episodes": 1, "steps": 10}),
            ("acrobot", "Acrobot", {"episodes": 1, "steps": 10}),
            ("mountain-car", "MountainCar", {"episodes": 1, "steps": 10}),
            ("pendulum", "Pendulum", {"episodes": 1, "steps": 10}),
        ],
    ),
]
