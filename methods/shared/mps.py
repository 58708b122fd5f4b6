"""Arrays in the MPS format, as CBC reads it: columns and rows have numbers for names."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from methods.shared.program_arrays import ProgramArrays


def column_name(column: int) -> str:
    """Return what a column is called."""
    return f"X{column:07}"


def mps_lines(arrays: ProgramArrays) -> Iterator[str]:
    """Yield the lines of a file that minimises the cost, each number in all its digits."""
    yield "NAME          MODEL\nROWS\n N  COST\n"
    rows = list(zip(arrays.row_low.tolist(), arrays.row_high.tolist(), strict=True))
    for row, (low, high) in enumerate(rows):
        kind = "E" if low == high else "G" if np.isfinite(low) else "L"
        yield f" {kind}  C{row:07}\n"
    yield "COLUMNS\n"
    row_of = np.repeat(np.arange(len(rows)), np.diff(arrays.start))
    by_column = np.argsort(arrays.column, kind="stable")
    entries = zip(row_of[by_column].tolist(), arrays.weight[by_column].tolist(), strict=True)
    counts = np.bincount(arrays.column, minlength=len(arrays.variables)).tolist()
    columns = zip(arrays.cost.tolist(), arrays.whole.tolist(), counts, strict=True)
    for column, (cost, whole, count) in enumerate(columns):
        name = column_name(column)
        if whole:
            yield "    MARK      'MARKER'                 'INTORG'\n"
        for _ in range(count):
            row, weight = next(entries)
            yield f"    {name}  C{row:07}  {weight!r}\n"
        if cost or not count:
            yield f"    {name}  COST  {cost!r}\n"
        if whole:
            yield "    MARK      'MARKER'                 'INTEND'\n"
    yield "RHS\n"
    for row, (low, high) in enumerate(rows):
        yield f"    RHS  C{row:07}  {(low if np.isfinite(low) else high)!r}\n"
    yield "BOUNDS\n"
    for column, (low, high) in enumerate(
        zip(arrays.low.tolist(), arrays.high.tolist(), strict=True)
    ):
        name = column_name(column)
        yield f" LO BND  {name}  {low!r}\n" if np.isfinite(low) else f" MI BND  {name}\n"
        yield f" UP BND  {name}  {high!r}\n" if np.isfinite(high) else f" PL BND  {name}\n"
    yield "ENDATA\n"
