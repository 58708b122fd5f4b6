"""Rows chosen and summarised: what tables of measurements are asked for."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import median as middle
from typing import Any

from studies.laboratory.study import Row


def where(rows: Iterable[Row], **equal: Any) -> list[Row]:
    """Return the rows with these values.

    Examples
    --------
    >>> where([{"a": 1, "b": 2}, {"a": 2, "b": 3}], a=2)
    [{'a': 2, 'b': 3}]
    """
    return [row for row in rows if all(row[name] == value for name, value in equal.items())]


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
    found = (row[column] for row in where(rows, **equal))
    return float(middle(math.inf if value is None else value for value in found))


def medians(rows: Sequence[Row], column: str, by: Sequence[str]) -> list[Row]:
    """Return the median of a column for each combination of others; see `median`.

    Returns
    -------
    list of dict
        The columns of `by` and ``column``.
    """
    keys = dict.fromkeys(tuple(row[name] for name in by) for row in rows)
    found = [dict(zip(by, key, strict=True)) for key in keys]
    return [{**key, column: median(rows, column, **key)} for key in found]


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
        The columns of `by`, ``column`` (the median), ``low``, ``high`` and ``n``.
    """
    import numpy as np

    groups: dict[tuple[Any, ...], list[float]] = {}
    for row in rows:
        if row[column] is not None:
            groups.setdefault(tuple(row[name] for name in by), []).append(row[column])
    return [
        {
            **dict(zip(by, key, strict=True)),
            column: float(middle(values)),
            "low": float(np.quantile(values, ends[0])),
            "high": float(np.quantile(values, ends[1])),
            "n": len(values),
        }
        for key, values in groups.items()
    ]
