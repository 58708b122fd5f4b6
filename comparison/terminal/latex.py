"""The tables for a paper: LaTeX with booktabs."""

from __future__ import annotations

from collections.abc import Sequence

from comparison.analysis.row import Row
from comparison.analysis.sections import Section, sections
from comparison.harmless import for_latex, for_terminal
from comparison.results import Results

#: What a section's table is preceded by.
PREAMBLE = r"% \usepackage{booktabs}"

#: Columns that a page of paper has no room for; the format csv has them.
LEFT_OUT = ("family", "values", "gradients", "ended")

#: Marks a value that attains a proven optimum.
STAR = r"$^{\star}$"


def as_latex(results: Results, rows: Sequence[Row], notes: Sequence[str] = ()) -> str:
    """Return a booktabs table for each instance of a problem, the best median in bold.

    Parameters
    ----------
    results : Results
    rows : sequence of Row
        Those of `results`.
    notes : sequence of str
        Conventions, put into comments.
    """
    parts = [PREAMBLE, *(f"% {for_terminal(note)}" for note in notes)]
    tables = (_table(section) for section in sections(results, rows) if section.cells)
    return "\n\n".join(["\n".join(parts), *tables])


def _table(section: Section) -> str:
    columns = [column for column in section.columns if column.name not in LEFT_OUT]
    best = min((row.value for row in section.rows if row.value is not None), default=None)
    sides = "".join("l" if column.kind == "text" else "r" for column in columns)
    lines = [
        r"\begin{table}",
        r"\centering",
        rf"\caption{{{for_latex(section.title)}: {for_latex('; '.join(section.lines))}.}}",
        rf"\begin{{tabular}}{{{sides}}}",
        r"\toprule",
        " & ".join(for_latex(column.table_heading) for column in columns) + r" \\",
        r"\midrule",
    ]
    for row, cells in zip(section.rows, section.cells, strict=True):
        shown = {column.name: for_latex(cells[column.name]) for column in columns}
        if row.value is not None and row.value == best:
            shown["value"] = rf"\textbf{{{shown['value']}}}"
        if row.at_optimum:
            shown["value"] += STAR
        lines.append(" & ".join(shown.values()) + r" \\")
    lines += [r"\bottomrule", r"\end{tabular}"]
    if any(row.at_optimum for row in section.rows):
        lines.append(rf"\par\smallskip{{\footnotesize {STAR} attains the proven optimum.}}")
    return "\n".join([*lines, r"\end{table}"])
