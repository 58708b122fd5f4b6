"""Tidy data (Wickham 2014): a table of runs, of all their trace points, and a summary of both.

Wickham, H. (2014), "Tidy data", Journal of Statistical Software 59(10): each variable is
a column, each observation a row, each kind of observation a table.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from comparison.analysis.columns import columns
from comparison.analysis.row import Row
from comparison.analysis.rows import rows as summary_rows
from comparison.harmless import for_csv
from comparison.results.run_columns import (
    POINT_KINDS,
    RUN_KINDS,
    Kind,
    clean,
    point_columns,
    point_labels,
    rows_of,
)
from problems.naming.extra import require_extra

if TYPE_CHECKING:
    from comparison.results import Results

#: Trace points that are written at a time; a run's are never parted.
ROW_GROUP = 100_000

#: The kinds of the columns of a summary; the median of counts may be none itself.
SUMMARY_KINDS: dict[str, Kind] = {
    column.name: "number" if column.kind == "count" else column.kind for column in columns("data")
}


def write_csv(results: Results, folder: Path) -> list[str]:
    """Write ``runs.csv``, ``traces.csv`` and ``summary.csv``; what does not exist is empty.

    A text that begins with one of ``= + - @``, a tab or a return gets an apostrophe before
    it: a spreadsheet would run it as a formula, and a method's message or a file's name is
    not always the reader's own. No registered name begins so, numbers are not touched, and
    Parquet has every text as it is.

    Returns
    -------
    list of str
        What was written.
    """

    counts = {"runs": 0, "summary": 0}
    for name, (kinds, lines) in _tables(results).items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(kinds)
            for row in lines:
                table.writerow(map(for_csv, row.values()))
                counts[name] += 1
    points = 0
    with (folder / "traces.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(POINT_KINDS)
        for run, trace in results.traces():
            labels = map(for_csv, point_labels(results, run).values())
            own = [c.tolist() for c in point_columns(results, run, trace).values()]
            table.writerows(zip(*(repeat(x, len(trace)) for x in labels), *own, strict=True))
            points += len(trace)
    return _written("csv", counts, points)


def write_parquet(results: Results, folder: Path) -> list[str]:
    """Write ``runs``, ``traces`` and ``summary.parquet``; what does not exist is null.

    Returns
    -------
    list of str
        What was written.

    Raises
    ------
    MissingExtra
        Where pyarrow is not installed.
    """
    require_extra("Parquet", "parquet", module="pyarrow")
    import pyarrow
    from pyarrow.parquet import ParquetWriter

    def schema(kinds: Mapping[str, Kind]) -> Any:
        types = {
            "text": pyarrow.string(),
            "integer": pyarrow.int64(),
            "number": pyarrow.float64(),
            "flag": pyarrow.bool_(),
        }
        return pyarrow.schema([(name, types[kind]) for name, kind in kinds.items()])

    counts = {}
    for name, (kinds, lines) in _tables(results).items():
        rows = list(lines)
        counts[name] = len(rows)
        with ParquetWriter(folder / f"{name}.parquet", schema(kinds), compression="zstd") as file:
            file.write_table(pyarrow.Table.from_pylist(rows, schema(kinds)))
    points = schema(POINT_KINDS)
    written = 0
    waiting: list[Any] = []
    with ParquetWriter(folder / "traces.parquet", points, compression="zstd") as file:
        for run, trace in results.traces():
            arrays = [
                pyarrow.repeat(pyarrow.scalar(label, points.field(name).type), len(trace))
                for name, label in point_labels(results, run).items()
            ]
            for name, column in point_columns(results, run, trace).items():
                mask = np.ma.getmaskarray(column)
                arrays.append(pyarrow.array(column.data, points.field(name).type, mask=mask))
            waiting.append(pyarrow.record_batch(arrays, points))
            written += len(trace)
            if sum(map(len, waiting)) >= ROW_GROUP:
                file.write_table(pyarrow.Table.from_batches(waiting))
                waiting.clear()
        file.write_table(pyarrow.Table.from_batches(waiting, points))
    return _written("parquet", counts, written)


def _tables(results: Results) -> dict[str, tuple[dict[str, Kind], Iterator[dict[str, Any]]]]:
    """Return the columns and the rows of each table but that of trace points."""
    return {
        "runs": (RUN_KINDS, rows_of(results)),
        "summary": (SUMMARY_KINDS, map(_summary_row, summary_rows(results))),
    }


def _summary_row(row: Row) -> dict[str, Any]:
    """Return a row of the summary, by the names of `SUMMARY_KINDS`."""
    return {
        column.name: clean(column.cell(row), SUMMARY_KINDS[column.name])
        for column in columns("data")
    }


def _written(ending: str, counts: Mapping[str, int], points: int) -> list[str]:
    return [
        f"runs.{ending}: {counts['runs']:,} runs",
        f"traces.{ending}: {points:,} trace points",
        f"summary.{ending}: {counts['summary']:,} rows",
    ]
