"""From the evidence of a results file to the content of a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from comparison.analysis.axis import AXES, GradientPrice
from comparison.analysis.columns import columns
from comparison.analysis.curves import Evidence
from comparison.analysis.footnotes import footnotes
from comparison.analysis.instance_numbers import with_numbers
from comparison.analysis.origin import origin_rows
from comparison.analysis.row import Row
from comparison.analysis.rows import rows
from comparison.analysis.unit_flips import winner_rows
from comparison.figures.catalogue import figures
from comparison.figures.figure import Sources
from comparison.figures.places import places
from comparison.figures.theme import styles
from comparison.report import listings
from comparison.report.content import Content
from comparison.results.columns import Cell, Column

#: Rows of the table that a page has room for.
TABLE_ROWS = 4_000


def gather(evidence: Evidence, gradient_price: GradientPrice) -> Content:
    """Return the content of a report of a results file.

    Parameters
    ----------
    evidence : Evidence
    gradient_price : float or "dimension"
        That of the evidence.
    """
    results = evidence.results
    table = rows(results, gradient_price=gradient_price)
    white_box = {results.contender(run) for run in results if results.white_box(run)}
    families = {results.contender(run): results.family(run) for run in results}
    flips = [row.flips for row in winner_rows(evidence)]
    spent = [name for name in AXES if any(evidence.curves[name].horizon.values())]
    sources = Sources(
        evidence,
        places(results),
        # A page has an axis to choose even where every run is unsupported.
        {name: evidence.curves[name].axis.label for name in spent or ["work"]},
        [*results.contradictions(), *footnotes(table, gradient_price=gradient_price)],
    )
    instances, names = sources.places, sources.names
    shown = columns("page", table)
    return Content(
        source=results.path,
        styles=styles((name, families[name]) for name in results.contenders),
        axes=sources.axes,
        places=instances,
        findings=listings.findings(instances, table, white_box),
        figures={figure: list(figure.rows(sources)) for figure in figures()},
        total=len(results),
        facts=[(row["what"], row["value"]) for row in origin_rows(results)],
        headline=list(listings.headline(instances, flips)),
        contenders=listings.contenders(evidence),
        tests=[*filter(None, (listings.pairs(evidence), listings.within(evidence, names)))],
        regret=listings.regret(evidence, names),
        columns=shown,
        summary=_summary(table, shown, sources),
        notes=sources.notes,
    )


def _summary(
    table: Sequence[Row], shown: Sequence[Column], sources: Sources
) -> list[dict[str, Cell]]:
    """Return the rows of the page's table: one a contender, problem and instance."""
    if len(table) > TABLE_ROWS:
        sources.notes.append(
            f"The table has the first {TABLE_ROWS:,} of {len(table):,} rows; "
            "report --format csv prints all."
        )
    named = (
        replace(row, problem=sources.names[row.problem, row.instance])
        for row in with_numbers(table[:TABLE_ROWS], sources.evidence)
    )
    return [{column.name: column.cell(row) for column in shown} for row in named]
