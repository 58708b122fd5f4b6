"""Tidy data (Wickham 2014): a table of runs, of all their trace points, and a summary of both.

Wickham, H. (2014), "Tidy data", Journal of Statistical Software 59(10): each variable is
a column, each observation a row, each kind of observation a table.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from comparison.analysis.columns import columns
from comparison.analysis.rows import rows
from comparison.harmless import for_csv
from comparison.results.columns import RUN_COLUMNS, Column, Kind
from comparison.results.trace import KINDS, TRACE
from problems.naming.extra import require_extra

if TYPE_CHECKING:
    from comparison.results import Results

#: Rows that are written at a time; the trace points of a run are never parted.
ROW_GROUP = 100_000

#: The columns that name a trace point's run; the same for all points of a trace.
LABELS = ("key", "problem", "contender", "instance", "seed")
#: A trace point's own numbers.
NUMBERS = (TRACE.names or ())[1:]

#: The kinds of a trace point's columns, by name.
POINT_KINDS: dict[str, Kind] = {
    **{name: RUN_COLUMNS[name].stored_kind for name in LABELS},
    "kind": "text",
    **{name: "integer" if TRACE[name].kind == "i" else "number" for name in NUMBERS},
}
#: What the rows of each table are called.
NOUNS = {"runs": "runs", "traces": "trace points", "summary": "rows"}

#: Some rows of a table, column by column: a list, or an array of numbers.
Batch = list[list[Any] | NDArray]


class Table(NamedTuple):
    """A table of data: the kinds of its columns by name, and its rows."""

    kinds: Mapping[str, Kind]
    batches: Iterable[Batch]


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
    written = []
    for name, (kinds, batches) in tables(results).items():
        count = 0
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(kinds)
            for batch in batches:
                cells = (
                    c.tolist() if isinstance(c, np.ndarray) else map(for_csv, c) for c in batch
                )
                table.writerows(zip(*cells, strict=True))
                count += len(batch[0])
        written.append(f"{name}.csv: {count:,} {NOUNS[name]}")
    return written


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
    require_extra("Parquet", "parquet")
    import pyarrow
    from pyarrow.parquet import ParquetWriter

    types = {
        "text": pyarrow.string(),
        "integer": pyarrow.int64(),
        "number": pyarrow.float64(),
        "flag": pyarrow.bool_(),
    }
    written = []
    for name, (kinds, batches) in tables(results).items():
        schema = pyarrow.schema([(column, types[kind]) for column, kind in kinds.items()])
        count = 0
        waiting: list[Any] = []
        with ParquetWriter(folder / f"{name}.parquet", schema, compression="zstd") as file:
            for batch in batches:
                arrays = [
                    pyarrow.array(c, kind) for c, kind in zip(batch, schema.types, strict=True)
                ]
                waiting.append(pyarrow.record_batch(arrays, schema))
                count += len(batch[0])
                if sum(map(len, waiting)) >= ROW_GROUP:
                    file.write_table(pyarrow.Table.from_batches(waiting))
                    waiting.clear()
            file.write_table(pyarrow.Table.from_batches(waiting, schema))
        written.append(f"{name}.parquet: {count:,} {NOUNS[name]}")
    return written


def tables(results: Results) -> dict[str, Table]:
    """Return the tables of runs, of their trace points and of the summary, by name."""
    summary = rows(results)
    return {
        "runs": _table(results.columns(), [results.row(run) for run in results]),
        "traces": Table(POINT_KINDS, _traces(results)),
        "summary": _table(columns("data", summary), summary),
    }


def _table(columns: Sequence[Column], rows: Sequence[Any]) -> Table:
    batch: Batch = [[column.stored(row) for row in rows] for column in columns]
    return Table({column.name: column.stored_kind for column in columns}, [batch])


def _traces(results: Results) -> Iterator[Batch]:
    """Yield the points of each run's trace; a white-box solver's work does not exist."""
    kinds = np.array(KINDS, dtype=object)
    for run, trace in results.traces():
        row, n = results.row(run), len(trace)
        none = ("work", "gradient_work") if results.white_box(run) else ()
        yield [
            *([RUN_COLUMNS[name].stored(row)] * n for name in LABELS),
            kinds[trace["kind"]],
            *([None] * n if name in none else trace[name] for name in NUMBERS),
        ]
