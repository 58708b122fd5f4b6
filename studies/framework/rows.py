"""Rows chosen and summarised: what tables of measurements are asked for."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import median as middle
from typing import Any

from studies.framework.study import Row


def where(rows: Iterable[Row], **equal: Any) -> list[Row]:
    """Return the rows with these values.

    Examples
    --------
    >>> where([{"a": 1, "b": 2}, {"a": 2, "b": 3}], a=2)
    [{'a': 2, 'b': 3}]
    """
    return [row for row in rows if all(row[name] == value for name, value in equal.items())]


def groups(rows: Iterable[Row], *by: str) -> list[tuple[tuple[Any, ...], list[Row]]]:
    """Return the rows that share the values of some columns, with those values.

    Examples
    --------
    >>> [(key, len(rows)) for key, rows in groups([{"a": 1}, {"a": 2}, {"a": 1}], "a")]
    [((1,), 2), ((2,), 1)]
    """
    grouped: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        grouped.setdefault(tuple(row[name] for name in by), []).append(row)
    return list(grouped.items())


def median(rows: Iterable[Row], column: str, **equal: Any) -> float:
    """Return the median of a column over the rows with these values.

    None counts as infinite, as for the cost of a target that a run never came to.

    Examples
    --------
    >>> median([{"x": 1.0}, {"x": None}, {"x": 3.0}], "x")
    3.0

    Raises
    ------
    statistics.StatisticsError
        When there is no such row.
    """
    values = (row[column] for row in where(rows, **equal))
    return float(middle(math.inf if value is None else value for value in values))


def medians(rows: Sequence[Row], columns: str | Sequence[str], by: Sequence[str]) -> list[Row]:
    """Return the median of a column, or of several, for each combination of others.

    Returns
    -------
    list of dict
        The columns of `by`, in the order of their values, and `columns`; see `median`.
    """
    columns = (columns,) if isinstance(columns, str) else columns
    table = [
        {**dict(zip(by, key, strict=True)), **{c: median(members, c) for c in columns}}
        for key, members in groups(rows, *by)
    ]
    return sorted(table, key=lambda row: tuple(row[name] for name in by))


def wide(
    rows: Sequence[Row], column: str, by: Sequence[str], across: str, names: Iterable[Any]
) -> list[Row]:
    """Return the medians of a column side by side: a column for each value of another.

    Parameters
    ----------
    rows : sequence of dict
    column : str
        Summarised; see `median`.
    by : sequence of str
        The columns that tell the rows of the table apart.
    across : str
        The column whose values are the names of the table's other columns.
    names : iterable
        Those values, in the order of the columns.

    Returns
    -------
    list of dict
        The columns of `by`, in the order of their values, and the medians, None where there
        is no row.

    Examples
    --------
    >>> rows = [{"size": s, "way": w, "work": s * len(w)} for s in (1, 2) for w in ("a", "bb")]
    >>> wide(rows, "work", ["size"], "way", ["a", "bb"])
    [{'size': 1, 'a': 1.0, 'bb': 2.0}, {'size': 2, 'a': 2.0, 'bb': 4.0}]
    """
    names, table = list(names), []
    for key, members in groups(rows, *by):
        by_value = dict(groups(members, across))
        beside = {n: median(by_value[(n,)], column) if (n,) in by_value else None for n in names}
        table.append({**dict(zip(by, key, strict=True)), **beside})
    return sorted(table, key=lambda row: tuple(row[name] for name in by))


def summary(
    rows: Sequence[Row], column: str, by: Sequence[str], *, ends: tuple[float, float] = (0.0, 1.0)
) -> list[Row]:
    """Return for each combination of columns the median of another, and its spread.

    Parameters
    ----------
    rows : sequence of dict
    column : str
        Summarised; rows without a number in it are left out.
    by : sequence of str
    ends : tuple of float
        The quantiles that are ``low`` and ``high``: all runs by default.

    Returns
    -------
    list of dict
        The columns of `by`, in the order of their values, ``column`` (the median), ``low``,
        ``high`` and ``n``.
    """
    import numpy as np

    numbered = (row for row in rows if row[column] is not None)
    table = []
    for key, members in groups(numbered, *by):
        values = [row[column] for row in members]
        low, high = np.quantile(values, ends).tolist()
        spread = {column: float(middle(values)), "low": low, "high": high, "n": len(values)}
        table.append({**dict(zip(by, key, strict=True)), **spread})
    return sorted(table, key=lambda row: tuple(row[name] for name in by))
