"""Runs as a pandas frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comparison.results.run_columns import RUN_KINDS, rows_of
from problems.naming.extra import require_extra

if TYPE_CHECKING:
    import pandas

    from comparison.results.results import Results


def frame(results: Results) -> pandas.DataFrame:
    """Return the runs as a pandas frame, with the columns of `RUN_KINDS`.

    Numbers that do not exist are nan, whole numbers and texts ``<NA>``.

    Raises
    ------
    MissingExtra
        Where pandas is not installed.
    """
    require_extra("to_frame", "pandas")
    import pandas

    types = {"text": "string", "integer": "Int64", "number": "float64", "flag": "bool"}
    rows = list(rows_of(results))
    return pandas.DataFrame(
        {
            name: pandas.Series([row[name] for row in rows], dtype=types[kind])
            for name, kind in RUN_KINDS.items()
        }
    )
