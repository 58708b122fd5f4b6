"""How much of ten thousand runs a page of 3 MB can hold, and what it has to say of that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

import numpy as np

from comparison.figures.contenders import Row

#: Points of all curves on a page together, and the least that makes a curve.
CURVE_POINTS = 30_000
LEAST_POINTS = 6
#: Single runs that are drawn, and rows of the table.
DOTS = 2_500
TABLE_ROWS = 4_000


def evenly(items: Sequence[Any], most: int) -> list[Any]:
    """Return at most so many items, first and last among them, evenly spaced.

    Examples
    --------
    >>> evenly([0, 1, 2, 3, 4, 5, 6], 3)
    [0, 3, 6]
    """
    if len(items) <= most:
        return list(items)
    if most == 1:
        return [items[-1]]
    return [items[i] for i in np.linspace(0, len(items) - 1, most).round().astype(int)]


def thin_curves(rows: Iterable[Row], most: int) -> list[Row]:
    """Return the rows of curves with at most so many points a contender.

    Parameters
    ----------
    rows : iterable of dict
        Grouped by ``contender``, in order of cost.
    most : int
    """
    groups = groupby(rows, key=lambda row: row["contender"])
    return [row for _, group in groups for row in evenly(list(group), most)]


def thin_runs(rows: Iterable[Row], most: int) -> list[Row]:
    """Return at most so many runs a contender: of even ranks, so that their spread stays.

    Parameters
    ----------
    rows : iterable of dict
        ``contender`` and ``value``, which may be None.
    most : int
    """
    by_contender: dict[str, list[Row]] = {}
    for row in rows:
        by_contender.setdefault(row["contender"], []).append(row)
    found = []
    for group in by_contender.values():
        ranked = sorted((row for row in group if row["value"] is not None), key=_value)
        found += evenly(ranked, most)
    return found


def _value(row: Row) -> float:
    return float(row["value"])
