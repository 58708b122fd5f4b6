"""One HTML file: content, charts, styles and scripts in it, and nothing from anywhere else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from comparison.figures.contenders import Rows
from comparison.figures.export import specification
from comparison.figures.figure import Figure, Frame, Panel
from comparison.figures.theme import BACKGROUND, Style, configuration
from comparison.report.content import Content
from comparison.report.packing import SharedColumns, rounded
from comparison.report.self_contained import source, whole_page

#: In the order in which one uses another.
SCRIPTS = ("packing.js", "charts.js", "table.js", "page.js")

#: Significant digits of a figure's numbers: as many as its tooltips show.
DIGITS = 6


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
        "columns": [
            {"name": c.name, "title": c.heading, "hint": c.hint, "number": c.kind != "text"}
            for c in content.columns
        ],
        "summary": shared.pack(content.summary, digits=9),
        "shared": shared.columns,
    }


def _first(content: Content) -> str:
    """Return the first of the problems that most figures show."""
    shown = Counter(
        problem
        for panels in content.figures.values()
        for problem in {panel.choice.get("problem") for panel in panels if panel.main}
    )
    return max((place.name for place in content.places), key=lambda name: shown[name])


def figure_data(figure: Figure, content: Content, shared: SharedColumns) -> dict[str, Any]:
    """Return the data of a figure that `charts.js` reads.

    Parameters
    ----------
    figure : Figure
    content : Content
    shared : SharedColumns
        To which the columns of its rows are added.

    Returns
    -------
    dict
        ``by``, ``specifications`` by height, without rows, and ``panels``: for each choice,
        in dicts within dicts, its ``note`` and ``caption`` and, where something is drawn,
        ``rows`` and ``parameters``.
    """
    choices = {"problem": [place.name for place in content.places], "axis": list(content.axes)}
    panels = {tuple(each.choice[by] for by in figure.by): each for each in content.figures[figure]}
    drawable = [panel for panel in panels.values() if panel.main]
    specifications, drawn = _drawn(figure, drawable[0], content.styles) if drawable else ({}, {})

    def state(key: tuple[str, ...]) -> Any:
        if len(key) < len(figure.by):
            return {name: state((*key, name)) for name in choices[figure.by[len(key)]]}
        panel = panels.get(key, Panel({}))
        words = {"note": panel.note, "caption": panel.caption or figure.caption}
        if not panel.main:
            axis = content.axes[key[figure.by.index("axis")]] if "axis" in figure.by else ""
            return words | {"note": panel.note or figure.absent.replace("{axis}", axis)}
        rows, numbers = (panel.rows, panel.parameters) if figure.by else (drawn, {})
        return words | {
            "rows": {name: shared.pack(part, DIGITS) for name, part in rows.items()},
            "parameters": {name: rounded(number, DIGITS) for name, number in numbers.items()},
        }

    return {"by": figure.by, "specifications": specifications, "panels": state(())}


def _drawn(
    figure: Figure, panel: Panel, styles: Sequence[Style]
) -> tuple[dict[str, Any], Mapping[str, Rows]]:
    """Return a figure's specifications without rows, and the rows that its panel is drawn from.

    Where the reader chooses, the titles are placeholders. No figure has a legend: the page's
    own, of buttons, serves them all.
    """
    specifications: dict[str, Any] = {}
    rows: Mapping[str, Rows] = {}
    # The page puts in the rows of the choice: they must not shape the specification.
    example = Panel(dict.fromkeys(panel.rows, ())) if figure.by else panel
    for height in figure.heights:
        frame = Frame(styles, "{cost}", "{value}", height, width="container", legend=False)
        spec = specification(figure.draw(example, frame))
        rows = spec.pop("datasets")
        if figure.page_height:
            spec["height"] = figure.page_height
        specifications[height] = spec
    return specifications, rows
