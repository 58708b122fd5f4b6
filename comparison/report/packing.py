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
        Of numbers, texts, truth values, dicts of those, and None, all with the same keys.
    digits : int
        Significant digits that are kept of a number that is not whole.

    Examples
    --------
    >>> pack([{"who": "a", "x": 1 / 3}, {"who": "a", "x": None}])
    {'who': {'of': ['a'], 'at': [0, 0]}, 'x': [0.33333, None]}
    """
    if not rows:
        return {}
    columns = {name: [row.get(name) for row in rows] for name in rows[0]}
    return {name: _column(values, digits) for name, values in columns.items()}


def _column(values: list[Any], digits: int) -> Any:
    if any(isinstance(value, dict) for value in values):
        parts = [value or {} for value in values]
        keys = dict.fromkeys(key for part in parts for key in part)
        return {"by": {key: _column([p.get(key) for p in parts], digits) for key in keys}}
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
    told = in_all_texts(data)
    text = json.dumps(told, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text
