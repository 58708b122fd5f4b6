"""A study's finding as one HTML file: the figure, alive, and the numbers behind it."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from comparison.charts.theme import BACKGROUND, configuration
from comparison.report.packing import for_html
from comparison.report.self_contained import charts_library, policy
from studies.laboratory.finding import Finding, number_text, texts

#: Rows of a table that the page lists; the file beside it has all.
MOST_ROWS = 200


def render(finding: Finding) -> str:
    """Return a finding's page; it loads nothing from anywhere."""
    import jinja2

    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    safe = jinja2.utils.markupsafe.Markup
    library, script, style = charts_library(), _source("page.js"), _source("page.css")
    page: str = environment.from_string(_source("page.html")).render(
        finding=finding,
        tables=[_listing(name, rows) for name, rows in finding.tables.items()],
        policy=policy([library, script], style),
        style=safe(style),
        data=safe(
            for_html(
                {
                    "figure": finding.specification,
                    "configurations": {s: configuration((), s) for s in BACKGROUND},
                }
            )
        ),
        library=safe(library),
        script=safe(script),
        number=number_text,
    )
    return page


def _listing(name: str, rows: Any) -> dict[str, Any]:
    titles, *shown = texts(rows[:MOST_ROWS])
    more = len(rows) - len(shown)
    note = f"and {more:,} more rows in the JSON file beside this page" if more else ""
    return {"name": name, "titles": titles, "rows": shown, "note": note}


def _source(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
