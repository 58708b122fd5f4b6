"""Objectives without a gradient, as plain objects.

>>> import problems
>>> problem = problems.make("sphere", dimension=3)
>>> problem.value(problem.reference_point)
0.0
"""

from __future__ import annotations

from typing import Any

from problems.extra import require_extra
from problems.ledger import Budget, Ledger, Stop
from problems.oracle import Oracle
from problems.problem import (
    LinearModel,
    Minibatch,
    Problem,
    Reference,
    Relaxation,
    Unsupported,
    from_function,
)
from problems.registry import Entry, Registry, resolve
from problems.space import Box, Categorical, Permutation, Space

__all__ = [
    "PROBLEMS",
    "Box",
    "Budget",
    "Categorical",
    "Ledger",
    "LinearModel",
    "Minibatch",
    "Oracle",
    "Permutation",
    "Problem",
    "Reference",
    "Relaxation",
    "Space",
    "Stop",
    "Unsupported",
    "from_function",
    "make",
]

TEXT = {"corpus": "markov:length=5000,symbols=5"}

PROBLEMS = Registry(
    "problem",
    [
        # -- next-token: one corpus, one file a problem
        Entry(
            "next-token-table",
            "problems.next_token.table:NextTokenTable",
            family="next-token",
            groups=("next-token", "all"),
            small=TEXT,
        ),
        Entry(
            "next-token-rank",
            "problems.next_token.rank:NextTokenRank",
            family="next-token",
            groups=("next-token", "all"),
            small=TEXT,
        ),
        Entry(
            "next-token-ternary",
            "problems.next_token.ternary:NextTokenTernary",
            family="next-token",
            groups=("next-token", "all"),
            small={**TEXT, "bits": 2},
        ),
        Entry(
            "next-token-decode",
            "problems.next_token.decode:NextTokenDecode",
            family="next-token",
            groups=("next-token", "all"),
            small={**TEXT, "length": 4},
        ),
        Entry(
            "next-token-transformer",
            "problems.next_token.transformer:NextTokenTransformer",
            family="next-token",
            groups=("ladder", "all"),
            small={
                **TEXT,
                "context": 4,
                "tokens": 64,
                "width": 4,
            },
            extra="torch",
        ),
        Entry(
            "next-token-mlp",
            "problems.next_token.mlp:NextTokenMLP",
            family="next-token",
            groups=("ladder", "all"),
            small={**TEXT, "context": 2, "embedding": 2, "hidden": 3},
        ),
        Entry(
            "next-token-vocabulary",
            "problems.next_token.vocabulary:NextTokenVocabulary",
            family="next-token",
            groups=("ladder", "all"),
            small={**TEXT, "size": 2, "candidates": 8, "longest": 3},
        ),
        Entry(
            "next-token-reward",
            "problems.next_token.reward:NextTokenReward",
            family="next-token",
            groups=("ladder", "all"),
            small={**TEXT, "length": 5, "shortest": 2, "longest": 4},
        ),
        # -- combinatorial
        Entry(
            "knapsack",
            "problems.combinatorial.knapsack:Knapsack",
            family="combinatorial",
            groups=("combinatorial", "all"),
            small={"items": 12},
        ),
        Entry(
            "travelling-salesman",
            "problems.combinatorial.travelling_salesman:TravellingSalesman",
            family="combinatorial",
            groups=("combinatorial", "all"),
            small={"cities": 8},
        ),
        Entry(
            "quadratic-assignment",
            "problems.combinatorial.quadratic_assignment:QuadraticAssignment",
            family="combinatorial",
            groups=("combinatorial", "all"),
            small={"facilities": 5},
        ),
        Entry(
            "job-shop",
            "problems.combinatorial.job_shop:JobShop",
            family="combinatorial",
            groups=("combinatorial", "all"),
            small={"jobs": 4, "machines": 3},
        ),
        # -- constrained
        Entry(
            "pressure-vessel",
            "problems.constrained.engineering:PressureVessel",
            family="constrained",
            groups=("constrained", "all"),
        ),
        Entry(
            "welded-beam",
            "problems.constrained.engineering:WeldedBeam",
            family="constrained",
            groups=("constrained", "all"),
        ),
        Entry(
            "tension-spring",
            "problems.constrained.engineering:TensionSpring",
            family="constrained",
            groups=("constrained", "all"),
        ),
        Entry(
            "speed-reducer",
            "problems.constrained.engineering:SpeedReducer",
            family="constrained",
            groups=("constrained", "all"),
        ),
        Entry(
            "g01",
            "problems.constrained.cec2006_proven:G01",
            family="constrained",
            groups=("constrained", "all"),
        ),
        Entry(
            "g02",
            "problems.constrained.cec2006_published:G02",
            family="constrained",
            groups=("constrained", "all"),
        ),
        Entry(
            "g03",
            "problems.constrained.cec2006_proven:G03",
            family="constrained",
            groups=("constrained", "all"),
        ),
        Entry(
            "g04",
            "problems.constrained.cec2006_published:G04",
            family="constrained",
            groups=("constrained", "all"),
        ),
        Entry(
            "g05",
            "problems.constrained.cec2006_published:G05",
            family="constrained",
            groups=("constrained", "all"),
        ),
        Entry(
            "g06",
            "problems.constrained.cec2006_proven:G06",
            family="constrained",
            groups=("constrained", "all"),
        ),
        Entry(
            "g07",
            "problems.constrained.cec2006_proven:G07",
            family="constrained",
            groups=("constrained", "all"),
        ),
        Entry(
            "g08",
            "problems.constrained.cec2006_published:G08",
            family="constrained",
            groups=("constrained", "all"),
        ),
        Entry(
            "g09",
            "problems.constrained.cec2006_published:G09",
            family="constrained",
            groups=("constrained", "all"),
        ),
        Entry(
            "g10",
            "problems.constrained.cec2006_published:G10",
            family="constrained",
            groups=("constrained", "all"),
        ),
        Entry(
            "g11",
            "problems.constrained.cec2006_proven:G11",
            family="constrained",
            groups=("constrained", "all"),
        ),
        # -- continuous
        Entry(
            "sphere",
            "problems.continuous:Sphere",
            family="continuous",
            groups=("continuous", "all"),
            small={"dimension": 3},
        ),
    ],
)


def make(name: str, *, instance: int = 0, **options: Any) -> Problem:
    """Build a problem by name, as in ``make("knapsack", items=50)``.

    Parameters
    ----------
    name : str
        A registered name, or ``path/to/file.py:Class``.
    instance : int
        Seeds all that is random in the problem.
    **options
        Keyword arguments of the problem's class; text is parsed by their types.

    Raises
    ------
    ValueError
        When the name, an option or a value is not valid.
    ImportError
        When the problem needs an extra that is not installed; the message names it.
    """
    entry = PROBLEMS.entry(name)
    require_extra(entry.name, entry.extra)
    cls = load_problem(entry)
    if instance < 0:
        raise ValueError(f"instance={instance}: expected a whole number >= 0")
    chosen = resolve(entry.name, cls, options)
    problem: Problem = cls(**chosen, **_instance_of(cls, instance))
    problem.name, problem.options, problem.instance = entry.name, chosen, instance
    return problem


def load_problem(entry: Entry) -> type[Problem]:
    """Import a problem's class.

    Raises
    ------
    ValueError
        When what the entry names is not one.
    """
    cls = entry.load()
    if not (isinstance(cls, type) and issubclass(cls, Problem)):
        raise ValueError(f"{entry.name} is not a Problem class")
    return cls


def _instance_of(cls: type[Problem], instance: int) -> dict[str, int]:
    """Pass `instance` to a class that knows instances; a user's may have only one."""
    import inspect

    parameters = inspect.signature(cls).parameters
    takes = "instance" in parameters or any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    return {"instance": instance} if takes else {}
