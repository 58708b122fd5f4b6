"""The columns of a summary, whose rows are a contender on an instance each.

A new statistic is one entry of `COLUMNS`, and a new counter of `Ledger` is one by itself:
tables, CSV, JSON, the page and exports all show these columns.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Literal

from comparison.analysis.cells import count, number, thousandths
from comparison.analysis.row import Row
from comparison.statistics.missing import finite
from comparison.statistics.tolerance import tied
from problems.core.ledger import Ledger

Cell = float | int | str | None
Kind = Literal["text", "integer", "count", "number"]

#: The tables of text; CSV, JSON and exports; the page.
Place = Literal["table", "data", "page"]


@dataclass(frozen=True)
class Column:
    """A column of the summary, whose rows are a contender on an instance each.

    Parameters
    ----------
    name : str
        In data.
    of : callable of Row, optional
        What it holds, None where that does not exist; by default the row's attribute of
        this name.
    kind : {"number", "count", "integer", "text"}
        A count is a median of whole numbers, and so perhaps none itself.
    title : str
        The heading of the page, and without capitals of tables; by default the name.
    unit : str
        What follows the title; a count and a value have none.
    hint : str
        What the heading means, in the page.
    text : callable of Row, optional
        A cell of a table; by default as the kind is written.
    table, data, page : bool
        The places where it stands.
    """

    name: str
    of: Callable[[Row], Cell] | None = None
    kind: Kind = "number"
    title: str = ""
    unit: str = ""
    hint: str = ""
    text: Callable[[Row], str] | None = None
    table: bool = True
    data: bool = True
    page: bool = True

    @property
    def heading(self) -> str:
        """The title with its unit."""
        return f"{self.title or self.name.replace('_', ' ')} {self.unit}".strip()

    @property
    def table_heading(self) -> str:
        """The heading of a table of text, which has no capitals."""
        return self.heading.lower()

    def cell(self, row: Row) -> Cell:
        """Return what data holds; a number that is not finite does not exist."""
        value: Cell = getattr(row, self.name) if self.of is None else self.of(row)
        return finite(value) if isinstance(value, float) else value

    def shown(self, row: Row) -> str:
        """Return what a table shows."""
        if self.text is not None:
            return self.text(row)
        value = self.cell(row)
        if isinstance(value, str):
            return value
        write = thousandths if self.unit == "s" else count if self.kind == "count" else number
        return write(value)


def columns(place: Place) -> list[Column]:
    """Return the columns that stand in a place, in reading order."""
    return [column for column in COLUMNS if getattr(column, place)]


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


HELD_OUT = "the same solution on data that no method sees"
END_OF_INTERVAL = "{} end of a 95 % bootstrap interval of the median"
#: The hints of the ledger's counters; one that is not here has none.
COUNTED = {
    "work": "1 is one evaluation on all the data",
    "values": "evaluations of the objective",
    "gradients": "evaluations of a relaxation's gradient",
    "cpu_seconds": "user + system",
}
#: Titles and units that are not the counter's name.
CLOCKS = {"cpu_seconds": ("CPU", "s"), "wall_seconds": ("wall", "s")}
#: Counters that a summary has no room for; the runs of an export have them.
OF_RUNS_ONLY = (
    "gradient_work", "losses", "passes", "rows", "tokens", "steps", "restarts", "samples", "nodes",
    "iterations", "invalid",
)  # fmt: skip


def _counter(name: str) -> Column:
    """Return the column of a counter of the ledger."""
    title, unit = CLOCKS.get(name, ("", ""))
    return Column(
        name,
        lambda row: row.spent(name),
        kind="number" if unit else "count",
        title=title,
        unit=unit,
        hint=COUNTED.get(name, ""),
        table=name != "wall_seconds",  # it depends on what else ran: no table compares by it
    )


#: In reading order.
COLUMNS = (
    Column("method", kind="text"),
    Column("family", kind="text"),
    Column("problem", kind="text", table=False),
    Column("instance", kind="integer", table=False),
    Column("seeds", kind="integer", hint="runs that differ in their seeds only", table=False),
    Column("value", hint="the best exact evaluation that a run paid for"),
    Column("value_low", _low, title="low", hint=END_OF_INTERVAL.format("lower"), table=False),
    Column("value_high", _high, title="high", hint=END_OF_INTERVAL.format("upper"), table=False),
    Column("interval", title="95 % interval", text=_interval, data=False, page=False),
    Column("last", text=_last, hint="the final iterate of a gradient method"),
    Column("score", title="held-out", text=_held_out, hint=HELD_OUT),
    Column("reference", _reference, hint="the best value or bound that is known", table=False),
    Column("reference_kind", kind="text", table=False, page=False),
    Column("gap", text=_gap, hint="value − reference"),
    Column("bound", text=_bound, hint="the best lower bound that a run proved"),
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
    Column("ended", kind="text", hint="how the runs ended"),
)
