"""Fewer points of curves and fewer runs, where a page would become too large."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np

from comparison.figures.contenders import Row


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
    groups = groupby(rows, key=itemgetter("contender"))
    return [row for _, group in groups for row in evenly(list(group), most)]


def thin_runs(rows: Iterable[Row], most: int) -> list[Row]:
    """Return at most so many runs a contender: of even ranks, so that their spread stays.

    Parameters
    ----------
    rows : iterable of dict
        ``contender`` and ``value``; runs whose value is None are left out.
    most : int
    """
    by_contender: dict[str, list[Row]] = {}
    for row in rows:
        if row["value"] is not None:
            by_contender.setdefault(row["contender"], []).append(row)
    ranked = [sorted(group, key=itemgetter("value")) for group in by_contender.values()]
    return [row for group in ranked for row in evenly(group, most)]
