"""The tables for a paper: LaTeX with booktabs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from comparison.analysis.rows import Row
from comparison.harmless import for_latex, for_terminal
from comparison.results import Results
from comparison.terminal.table import LEFT, Section, cells_of, reference_line, used_columns

#: What a section's table is preceded by.
PREAMBLE = r"% \usepackage{booktabs}"

#: Columns that a page of paper has no room for; the format csv has them.
LEFT_OUT = ("family", "values", "gradients", "ended")

#: Marks a value that attains a proven optimum.
STAR = r"$^{\star}$"


def as_latex(sections: Iterable[Section], notes: Sequence[str] = ()) -> str:
    """Return a booktabs table for each section, the best median in bold.

    Parameters
    ----------
    sections : iterable of Section
    notes : sequence of str
        Conventions, put into comments.
    """
    parts = [PREAMBLE, *(f"% {for_terminal(note)}" for note in notes)]
    return "\n\n".join(["\n".join(parts), *(_table(section) for section in sections)])


def sections_of(results: Results, rows: Sequence[Row]) -> list[Section]:
    """Return the sections of a results file, one an instance of a problem."""
    by_place: dict[tuple[str, int], list[Row]] = {}
    for row in rows:
        if not row.ended.startswith("unsupported"):
            by_place.setdefault((row.problem, row.instance), []).append(row)
    # One that was killed could not tell the instance's title.
    titled_last = sorted(results.runs, key=lambda run: bool(run.title))
    known = {(results.problem(run), run.instance): run for run in titled_last}
    found = []
    for (problem, instance), members in by_place.items():
        run = known[problem, instance]
        lines = [f"{run.title}, instance {instance}", reference_line(results.reference(run))]
        cells = [cells_of(row) for row in members]
        found.append(Section(problem, lines, cells, [], members))
    return found


def _table(section: Section) -> str:
    columns = [column for column in used_columns(section) if column not in LEFT_OUT]
    best = min((row.value for row in section.rows if row.value is not None), default=None)
    lines = [
        r"\begin{table}",
        r"\centering",
        rf"\caption{{{for_latex(section.title)}: {for_latex('; '.join(section.lines))}.}}",
        rf"\begin{{tabular}}{{{''.join('l' if column in LEFT else 'r' for column in columns)}}}",
        r"\toprule",
        " & ".join(for_latex(column) for column in columns) + r" \\",
        r"\midrule",
    ]
    for row, cells in zip(section.rows, section.cells, strict=True):
        shown = {column: for_latex(cells[column]) for column in columns}
        if row.value is not None and row.value == best:
            shown["value"] = rf"\textbf{{{shown['value']}}}"
        if attains(row):
            shown["value"] += STAR
        lines.append(" & ".join(shown.values()) + r" \\")
    lines += [r"\bottomrule", r"\end{tabular}"]
    if any(attains(row) for row in section.rows):
        lines.append(rf"\par\smallskip{{\footnotesize {STAR} attains the proven optimum.}}")
    return "\n".join([*lines, r"\end{table}"])


def attains(row: Row) -> bool:
    """Whether a row's median is a proven optimum."""
    proven = row.reference_kind in ("closed form", "dynamic programme", "certified")
    if not proven or row.gap is None or row.reference is None:
        return False
    return row.gap <= 1e-9 * max(1.0, abs(row.reference))
