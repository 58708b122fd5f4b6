"""Every built-in problem by name: where its code is, and a small instance of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from problems.naming.registry import Entry

#: A name, its ``module:Class`` within the family's package, the class of its space, and
#: options of an instance that the contract suite checks in no time.
Row = tuple[str, str, str, Mapping[str, Any]]

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
            space=space,
            small=small,
            extra=extra,
        )
        for name, target, space, small in rows
    ]


ENTRIES = [
    *_family(
        "next-token",
        "next_token.",
        [
            ("next-token-table", "table:NextTokenTable", "Box", TEXT),
            ("next-token-rank", "rank:NextTokenRank", "Box", TEXT),
            ("next-token-ternary", "ternary:NextTokenTernary", "Box", {**TEXT, "bits": 2}),
            ("next-token-decode", "decode:NextTokenDecode", "Permutation", {**TEXT, "length": 4}),
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
                "Box",
                {**TEXT, "context": 2, "embedding": 2, "hidden": 3},
            ),
            (
                "next-token-vocabulary",
                "vocabulary:NextTokenVocabulary",
                "Permutation",
                {**TEXT, "size": 2, "candidates": 8, "longest": 3},
            ),
            (
                "next-token-reward",
                "reward:NextTokenReward",
                "Box",
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
                "Box",
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
            ("knapsack", "knapsack:Knapsack", "Box", {"items": 12}),
            ("max-cut", "max_cut:MaxCut", "Box", {"nodes": 9, "density": 0.4}),
            ("max-sat", "max_sat:MaxSat", "Box", {"variables": 8}),
            ("set-cover", "set_cover:SetCover", "Box", {"rows": 8, "columns": 12, "density": 0.3}),
            (
                "graph-colouring",
                "graph_colouring:GraphColouring",
                "Categorical",
                {"nodes": 8, "degree": 3},
            ),
            (
                "travelling-salesman",
                "travelling_salesman:TravellingSalesman",
                "Permutation",
                {"cities": 8},
            ),
            (
                "quadratic-assignment",
                "quadratic_assignment:QuadraticAssignment",
                "Permutation",
                {"facilities": 5},
            ),
            ("job-shop", "job_shop:JobShop", "Permutation", {"jobs": 4, "machines": 3}),
        ],
    ),
    *_family(
        "constrained",
        "constrained.",
        [
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
        ],
    ),
    *_family(
        "continuous",
        "continuous.",
        [
            ("sphere", "unimodal:Sphere", "Box", {"dimension": 3}),
            ("quadratic", "quadratic:Quadratic", "Box", {"dimension": 3}),
            ("ellipsoid", "unimodal:Ellipsoid", "Box", {"dimension": 3}),
            ("schwefel-double-sum", "unimodal:SchwefelDoubleSum", "Box", {"dimension": 3}),
            ("different-powers", "unimodal:DifferentPowers", "Box", {"dimension": 3}),
            ("zakharov", "unimodal:Zakharov", "Box", {"dimension": 3}),
            ("rosenbrock", "unimodal:Rosenbrock", "Box", {"dimension": 3}),
            ("dixon-price", "unimodal:DixonPrice", "Box", {"dimension": 3}),
            ("step-ellipsoid", "unimodal:StepEllipsoid", "Box", {"dimension": 3}),
            ("rastrigin", "multimodal:Rastrigin", "Box", {"dimension": 3}),
            ("ackley", "multimodal:Ackley", "Box", {"dimension": 3}),
            ("griewank", "multimodal:Griewank", "Box", {"dimension": 3}),
            ("levy", "multimodal:Levy", "Box", {"dimension": 3}),
            ("styblinski-tang", "multimodal:StyblinskiTang", "Box", {"dimension": 3}),
        ],
    ),
    *_family(
        "continuous", "continuous.", [("bbob", "bbob:Bbob", "Box", {"dimension": 3})], extra="ioh"
    ),
    *_family(
        "pseudo-boolean",
        "pseudo_boolean.",
        [
            ("onemax", "onemax:OneMax", "Box", {"n": 6}),
            ("leading-ones", "leading_ones:LeadingOnes", "Box", {"n": 6}),
            ("nk-landscape", "nk_landscape:NKLandscape", "Box", {"n": 8, "k": 2}),
        ],
    ),
    *_family(
        "control",
        "control.control:",
        [
            ("control", "Control", "Box", {"episodes": 2, "steps": 30}),
            ("cart-pole", "CartPole", "Box", {"episodes": 1, "steps": 10}),
            ("acrobot", "Acrobot", "Box", {"episodes": 1, "steps": 10}),
            ("mountain-car", "MountainCar", "Box", {"episodes": 1, "steps": 10}),
            ("pendulum", "Pendulum", "Box", {"episodes": 1, "steps": 10}),
        ],
    ),
]
