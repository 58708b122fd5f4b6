"""The table of runs as text of any format: of a comparison, or of a results file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

from comparison.analysis.axis import GradientPrice
from comparison.analysis.columns import columns
from comparison.analysis.row import Row
from comparison.harmless import for_csv
from comparison.results import Results
from comparison.terminal.latex import as_latex
from comparison.terminal.markdown import as_markdown
from problems.core.ledger import GRADIENT_PRICE


def formatted(
    kind: str,
    results: Results,
    rows: Sequence[Row],
    notes: Sequence[str] = (),
    gradient_price: GradientPrice = GRADIENT_PRICE,
) -> str:
    """Return runs as text.

    Parameters
    ----------
    kind : {"markdown", "csv", "json", "latex"}
    results : Results
    rows : sequence of Row
        Those of `results`.
    notes : sequence of str
        What is said beside them where the format has a place for it.
    gradient_price : float or "dimension"
    """
    if kind == "csv":
        return as_csv(rows)
    if kind == "json":
        return as_json(rows)
    if kind == "latex":
        return as_latex(results, rows, notes)
    return as_markdown(results, rows, notes, gradient_price)


def as_json(rows: Sequence[Row]) -> str:
    """Return a list of objects, one a row."""
    data = columns("data", rows)
    objects = [{column.name: column.cell(row) for column in data} for row in rows]
    return json.dumps(objects, indent=1, allow_nan=False)


def as_csv(rows: Sequence[Row]) -> str:
    """Return comma-separated values with a header; what does not exist is empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    data = columns("data", rows)
    writer.writerow(column.name for column in data)
    for row in rows:
        writer.writerow(for_csv(column.cell(row)) for column in data)
    return text.getvalue().rstrip("\n")
