"""What a column of data is, and the columns of runs: one row a run.

A summary of runs has the same columns, see `comparison.analysis.columns`, so that what a
column is called and what it means is said here once.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from itertools import islice
from operator import attrgetter
from typing import Any, Literal

from comparison.results.facts import facts_of
from methods.result import Run
from problems.core.ledger import Ledger
from problems.core.reference import Reference

Cell = float | int | str | None
Kind = Literal["text", "integer", "count", "number", "flag"]

#: The most measures that one table has columns for: a file may have been written by anybody.
MOST_MEASURES = 200


@dataclass(frozen=True)
class Column:
    """A column of a table of runs, or of a summary of them.

    Parameters
    ----------
    name : str
        In data.
    of : callable, optional
        What it holds, given a row, None where that does not exist; by default the row's
        attribute of this name.
    kind : {"number", "count", "integer", "text", "flag"}
        A count is a median of whole numbers, and so perhaps none itself.
    title : str
        The heading of the page, and without capitals of tables; by default the name.
    unit : str
        What follows the title; a count and a value have none.
    hint : str
        What the heading means, in the page.
    text : callable, optional
        A cell of a table, given a row; by default as the kind is written.
    table, data, page : bool
        The places of a summary where it stands.
    """

    name: str
    of: Callable[[Any], Cell] | None = None
    kind: Kind = "number"
    title: str = ""
    unit: str = ""
    hint: str = ""
    text: Callable[[Any], str] | None = None
    table: bool = True
    data: bool = True
    page: bool = True

    @property
    def heading(self) -> str:
        """The title with its unit."""
        return f"{self.title or self.name.replace('_', ' ')} {self.unit}".strip()

    @property
    def declared(self) -> str:
        """The name that it has in the list of columns; that of every measure is `measures`."""
        return self.name.partition(".")[0]

    @property
    def table_heading(self) -> str:
        """The heading of a table of text, which has no capitals."""
        return self.heading.lower()

    @property
    def stored_kind(self) -> Kind:
        """The kind of what a file holds."""
        return "number" if self.kind == "count" else self.kind

    def cell(self, row: Any) -> Cell:
        """Return what data holds; a number that is not finite does not exist."""
        value: Cell = getattr(row, self.name) if self.of is None else self.of(row)
        return None if isinstance(value, float) and not math.isfinite(value) else value

    def stored(self, row: Any) -> Cell:
        """Return what a file of `stored_kind` can hold: text of valid Unicode, and not empty."""
        value = self.cell(row)
        if value is None or value == "":
            return None
        if self.kind == "text":  # a message may have halves of surrogate pairs, from a file's name
            return str(value).encode("utf-8", "backslashreplace").decode()
        return {"flag": bool, "integer": int}.get(self.kind, float)(value)


@dataclass(frozen=True)
class RunRow:
    """A run as a row of data, with what its results file says of it.

    Attributes
    ----------
    run : Run
        Without what other runs on its instance refute.
    problem, contender : str
        Their labels, see `comparison.results.Results`.
    reference : Reference or None
    random_value : float or None
    """

    run: Run
    problem: str
    contender: str
    reference: Reference | None
    random_value: float | None

    def measure(self, name: str) -> float | None:
        """Return a measure of its problem, None where it does not exist."""
        return self.run.measures.get(name)


def _of_run(name: str, kind: Kind = "number", title: str = "", hint: str = "") -> Column:
    """Return the column of a run's attribute of this name."""
    return Column(name, attrgetter(f"run.{name}"), kind, title, hint=hint)


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(data, default=str, ensure_ascii=False)


def _of_machine(name: str, kind: Kind = "text") -> Column:
    """Return the column of an entry of a run's provenance, all of which are texts."""

    def entry(row: RunRow) -> str | int | None:
        text = row.run.provenance.get(name, "")
        return text if kind == "text" else int(text) if text.isdecimal() else None

    return Column(name, entry, kind)


def _gap(row: RunRow) -> float | None:
    if row.reference is None or row.run.value is None:
        return None
    return row.run.value - row.reference.value


#: The hints of the ledger's counters; one that is not here has none.
COUNTED = {
    "work": "1 is one evaluation on all the data",
    "values": "evaluations of the objective",
    "gradients": "evaluations of a relaxation's gradient",
    "cpu_seconds": "user + system",
}
#: Titles and units that are not the counter's name.
CLOCKS = {"cpu_seconds": ("CPU", "s"), "wall_seconds": ("wall", "s")}


def _counter(name: str, kind: Kind) -> Column:
    """Return the column of a counter; a white-box solver's work does not exist, and is not 0."""

    def spent(row: RunRow) -> float | None:
        if name in ("work", "gradient_work") and facts_of(row.run).white_box:
            return None
        count: float = getattr(row.run.ledger, name)
        return count

    title, unit = CLOCKS.get(name, ("", ""))
    return Column(name, spent, kind, title, unit, COUNTED.get(name, ""))


_COLUMNS = (
    _of_run("key", "text"),
    Column("problem", kind="text"),
    Column("contender", kind="text"),
    Column("problem_name", attrgetter("run.problem"), "text"),
    _of_run("method", "text"),
    Column("family", lambda row: facts_of(row.run).family, "text"),
    Column("white_box", lambda row: facts_of(row.run).white_box, "flag"),
    _of_run("instance", "integer"),
    _of_run("seed", "integer"),
    Column("method_options", lambda row: _json(row.run.method_options), "text"),
    Column("problem_options", lambda row: _json(row.run.problem_options), "text"),
    _of_run("title", "text"),
    Column("dimension", lambda row: row.run.dimension or None, "integer"),
    Column("budget_work", attrgetter("run.budget.work")),
    Column("budget_seconds", attrgetter("run.budget.seconds")),
    Column("budget_target", attrgetter("run.budget.target")),
    _of_run("value", hint="the best exact evaluation that a run paid for"),
    _of_run("last", hint="the final iterate of a gradient method"),
    _of_run("score", title="held-out", hint="the same solution on data that no method sees"),
    Column("measures", hint="what its problem measures of the same solution, beside the value"),
    _of_run("bound", hint="the best lower bound that a run proved"),
    Column(
        "reference",
        lambda row: row.reference and row.reference.value,
        hint="the best value or bound that is known",
    ),
    Column("reference_kind", lambda row: row.reference and row.reference.kind, "text"),
    Column("reference_source", lambda row: row.reference and row.reference.source, "text"),
    Column("gap", _gap, hint="value − reference"),
    Column("random_value"),
    _of_run("surrogate"),
    *(_counter(f.name, "integer" if f.type == "int" else "number") for f in fields(Ledger)),
    _of_run("ended", "text", hint="how the runs ended"),
    _of_run("message", "text"),
    _of_run("description", "text"),
    _of_run("memory", "integer"),
    _of_run("fingerprint", "text"),
    Column("versions", lambda row: _json(row.run.versions), "text"),
    _of_machine("cpu"),
    _of_machine("cores", "integer"),
    _of_machine("system"),
    _of_machine("commit"),
    _of_machine("jobs", "integer"),
    _of_machine("method_file"),
    _of_machine("problem_file"),
)

#: The columns of runs by name, in reading order, of rows that are `RunRow`. That of measures
#: stands for those of the runs at hand, see `with_measures`.
RUN_COLUMNS: dict[str, Column] = {column.name: column for column in _COLUMNS}


def with_measures(columns: Iterable[Column], runs: Iterable[Run]) -> list[Column]:
    """Return columns with one for each measure that the runs have in the place of `measures`.

    It is called ``measures.`` and the measure's name, so that it is called as no other column.

    Parameters
    ----------
    columns : iterable of Column
        Of rows that are a `RunRow` or stand for several runs: their `measure` is asked.
    runs : iterable of Run
    """
    names = [*islice(dict.fromkeys(name for run in runs for name in run.measures), MOST_MEASURES)]
    expanded: list[Column] = []
    for column in columns:
        own = [_measure(column, name) for name in names] if column.name == "measures" else [column]
        expanded += own
    return expanded


def _measure(measures: Column, name: str) -> Column:
    """Return the column of one measure."""
    data = f"{measures.name}.{name}"
    return replace(measures, name=data, title=name, of=lambda row: row.measure(name))
