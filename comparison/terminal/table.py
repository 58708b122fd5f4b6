"""The table that a person reads in a terminal, as wide as that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rich import box
from rich.console import Console, JustifyMethod
from rich.table import Table
from rich.text import Text

from comparison.analysis.row import Row
from comparison.analysis.sections import Section, sections
from comparison.harmless import for_terminal
from comparison.output import printable
from comparison.results import Results
from comparison.results.columns import Column

#: In a narrow terminal these columns stay, those of neither tuple go first, and then these.
KEPT = ("method", "value", "score", "gap", "work", "cpu_seconds", "ended")
DROPPED = ("family", "values", "gradients", "interval", "solved", "last", "bound", "measures")


def print_table(
    console: Console, results: Results, rows: Sequence[Row], notes: Sequence[str]
) -> None:
    """Print a table for each problem, as wide as the console allows.

    Parameters
    ----------
    console : Console
    results : Results
    rows : sequence of Row
        Those of `results`.
    notes : sequence of str
        Sentences below the tables.
    """
    hidden: dict[str, None] = {}
    for section in sections(results, rows):
        section = _printable(section, console.encoding)
        columns = list(section.columns)
        for column in _least_first(columns):
            if _width(section, columns) <= console.width:
                break
            columns.remove(column)
            hidden[column.table_heading] = None
        console.rule(Text(section.title, style="bold"), align="left")
        for line in section.lines:
            console.print(line, markup=False)
        console.print(_rich_table(section, columns))
        for line in section.unsupported:
            console.print(f"unsupported: {line}", markup=False, style="dim")
        console.print()
    for note in notes:
        console.print(for_terminal(note), markup=False, style="dim")
    if hidden:
        wider = f"no room for {', '.join(hidden)}: a wider terminal or --format csv has them"
        console.print(wider, markup=False, style="dim")


def _least_first(columns: Sequence[Column]) -> list[Column]:
    """Return the columns that a narrow terminal can do without, the least important first."""
    places = {name: place for place, name in enumerate(DROPPED)}
    # Of a problem's measures the one that it names last goes first.
    droppable = [column for column in reversed(columns) if column.declared not in KEPT]
    return sorted(droppable, key=lambda column: places.get(column.declared, -1))


def _printable(section: Section, encoding: str) -> Section:
    """Return a section without commands of a terminal in its texts.

    Its cells and headings are without characters that the output lacks, so that columns align.
    """

    def aligned(text: str) -> str:
        return printable(for_terminal(text), encoding)

    def shown(cells: dict[str, str]) -> dict[str, str]:
        return {name: aligned(cell) for name, cell in cells.items()}

    return replace(
        section,
        title=for_terminal(section.title),
        lines=list(map(for_terminal, section.lines)),
        columns=[replace(column, title=aligned(column.title)) for column in section.columns],
        cells=list(map(shown, section.cells)),
        unsupported=list(map(for_terminal, section.unsupported)),
    )


def _width(section: Section, columns: Sequence[Column]) -> int:
    """How many characters a table of these columns takes, two between columns."""
    widths = (
        max([len(column.table_heading), *(len(cells[column.name]) for cells in section.cells)])
        for column in columns
    )
    return sum(2 + width for width in widths) - 1


def _rich_table(section: Section, columns: Sequence[Column]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    for column in columns:
        justify: JustifyMethod = "left" if column.kind == "text" else "right"
        table.add_column(Text(column.table_heading), justify=justify, no_wrap=True)
    for cells in section.cells:
        table.add_row(*(Text(cells[column.name]) for column in columns))
    return table
