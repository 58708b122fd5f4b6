"""The figures of a report as files, one for each choice that a figure changes with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from comparison.figures.export import PICTURES, save, specification
from comparison.figures.figure import Chart, Frame, Panel
from comparison.figures.theme import Style
from comparison.report.content import Content
from problems.core.usage_error import UsageError
from problems.naming.options import require_choice

#: A file's name, its chart, and the styles of the contenders that the chart has.
Drawing = tuple[str, Chart, Sequence[Style]]


def write_figures(content: Content, folder: str | Path, kind: str = "png") -> list[Path]:
    """Write every figure of a report to files of its own.

    Parameters
    ----------
    content : Content
    folder : str or Path
        Made where it does not exist.
    kind : {"png", "svg", "pdf"}

    Returns
    -------
    list of Path

    Raises
    ------
    UsageError
        When there is no such kind of picture, or the folder cannot be written to.
    """
    require_choice("figure format", kind, PICTURES)
    place = Path(folder)
    try:
        place.mkdir(parents=True, exist_ok=True)
        drawn = list(drawings(content))
        names = _apart([name for name, _, _ in drawn])
        return [
            save(specification(chart), place / f"{name}.{kind}", styles)
            for name, (_, chart, styles) in zip(names, drawn, strict=True)
        ]
    except OSError as error:
        raise UsageError(f"figures in {folder}: {error.strerror}") from None


def drawings(content: Content) -> Iterator[Drawing]:
    """Yield each chart of a report with a name for its file."""
    for figure, panels in content.figures.items():
        for panel in panels:
            if panel.main:
                styles = figure.legend(content.styles, panel.main)
                name = "-".join([figure.name, *map(_slug, panel.choice.values())])
                yield name, figure.draw(panel, _frame(content, panel, styles)), styles


def _frame(content: Content, panel: Panel, styles: Sequence[Style]) -> Frame:
    """Return a frame with the titles of the panel's choice."""
    objectives = {place.name: place.objective for place in content.places}
    problem, axis = panel.choice.get("problem", ""), panel.choice.get("axis", "")
    cost, value = content.axes.get(axis, Frame.cost), objectives.get(problem, Frame.value)
    return Frame(styles, cost, value, title=problem)


def _slug(name: str) -> str:
    """Return a name as part of a file's, on any system."""
    return re.sub(r"[^\w.=-]+", "-", name).strip("-.")[:100]


def _apart(names: Sequence[str]) -> list[str]:
    """Return names of which no two are the same, where upper case is lower case as well."""
    distinct: dict[str, str] = {}
    for name in names:
        number, own = 1, name
        while own.lower() in distinct:
            number += 1
            own = f"{name}-{number}"
        distinct[own.lower()] = own
    return list(distinct.values())
