"""Rows as columns, rounded, with every text said once: a page has to stay small."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from comparison.harmless import in_all_texts


def pack(rows: Sequence[Mapping[str, Any]], digits: int = 5) -> dict[str, Any]:
    """Return rows as a dict of columns; `packing.js` has the inverse.

    A column of text is ``{"of": the different texts, "at": a number a row}``.

    Parameters
    ----------
    rows : sequence of dict
        Of numbers, texts, truth values and None, all with the same keys.
    digits : int
        Significant digits that are kept of a number that is not whole.

    Examples
    --------
    >>> pack([{"method": "a", "x": 1 / 3}, {"method": "a", "x": None}])
    {'method': {'of': ['a'], 'at': [0, 0]}, 'x': [0.33333, None]}
    """
    if not rows:
        return {}
    columns = {name: [row.get(name) for row in rows] for name in rows[0]}
    return {name: _column(values, digits) for name, values in columns.items()}


class SharedColumns:
    """Columns of several tables, of which equal ones are written once.

    Attributes
    ----------
    columns : list
        See `pack`.

    Examples
    --------
    >>> shared = SharedColumns()
    >>> shared.pack([{"cost": 1, "value": 3}]), shared.pack([{"cost": 1, "value": 2}])
    ({'cost': 0, 'value': 1}, {'cost': 0, 'value': 2})
    >>> shared.columns
    [[1], [3], [2]]
    """

    def __init__(self) -> None:
        self.columns: list[Any] = []
        self._places: dict[str, int] = {}

    def pack(self, rows: Sequence[Mapping[str, Any]], digits: int = 5) -> dict[str, int]:
        """Return rows as a dict of places in `columns`; see the function `pack`."""
        return {name: self._place(column) for name, column in pack(rows, digits).items()}

    def _place(self, column: Any) -> int:
        place = self._places.setdefault(json.dumps(column), len(self.columns))
        if place == len(self.columns):
            self.columns.append(column)
        return place


def _column(values: list[Any], digits: int) -> Any:
    if any(isinstance(value, str) for value in values):
        places: dict[Any, int] = {}
        at = [places.setdefault(value, len(places)) for value in values]
        return {"of": list(places), "at": at}
    return [rounded(value, digits) for value in values]


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


def for_html(data: Any) -> str:
    """Return JSON that a script element can hold: no ``<``, so no end tag and no comment.

    Raises
    ------
    ValueError
        When a number is not finite.
    """
    harmless = in_all_texts(data)
    text = json.dumps(harmless, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text
