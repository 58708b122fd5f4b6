"""Tidy data (Wickham 2014): a table of runs and a table of all their trace points.

Wickham, H. (2014), "Tidy data", Journal of Statistical Software 59(10): each variable is
a column, each observation a row, each kind of observation a table.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from comparison.harmless import for_csv
from comparison.results.run_columns import (
    POINT_COLUMNS,
    RUN_COLUMNS,
    Kind,
    point_columns,
    point_labels,
    rows_of,
)
from problems.naming.extra import require_extra

if TYPE_CHECKING:
    from comparison.results import Results

#: Trace points that are written at a time; a run's are never parted.
ROW_GROUP = 100_000


def write_csv(results: Results, folder: Path) -> list[str]:
    """Write ``runs.csv`` and ``traces.csv``; what does not exist is empty.

    A text that begins with one of ``= + - @``, a tab or a return gets an apostrophe before
    it: a spreadsheet would run it as a formula, and a method's message or a file's name is
    not always the reader's own. No registered name begins so, numbers are not touched, and
    Parquet has every text as it is.

    Returns
    -------
    list of str
        What was written.
    """
    with (folder / "runs.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(RUN_COLUMNS)
        for row in rows_of(results):
            table.writerow(map(for_csv, row.values()))
    points = 0
    with (folder / "traces.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(POINT_COLUMNS)
        for run, trace in results.traces():
            labels = map(for_csv, point_labels(results, run).values())
            columns = [c.tolist() for c in point_columns(results, run, trace).values()]
            table.writerows(zip(*(repeat(x, len(trace)) for x in labels), *columns, strict=True))
            points += len(trace)
    return _written("csv", len(results), points)


def write_parquet(results: Results, folder: Path) -> list[str]:
    """Write ``runs.parquet`` and ``traces.parquet``; what does not exist is null.

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

    def schema(columns: Mapping[str, Kind]) -> Any:
        types = {
            "text": pyarrow.string(),
            "integer": pyarrow.int64(),
            "number": pyarrow.float64(),
            "flag": pyarrow.bool_(),
        }
        return pyarrow.schema([(name, types[kind]) for name, kind in columns.items()])

    runs, points = schema(RUN_COLUMNS), schema(POINT_COLUMNS)
    with ParquetWriter(folder / "runs.parquet", runs, compression="zstd") as file:
        file.write_table(pyarrow.Table.from_pylist(list(rows_of(results)), runs))
    written = 0
    waiting: list[Any] = []
    with ParquetWriter(folder / "traces.parquet", points, compression="zstd") as file:
        for run, trace in results.traces():
            columns = [
                pyarrow.repeat(pyarrow.scalar(label, points.field(name).type), len(trace))
                for name, label in point_labels(results, run).items()
            ]
            for name, column in point_columns(results, run, trace).items():
                mask = np.ma.getmaskarray(column)
                columns.append(pyarrow.array(column.data, points.field(name).type, mask=mask))
            waiting.append(pyarrow.record_batch(columns, points))
            written += len(trace)
            if sum(map(len, waiting)) >= ROW_GROUP:
                file.write_table(pyarrow.Table.from_batches(waiting))
                waiting.clear()
        file.write_table(pyarrow.Table.from_batches(waiting, points))
    return _written("parquet", len(results), written)


def _written(ending: str, runs: int, points: int) -> list[str]:
    return [f"runs.{ending}: {runs:,} runs", f"traces.{ending}: {points:,} trace points"]
