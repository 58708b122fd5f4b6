"""A table of an instance of a problem: its heading, and its rows as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from comparison.analysis.cells import number
from comparison.analysis.columns import columns, shown
from comparison.analysis.row import Row
from comparison.results import Results
from comparison.results.columns import Column
from comparison.results.facts import facts_of
from methods.result import Facts, Run
from problems.core.reference import Reference

#: Columns that stay where they have nothing to show.
KEPT = ("method", "value", "ended")


@dataclass(frozen=True)
class Section:
    """The rows of one instance of a problem, as text.

    Attributes
    ----------
    title : str
        The problem's label.
    lines : list of str
        The instance's title and objective, its reference, and values to compare with.
    columns : list of Column
        Those with something to show.
    cells : list of dict of str to str
        A row as text, by the names of its columns.
    unsupported : list of str
        Which methods cannot be run on the problem, and why.
    rows : list of Row
        Those of `cells`.
    """

    title: str
    lines: list[str]
    columns: list[Column]
    cells: list[dict[str, str]]
    unsupported: list[str]
    rows: list[Row]


def sections(results: Results, rows: Sequence[Row]) -> Iterator[Section]:
    """Yield a section for each problem and instance, with its heading."""
    runs: dict[tuple[str, int], Run] = {}
    for run in results:
        runs.setdefault((results.problem(run), run.instance), run)
    for (problem, instance), group in groupby(rows, key=lambda row: (row.problem, row.instance)):
        members = list(group)
        made = [row for row in members if not row.unsupported]
        table = columns("table", made)
        cells = [{column.name: shown(column, row) for column in table} for row in made]
        yield Section(
            title=problem,
            lines=_heading(results, runs[problem, instance]),
            columns=[column for column in table if _is_used(column.name, cells)],
            cells=cells,
            unsupported=[f"{row.method}: {row.unsupported}" for row in members if row.unsupported],
            rows=made,
        )


def _heading(results: Results, run: Run) -> list[str]:
    """Return the instance's title and objective, its reference, and values to compare with."""
    runs = [*results.on_instance(run), run]
    # A run that was killed has no title.
    titled = next((each for each in runs if each.title), run)
    objectives = (facts_of(each).objective for each in runs)
    objective = next((name for name in objectives if name != Facts.objective), Facts.objective)
    title = f"{titled.title}, " if titled.title else ""
    lines = [f"{title}instance {run.instance}; minimised: {objective}"]
    lines.append(reference_line(results.reference(run)))
    if titled.anchors:
        shown = (f"{name} {_anchor(value)}" for name, value in titled.anchors.items())
        lines.append(f"to compare: {' · '.join(shown)}")
    return lines


def reference_line(reference: Reference | None) -> str:
    """Return the line that states the reference, with its provenance."""
    if reference is None:
        return "reference: none"
    return f"reference: {number(reference.value)}, {reference_name(reference)} ({reference.source})"


def reference_name(reference: Reference) -> str:
    """Return the name of a reference's kind, such as “certified optimum”."""
    names = {"bound": "proven bound", "best published": "best published value"}
    return names.get(reference.kind, f"{reference.kind} optimum")


def _anchor(value: Any) -> str:
    """Return an anchor as text; one that is not a finite number may be text already.

    A list is its value and its held-out value.
    """
    if isinstance(value, list) and len(value) == 2:
        return f"{_anchor(value[0])} (held-out {_anchor(value[1])})"
    return number(value) if value is None or isinstance(value, (int, float)) else str(value)


def _is_used(name: str, cells: Sequence[dict[str, str]]) -> bool:
    """Whether a column stays; one that is empty in the whole section is left out."""
    return name in KEPT or any(line[name] not in ("", "—") for line in cells)
