"""Plain rows for every figure, made by hand: the columns that the drawings ask for, and no more."""

from __future__ import annotations

from comparison.figures.bounds import open_gap
from comparison.figures.figure import Panel
from comparison.figures.quality import nearest
from comparison.figures.theme import styles

FAMILIES = {
    "gradient-descent": "gradient descent",
    "adam": "gradient descent",
    "differential-evolution": "scipy.optimize",
    "genetic": "evolutionary",
    "hill-climb": "local search",
    "reinforce": "reinforce",
    "best-of-n": "sampling",
    "random-search": "sampling",
    "integer-programming": "integer programming",
    "counting": "closed form",
}
STYLES = styles(FAMILIES.items())
REFERENCE = {"value": 0.72, "kind": "certified optimum", "source": "proved", "proven": True}
COSTS = [1, 3, 10, 30, 100, 300, 1000, 5000]


def curves():
    """Steps that fall towards the reference, some contenders faster."""
    return [
        {
            "contender": name,
            "family": family,
            "axis": "work",
            "cost": cost,
            "low": 0.72 + (0.27 - 0.02 * i) / (1 + i * cost / 300),
            "median": 0.72 + (0.28 - 0.02 * i) / (1 + i * cost / 340),
            "high": 0.72 + (0.30 - 0.02 * i) / (1 + i * cost / 400),
        }
        for i, (name, family) in enumerate(FAMILIES.items())
        for cost in COSTS
    ]


def runs():
    return [
        {
            "contender": row["contender"],
            "seed": seed,
            "instance": 0,
            "cost": row["cost"],
            "value": row["median"] + 0.004 * (seed - 2),
            "ended": "budget",
            "key": f"{i:04x}{seed}",
        }
        for i, row in enumerate(curves())
        if row["cost"] == COSTS[-1]
        for seed in range(5)
    ]


def shares(field):
    return [
        {
            "contender": name,
            field: cost,
            "share": min(1.0, (i + 1) * k / 60),
            "low": max(0.0, min(1.0, (i + 1) * k / 60) - 0.05),
            "high": min(1.0, (i + 1) * k / 60 + 0.05),
        }
        for i, name in enumerate(FAMILIES)
        for k, cost in enumerate(COSTS)
    ]


def ranks():
    return [{"contender": name, "rank": 1.2 + 0.95 * i} for i, name in enumerate(FAMILIES)]


CLIQUES = [
    ["gradient-descent", "adam", "differential-evolution", "genetic"],
    ["genetic", "hill-climb", "reinforce"],
    ["best-of-n", "random-search", "integer-programming", "counting"],
]


def cells():
    rows = []
    for i, name in enumerate(FAMILIES):
        for j, problem in enumerate(
            ("next-token-rank", "next-token-ternary", "knapsack", "sphere")
        ):
            quality = 1.0 - 0.13 * i + 0.07 * j
            rows.append({"contender": name, "problem": problem, "quality": min(quality, 1.0)})
    rows[9].update(quality=None, why="it has no linear model")
    rows[17].update(quality=None, why="there is nothing to count")
    rows[20].update(quality=-0.4)
    return rows


def progress():
    run = {"contender": "integer-programming", "seed": 0}
    incumbents = [(0.05, 0.95), (0.3, 0.86), (1.2, 0.8), (4.0, 0.784), (6.0, 0.784)]
    bounds = [(0.04, 0.6), (0.5, 0.7), (2.0, 0.75), (5.0, 0.78), (6.0, 0.784)]
    return [
        {**run, "seconds": seconds, "value": value, "what": kind}
        for kind, steps in (("incumbent", incumbents), ("bound", bounds))
        for seconds, value in steps
    ]


UNITS = ("work, gradient 1", "work, gradient 3", "work, gradient n", "CPU seconds", "seconds")


def flips():
    winners = {
        "next-token-rank": ["adam", "adam", "hill-climb", "genetic", "genetic"],
        "next-token-ternary": ["gradient-descent"] * 5,
        "knapsack": ["genetic", "genetic", "genetic", "differential-evolution", "genetic"],
    }
    return [
        {"problem": problem, "unit": unit, "contender": name, "rank": rank, "value": 0.1 * rank}
        for problem, names in winners.items()
        for unit, name in zip(UNITS, names, strict=True)
        for rank, name in ((1, name), (2, "best-of-n"))
    ]


def quality(**changes):
    """Return the panel of `quality`, of a reference and with single runs but for changes."""
    rows = {"curves": curves(), "runs": runs(), "reference": [REFERENCE], **changes}
    at = rows["reference"][0]["value"] if rows["reference"] else 0.0
    return Panel(rows, parameters={"reference": at, "nearest": nearest(rows["runs"], at)})


def bounds():
    return Panel({"progress": progress(), "open": open_gap(progress())})


def ranking(rows=None, cd=3.1, cliques=CLIQUES):
    return Panel({"ranks": rows or ranks()}, parameters={"cd": cd, "cliques": cliques})
