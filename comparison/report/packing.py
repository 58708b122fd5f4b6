"""Rows as columns, rounded, with every text said once: a page has to stay small."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any


class SharedColumns:
    """The columns of all tables of a page, of which equal ones are written once.

    Attributes
    ----------
    columns : list
        A column of text is ``{"of": the different texts, "at": a number a row}``.

    Examples
    --------
    >>> shared = SharedColumns()
    >>> shared.pack([{"method": "a", "x": 1 / 3}, {"method": "a", "x": None}])
    {'method': 0, 'x': 1}
    >>> shared.pack([{"cost": 1 / 3}, {"cost": None}])
    {'cost': 1}
    >>> shared.columns
    [{'of': ['a'], 'at': [0, 0]}, [0.33333, None]]
    """

    def __init__(self) -> None:
        self.columns: list[Any] = []
        self._places: dict[str, int] = {}

    def pack(self, rows: Sequence[Mapping[str, Any]], digits: int = 5) -> dict[str, int]:
        """Return rows as a dict of places in `columns`; `packing.js` has the inverse.

        Parameters
        ----------
        rows : sequence of dict
            Of numbers, texts, truth values and None, all with the same keys.
        digits : int
            Significant digits that are kept of a number that is not whole.
        """
        names = rows[0] if rows else ()
        return {name: self._place([row.get(name) for row in rows], digits) for name in names}

    def _place(self, values: list[Any], digits: int) -> int:
        column: Any = [rounded(value, digits) for value in values]
        if any(isinstance(value, str) for value in values):
            texts = {value: i for i, value in enumerate(dict.fromkeys(values))}
            column = {"of": list(texts), "at": [texts[value] for value in values]}
        place = self._places.setdefault(json.dumps(column), len(self.columns))
        if place == len(self.columns):
            self.columns.append(column)
        return place


def rounded(value: Any, digits: int = 5) -> Any:
    """Return a number with so many significant digits, a whole one as an int; all else as it is.

    Examples
    --------
    >>> rounded(0.123456789), rounded(250000.0), rounded(True), rounded(None)
    (0.12346, 250000, True, None)
    """
    if not isinstance(value, float):
        return value
    if value == int(value) and abs(value) < 1e15:
        return int(value)
    return float(f"{value:.{digits}g}")
