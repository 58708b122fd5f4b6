"""A figure as the page's script draws it: its specifications, and the rows of every choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from comparison.figures.contenders import Rows
from comparison.figures.export import specification
from comparison.figures.figure import Figure, Frame, Panel
from comparison.figures.theme import Style
from comparison.report.content import Content
from comparison.report.packing import SharedColumns, rounded

#: Significant digits of a figure's numbers: as many as its tooltips show.
DIGITS = 6


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
