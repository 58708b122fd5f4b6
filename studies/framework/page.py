"""A study's finding as one HTML file: the figure, alive, and the numbers behind it."""

from __future__ import annotations

from typing import Any

from comparison.figures.theme import BACKGROUND, configuration
from comparison.report.self_contained import source, whole_page
from studies.framework.finding import Finding, number_text, texts

#: Rows of a table that the page lists; the file beside it has all.
MOST_ROWS = 200


def render(finding: Finding) -> str:
    """Return a finding's page; it loads nothing from anywhere."""
    return whole_page(
        finding.name,
        source(__file__, "page.html"),
        style=source(__file__, "page.css"),
        script=source(__file__, "page.js"),
        data={
            "figure": finding.specification,
            "configurations": {s: configuration((), s) for s in BACKGROUND},
        },
        finding=finding,
        tables=[_listing(name, rows) for name, rows in finding.tables.items()],
        number=number_text,
    )


def _listing(name: str, rows: Any) -> dict[str, Any]:
    titles, *shown = texts(rows[:MOST_ROWS])
    more = len(rows) - len(shown)
    note = f"and {more:,} more rows in the JSON file beside this page" if more else ""
    return {"name": name, "titles": titles, "rows": shown, "note": note}
