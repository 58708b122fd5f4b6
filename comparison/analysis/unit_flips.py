"""Which winners change with the unit: work at three prices of a gradient, seconds, tokens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from comparison.analysis.curves import UNITS, Curves, Evidence, Instance
from comparison.analysis.keys import OnInstance
from comparison.statistics.missing import finite
from comparison.statistics.tolerance import merge_ties


@dataclass(frozen=True)
class UnitRank(OnInstance):
    """The rank of a contender on an instance in a unit, when all had spent `budget` of it.

    `value` is the median by then, None where half the runs had none; contenders whose
    values are tied share the `rank`.
    """

    unit: str
    budget: float
    contender: str
    value: float | None
    rank: int


@dataclass(frozen=True)
class Winners(OnInstance):
    """The winners of an instance, and the common cost, by unit.

    `flips` says that no contender is among the winners in every unit.
    """

    winners: dict[str, list[str]]
    budgets: dict[str, float]
    flips: bool


@dataclass(frozen=True)
class Flip(OnInstance):
    """Two units without a winner in common: where the first one's winner is in the other.

    Of several winners it is the one that falls least; `others` win in the other unit.
    """

    unit: str
    winner: str
    other_unit: str
    rank: int
    others: list[str]


def unit_rows(evidence: Evidence) -> Iterator[UnitRank]:
    """Yield the rank of each contender in each unit, on each instance.

    In each unit the values of all are compared at the same cost, that which every contender
    was given; see `Curves.common`. White-box solvers make no evaluations and have no rank.
    """
    for unit in UNITS:
        curves = evidence.curves[unit]
        for place, cost in curves.common.items():
            if cost <= 0:  # nothing is counted in it, such as tokens
                continue
            for contender, value, rank in _ranked(evidence, curves, place):
                yield UnitRank(*place, unit, cost, contender, value, rank)


def winner_rows(evidence: Evidence) -> Iterator[Winners]:
    """Yield who wins each instance in each unit, and whether that depends on the unit."""
    by_instance: dict[Instance, dict[str, list[str]]] = {}
    for row in unit_rows(evidence):
        if row.rank == 1 and row.value is not None:
            winners = by_instance.setdefault((row.problem, row.instance), {})
            winners.setdefault(row.unit, []).append(row.contender)
    for place, winners in by_instance.items():
        budgets = {unit: evidence.curves[unit].common[place] for unit in winners}
        flips = not set.intersection(*map(set, winners.values()))
        yield Winners(*place, winners, budgets, flips)


def flip_rows(evidence: Evidence) -> Iterator[Flip]:
    """Yield every two units without a winner in common, once in each order."""
    ranks = {
        (row.problem, row.instance, row.unit, row.contender): row.rank
        for row in unit_rows(evidence)
    }
    for row in winner_rows(evidence):
        place = (row.problem, row.instance)
        for (unit, best), (other, others) in permutations(row.winners.items(), 2):
            if not set(best) & set(others):
                rank, winner = min((ranks[(*place, other, name)], name) for name in best)
                yield Flip(*place, unit, winner, other, rank, others)


def _ranked(
    evidence: Evidence, curves: Curves, place: Instance
) -> Iterator[tuple[str, float | None, int]]:
    """Yield contenders, best first, with their median value and rank."""
    medians = {
        name: float(np.median(curves.settled[curves.rows[*place, name], -1]))
        for name, runs in evidence.instances[place].items()
        if not evidence.results.white_box(runs[0])
    }
    merged = merge_ties(list(medians.values()), evidence.reference(place))
    ranks = {
        name: 1 + int(np.sum(merged < worth)) for name, worth in zip(medians, merged, strict=True)
    }
    for name in sorted(medians, key=medians.__getitem__):
        yield name, finite(medians[name]), ranks[name]
