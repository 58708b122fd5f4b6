"""The columns of a summary, whose rows are a contender on an instance each.

A new statistic is one entry of `COLUMNS`, and a new counter of `Ledger` is one by itself:
tables, CSV, JSON, the page and exports all show these columns. Those that runs have as well
are declared in `comparison.results.columns`. A problem's measures are columns by themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from operator import attrgetter
from typing import Any, Literal

from comparison.analysis.cells import count, number, thousandths
from comparison.analysis.row import Row
from comparison.results.columns import RUN_COLUMNS, Column, with_measures
from comparison.statistics.tolerance import tied
from problems.core.ledger import Ledger

#: The tables of text; CSV, JSON and exports; the page.
Place = Literal["table", "data", "page"]


def columns(place: Place, rows: Iterable[Row] = ()) -> list[Column]:
    """Return the columns that stand in a place, in reading order.

    Parameters
    ----------
    place : {"table", "data", "page"}
    rows : iterable of Row
        For whose measures there are columns as well.
    """
    runs = (run for row in rows for run in row.runs)
    return [column for column in with_measures(COLUMNS, runs) if getattr(column, place)]


def shown(column: Column, row: Row) -> str:
    """Return what a table shows of a row in a column."""
    if column.text is not None:
        return column.text(row)
    value = column.cell(row)
    if isinstance(value, str):
        return value
    write = thousandths if column.unit == "s" else count if column.kind == "count" else number
    return write(value)


def _interval(row: Row) -> str:
    if row.interval is None or row.interval[0] == row.interval[1]:
        return ""
    low, high = row.interval
    return f"{number(low)} … {number(high)}"


def _low(row: Row) -> float | None:
    return None if row.interval is None else row.interval[0]


def _high(row: Row) -> float | None:
    return None if row.interval is None else row.interval[1]


def _last(row: Row) -> str:
    return "" if row.last is None or tied(row.last, row.value) else number(row.last)


def _held_out(row: Row) -> str:
    return "" if tied(row.score, row.value) else number(row.score)


def _reference(row: Row) -> float | None:
    return None if row.reference is None else row.reference.value


def _bound(row: Row) -> str:
    return "" if row.bound is None else number(row.bound)


def _gap(row: Row) -> str:
    return ("≤ " if row.above_bound else "") + ("0" if row.at_reference else number(row.gap))


def _solved(row: Row) -> str:
    return "" if row.solved is None else f"{row.solved}/{row.seeds}"


def _from_curves(name: str, title: str, hint: str) -> Column:
    """Return a column that needs the traces of all runs, which only the page reads."""
    of = attrgetter(f"numbers.{name}")
    return Column(name, of, title=title, hint=hint, table=False, data=False)


END_OF_INTERVAL = "{} end of a 95 % bootstrap interval of the median"
#: Counters that a summary has no room for; the runs of an export have them.
OF_RUNS_ONLY = (
    "gradient_work", "losses", "passes", "rows", "tokens", "steps", "restarts", "samples", "nodes",
    "iterations", "invalid",
)  # fmt: skip


def _of_seeds(name: str, **changes: Any) -> Column:
    """Return a column of runs for a row that stands for several, see `Row`."""
    return replace(RUN_COLUMNS[name], **{"of": None, **changes})


def _counter(name: str) -> Column:
    """Return the column of a counter of the ledger."""
    return _of_seeds(
        name,
        of=lambda row: row.spent(name),
        kind="number" if RUN_COLUMNS[name].unit else "count",
        table=name != "wall_seconds",  # it depends on what else ran: no table compares by it
    )


#: In reading order.
COLUMNS = (
    _of_seeds("method"),
    _of_seeds("family"),
    _of_seeds("problem", table=False),
    _of_seeds("instance", table=False),
    Column("seeds", kind="integer", hint="runs that differ in their seeds only", table=False),
    _of_seeds("value"),
    Column("value_low", _low, title="low", hint=END_OF_INTERVAL.format("lower"), table=False),
    Column("value_high", _high, title="high", hint=END_OF_INTERVAL.format("upper"), table=False),
    Column("interval", title="95 % interval", text=_interval, data=False, page=False),
    _of_seeds("last", text=_last),
    _of_seeds("score", text=_held_out),
    _of_seeds("measures"),
    _of_seeds("reference", of=_reference, table=False),
    _of_seeds("reference_kind", table=False, page=False),
    _of_seeds("gap", text=_gap),
    _of_seeds("bound", text=_bound),
    _from_curves("quality", "quality", "1 is the reference, 0 a median random point"),
    _from_curves("aocc", "AOCC", "area over the curve of log regret, in work, from 0 to 1"),
    _from_curves("at_1", "at 1 %", "the value at 1 % of the work that all were given"),
    _from_curves("at_10", "at 10 %", "the value at 10 % of the work that all were given"),
    _from_curves("ert_10", "ERT 0.1", "expected work to a tenth of a random point's regret"),
    _from_curves("ert_1", "ERT 0.01", "expected work to a hundredth of a random point's regret"),
    _from_curves(
        "par10", "PAR10", "work to that; ten times the most that any spent where it was missed"
    ),
    _from_curves(
        "p_better", "P(worse)", "that a run of the instance's best is better than one of this"
    ),
    _from_curves("p_holm", "p", "of that difference, after Holm's correction"),
    *(_counter(f.name) for f in fields(Ledger) if f.name not in OF_RUNS_ONLY),
    Column("solved", kind="integer", text=_solved, hint="seeds that reached the optimum"),
    _of_seeds("ended"),
)
