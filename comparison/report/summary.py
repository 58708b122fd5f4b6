"""The page's table: a row a contender, problem and instance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypedDict

from comparison.analysis.columns import columns
from comparison.analysis.curves import Evidence
from comparison.analysis.instance_numbers import with_numbers
from comparison.analysis.row import Row
from comparison.results.columns import Cell


class Heading(TypedDict):
    """A column as the page's script reads it; `number` columns stand to the right."""

    name: str
    title: str
    hint: str
    number: bool


COLUMNS: list[Heading] = [
    {
        "name": column.name,
        "title": column.heading,
        "hint": column.hint,
        "number": column.kind != "text",
    }
    for column in columns("page")
]


def summary(
    rows: Sequence[Row], evidence: Evidence, names: Mapping[tuple[str, int], str]
) -> list[dict[str, Cell]]:
    """Return the rows of the page's table, by the names of `COLUMNS`.

    Parameters
    ----------
    rows : sequence of Row
    evidence : Evidence
        Of the results that the rows are of.
    names : mapping of (problem, instance) to str
        What the page calls each instance.
    """
    return [
        {column.name: column.cell(row) for column in columns("page")}
        for row in (
            replace(row, problem=names[row.problem, row.instance])
            for row in with_numbers(rows, evidence)
        )
    ]
