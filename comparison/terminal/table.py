"""The table a person reads, and the same rows as markdown, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from itertools import groupby
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from comparison.analysis.axis import GradientPrice
from comparison.analysis.rows import Row
from comparison.harmless import for_csv, for_markdown, for_terminal
from comparison.output import printable
from comparison.results.references import best_reference
from comparison.running.comparison import Comparison
from methods.result import SOUND
from problems.core.ledger import GRADIENT_PRICE
from problems.core.reference import Reference

#: Columns in reading order; in a narrow terminal the least important go first.
COLUMNS = (
    "method", "family", "value", "95 % interval", "last", "held-out", "gap", "bound",
    "work", "values", "gradients", "cpu s", "solved", "ended",
)  # fmt: skip
DROPPED_FIRST = ("family", "values", "gradients", "95 % interval", "solved", "last", "bound")


#: Runs that ended so may have a value without anyone having scored its solution.
CUT = ("killed", "timeout", "error")


@dataclass(frozen=True)
class Section:
    """The rows of one instance of a problem, as text; `rows` are those of `cells`."""

    title: str
    lines: list[str]
    cells: list[dict[str, str]]
    unsupported: list[str]
    rows: list[Row] = field(default_factory=list)


def sections(comparison: Comparison, rows: Sequence[Row]) -> Iterator[Section]:
    """Yield a section for each problem and instance, with its heading."""
    for (problem, instance), group in groupby(rows, key=lambda row: (row.problem, row.instance)):
        members = list(group)
        found = next(f for (_, name), f in comparison.cells.items() if name == problem)
        known = comparison.known.get((problem, instance), [])
        # Preflight saw instance 0 only; a run knows its own.
        title, anchors = next(
            ((run.title, run.anchors) for run in known if run.title), (found.title, found.anchors)
        )
        lines = [f"{title}, instance {instance}; minimised: {found.objective}"]
        lines.append(reference_line(best_reference(known)))
        if anchors:
            shown = (f"{name} {_anchor(value)}" for name, value in anchors.items())
            lines.append(f"to compare: {' · '.join(shown)}")
        ran = [row for row in members if not row.ended.startswith("unsupported")]
        refused = [row for row in members if row not in ran]
        yield Section(
            title=problem,
            lines=lines,
            cells=[cells_of(row) for row in ran],
            unsupported=[f"{row.method}: {row.ended.partition(': ')[2]}" for row in refused],
            rows=ran,
        )


def reference_line(reference: Reference | None) -> str:
    """Return what the rows are held against, with its provenance."""
    if reference is None:
        return "reference: none"
    return f"reference: {number(reference.value)}, {reference_name(reference)} ({reference.source})"


def reference_name(reference: Reference) -> str:
    """Return what kind of a value a reference is, as in “certified optimum”."""
    names = {"bound": "proven bound", "best published": "best published value"}
    return names.get(reference.kind, f"{reference.kind} optimum")


def cells_of(row: Row) -> dict[str, str]:
    """Return a row as text, by `COLUMNS`."""
    interval = ""
    if row.value_low is not None and row.value_high is not None and row.value_low < row.value_high:
        interval = f"{number(row.value_low)} … {number(row.value_high)}"
    differs = row.last is not None and not _same(row.last, row.value)
    return {
        "method": row.method,
        "family": row.family,
        "value": number(row.value),
        "95 % interval": interval,
        "last": number(row.last) if differs else "",
        "held-out": "" if _same(row.score, row.value) else number(row.score),
        "gap": ("≤ " if _bound_only(row) else "") + _gap(row.gap),
        "bound": number(row.bound) if row.bound is not None else "",
        "work": _count(row.work),
        "values": _count(row.values),
        "gradients": _count(row.gradients),
        "cpu s": "—" if row.cpu_seconds is None else f"{row.cpu_seconds:.3f}",
        "solved": "" if row.solved is None else f"{row.solved}/{row.seeds}",
        "ended": row.ended,
    }


def _bound_only(row: Row) -> bool:
    """Whether the gap is to a proven bound that may be out of reach."""
    return row.reference_kind == "bound" and row.gap is not None and row.gap > 1e-9


def _cut(row: Row) -> bool:
    """Whether some run has a value and, as it did not live to its end, no score."""
    return row.score is None and any(ended in row.ended for ended in CUT)


def _same(a: float | None, b: float | None) -> bool:
    """Whether two numbers differ by rounding at most."""
    if a is None or b is None:
        return a is b
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)


def _anchor(value: Any) -> str:
    """Show an anchor; an infinite one, and what is no number, are kept as text."""
    return number(value) if value is None or isinstance(value, (int, float)) else str(value)


def number(value: float | None) -> str:
    """Four decimals for a share, fewer for large numbers, powers of ten for tiny ones."""
    if value is None:
        return "—"
    value += 0.0  # -0.0 is 0
    size = abs(value)
    if size >= 10 and value == round(value):
        return f"{value:,.0f}"
    if size >= 1000:
        return f"{value:,.1f}"
    if size >= 10:
        return f"{value:.3f}"
    return f"{value:.1e}" if 0 < size < 5e-5 else f"{value:.4f}"


def _gap(gap: float | None) -> str:
    return "0" if gap is not None and abs(gap) < 1e-9 else number(gap)


def _count(number: float | None) -> str:
    return "—" if number is None else f"{number:,.0f}"


def footnotes(
    rows: Sequence[Row], *, jobs: int = 1, gradient_price: GradientPrice = GRADIENT_PRICE
) -> list[str]:
    """Return the conventions that a reader could dispute, as far as the rows use them."""
    notes = ["value: best exact look a run paid for; median over seeds, with a bootstrap interval."]
    scored = [row for row in rows if row.value is not None and not _cut(row)]
    if any(not _same(row.score, row.value) for row in scored):
        notes.append("held-out: the same solution on data that no method sees.")
    told = "as many as it has entries" if gradient_price == "dimension" else f"{gradient_price:g}"
    notes.append(
        f"work: 1 is one look at all the data, a gradient is {told}. "
        "cpu s: user + system, the axis that all families share."
    )
    if gradient_price != GRADIENT_PRICE:
        notes.append(
            f"The runs were made, and their budget spent, at {GRADIENT_PRICE:g} a gradient."
        )
    if any(row.last is not None and row.last != row.value for row in rows):
        notes.append("last: the final iterate of a gradient method, which does not see the value.")
    if any(row.work is None and row.value is not None for row in rows):
        notes.append("— under work: given the model, a solver does not look; it obeys seconds.")
    if any(row.value is None and row.values and row.ended in SOUND for row in rows):
        notes.append("— under value: no look met the constraints.")
    if any(row.score is None for row in scored):
        notes.append(
            "— under held-out: infinite; the solution gives something in the held-out text "
            "probability zero (counting: try --option counting.smoothing=1)."
        )
    if any(_bound_only(row) for row in rows):
        notes.append("gap ≤: the reference is a proven bound that may be out of reach.")
    if any(row.solved is not None for row in rows):
        notes.append("solved: seeds that reached the target (without --target, the optimum).")
    if jobs > 1:
        notes.append(f"timed with up to {jobs} runs at a time: cpu s may be high.")
    return notes


# ------------------------------------------------------------------ formats


def as_json(rows: Sequence[Row]) -> str:
    """Return a list of objects, one a row."""
    return json.dumps([asdict(row) for row in rows], indent=1, allow_nan=False)


def as_csv(rows: Sequence[Row]) -> str:
    """Return comma-separated values with a header; what does not exist is empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [f.name for f in fields(Row)], lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: for_csv(cell) for name, cell in asdict(row).items()})
    return text.getvalue().rstrip("\n")


def as_markdown(comparison: Comparison, rows: Sequence[Row], notes: Sequence[str]) -> str:
    """Return a section with a pipe table for each problem."""
    parts = []
    for section in sections(comparison, rows):
        columns = used_columns(section)
        parts.append(f"### {for_markdown(section.title)}\n")
        parts.extend(f"{for_markdown(line)}  " for line in section.lines)
        parts.append("\n| " + " | ".join(columns) + " |")
        parts.append("|" + "|".join("---" if c in LEFT else "---:" for c in columns) + "|")
        for cells in section.cells:
            parts.append("| " + " | ".join(for_markdown(cells[c]) for c in columns) + " |")
        refused = (f"- unsupported: {for_markdown(line)}" for line in section.unsupported)
        parts.extend(["", *refused, ""])
    parts.extend(f"- {for_markdown(note)}" for note in notes)
    return "\n".join(parts)


LEFT = ("method", "family", "ended")
KEPT = ("method", "value", "ended")


def used_columns(section: Section) -> list[str]:
    """Leave out the columns that are empty in the whole section."""
    return [
        c for c in COLUMNS if c in KEPT or any(cells[c] not in ("", "—") for cells in section.cells)
    ]


def print_table(
    console: Console, comparison: Comparison, rows: Sequence[Row], notes: Sequence[str]
) -> None:
    """Print a table for each problem, as wide as the console allows."""
    hidden: dict[str, None] = {}
    for section in map(_printable, sections(comparison, rows)):
        columns = used_columns(section)
        section = _encodable(section, console.encoding)
        for column in DROPPED_FIRST:
            if _width(section, columns) <= console.width:
                break
            if column in columns:
                columns.remove(column)
                hidden[column] = None
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


def _encodable(section: Section, encoding: str) -> Section:
    """Return a section whose cells the output can show, so that they are aligned as shown."""
    rows = section.cells
    cells = [{name: printable(cell, encoding) for name, cell in row.items()} for row in rows]
    return replace(section, cells=cells)


def _printable(section: Section) -> Section:
    """Return a section whose texts do nothing to a terminal."""
    return replace(
        section,
        title=for_terminal(section.title),
        lines=[for_terminal(line) for line in section.lines],
        cells=[{name: for_terminal(cell) for name, cell in row.items()} for row in section.cells],
        unsupported=[for_terminal(line) for line in section.unsupported],
    )


def _width(section: Section, columns: Sequence[str]) -> int:
    """How many characters a table of these columns takes, two between columns."""
    return sum(2 + max([len(c), *(len(cells[c]) for cells in section.cells)]) for c in columns) - 1


def _rich_table(section: Section, columns: Sequence[str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    for column in columns:
        table.add_column(column, justify="left" if column in LEFT else "right", no_wrap=True)
    for cells in section.cells:
        table.add_row(*(Text(cells[column]) for column in columns))
    return table
