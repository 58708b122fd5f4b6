"""One HTML file: content, charts, styles and scripts in it, and nothing from anywhere else."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from comparison.figures.figure import Figure
from comparison.figures.theme import BACKGROUND, configuration
from comparison.report.content import Content
from comparison.report.figure_data import figure_data
from comparison.report.packing import SharedColumns, pack
from comparison.report.self_contained import source, whole_page
from comparison.report.summary import COLUMNS

#: In the order in which one uses another.
SCRIPTS = ("packing.js", "charts.js", "table.js", "page.js")


def render(content: Content) -> str:
    """Return a report's page; see `whole_page`."""
    shown = [
        figure
        for figure, panels in content.figures.items()
        if not figure.optional or any(panel.main for panel in panels)
    ]
    sections = [list(group) for _, group in groupby(shown, key=lambda figure: figure.title)]
    return whole_page(
        content.name,
        source(__file__, "page.html"),
        style=source(__file__, "page.css"),
        script="\n".join(source(__file__, name) for name in SCRIPTS),
        data=_data(content, shown),
        content=content,
        lead=_lead(content),
        by_problem=[section for section in sections if "problem" in section[0].by],
        over_all=[section for section in sections if "problem" not in section[0].by],
    )


def _lead(content: Content) -> str:
    methods, places = len(content.styles), len(content.places)
    numbers = {"method": methods, "problem instance": places, "run": content.total}
    return ", ".join(f"{n:,} {name}{'s' * (n != 1)}" for name, n in numbers.items())


def _data(content: Content, shown: list[Figure]) -> dict[str, Any]:
    """Return the data of the page's scripts."""
    shared = SharedColumns()
    return {
        "problems": {
            place.name: {
                "title": place.title,
                "objective": place.objective,
                "reference": place.reference is not None,
            }
            for place in content.places
        },
        "first": _first(content),
        "axes": content.axes,
        "methods": [
            {"contender": s.contender, "family": s.family, "dash": list(s.dash), "shape": s.shape}
            for s in content.styles
        ],
        "configurations": {scheme: configuration(content.styles, scheme) for scheme in BACKGROUND},
        "figures": {figure.name: figure_data(figure, content, shared) for figure in shown},
        "shared": shared.columns,
        "columns": COLUMNS,
        "summary": pack(content.summary, digits=9),
    }


def _first(content: Content) -> str:
    """Return the first of the problems that most figures show."""
    shown = {
        (panel.choice.get("problem"), figure)
        for figure, panels in content.figures.items()
        for panel in panels
        if panel.main
    }
    names = [problem for problem, _ in shown]
    return max((place.name for place in content.places), key=names.count)
