"""Rows chosen and summarised: what tables of measurements are asked for."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
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


def measured(
    rows: Iterable[Row], by: Sequence[str], measure: Callable[[list[Row]], Row]
) -> list[Row]:
    """Return what is measured of the rows that share the values of some columns.

    Returns
    -------
    list of dict
        The columns of `by`, in the order in which their values come, and those of `measure`.

    Examples
    --------
    >>> measured([{"a": 1, "b": 2}, {"a": 1, "b": 3}], ["a"], lambda rows: {"n": len(rows)})
    [{'a': 1, 'n': 2}]
    """
    return [
        {**dict(zip(by, key, strict=True)), **measure(members)}
        for key, members in groups(rows, *by)
    ]


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
    table = measured(rows, by, lambda members: {c: median(members, c) for c in columns})
    return _in_order(table, by)


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
    names = list(names)

    def beside(members: list[Row]) -> Row:
        of = {row[across]: row[column] for row in medians(members, column, [across])}
        return {name: of.get(name) for name in names}

    return _in_order(measured(rows, by, beside), by)


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

    def spread(members: list[Row]) -> Row:
        values = [row[column] for row in members]
        low, high = np.quantile(values, ends).tolist()
        return {column: median(members, column), "low": low, "high": high, "n": len(values)}

    numbered = (row for row in rows if row[column] is not None)
    return _in_order(measured(numbered, by, spread), by)


def _in_order(table: list[Row], by: Sequence[str]) -> list[Row]:
    return sorted(table, key=lambda row: [row[name] for name in by])
