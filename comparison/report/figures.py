"""The charts of a report as files, one each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from comparison.figures.bounds import bound_and_incumbent
from comparison.figures.contenders import present
from comparison.figures.critical_difference import critical_difference
from comparison.figures.ecdf import ecdf
from comparison.figures.export import PICTURES, save
from comparison.figures.heat_map import heat_map
from comparison.figures.profile import data_profile, performance_profile
from comparison.figures.quality import quality_against_compute
from comparison.figures.theme import Style
from comparison.figures.unit_flips import unit_flips
from comparison.report.content import Content, Rows
from problems.core.usage_error import UsageError
from problems.naming.options import require_choice

if TYPE_CHECKING:
    import altair as alt

#: A figure's file name, its chart, and what its colours stand for.
Figure = tuple[str, "alt.LayerChart", Sequence[Style]]


def write_figures(content: Content, folder: str | Path, kind: str = "png") -> list[Path]:
    """Write every chart of a report to a file of its own.

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
        drawn = list(figures(content))
        names = _apart([name for name, _, _ in drawn])
        return [
            save(chart, place / f"{name}.{kind}", styles)
            for name, (_, chart, styles) in zip(names, drawn, strict=True)
        ]
    except OSError as error:
        raise UsageError(f"figures in {folder}: {error.strerror}") from None


def figures(content: Content) -> Iterator[Figure]:
    """Yield each chart of a report with a name for its file."""
    styles = content.styles
    for problem in content.problems:
        name = problem["problem"]
        for axis in content.axes:
            rows = content.curves.get(name, {}).get(axis.name, ())
            if rows:
                yield _quality(content, problem, axis.name, axis.title)
        if name in content.progress:
            rows = content.progress[name]
            shown = present(styles, rows)
            drawn = bound_and_incumbent(rows, shown, value=problem["objective"], title=name)
            yield f"bounds-{_slug(name)}", drawn, shown
    for axis in content.axes:
        if rows := content.ecdf.get(axis.name, ()):
            shown = _best_first(styles, rows, "share")
            yield f"ecdf-{axis.name}", ecdf(rows, shown, cost=axis.title), shown
        if rows := content.profiles.get(axis.name, ()):
            shown = _best_first(styles, rows, "share")
            drawn = performance_profile(rows, shown, cost=axis.title)
            yield f"performance-profile-{axis.name}", drawn, shown
    if content.data_profiles:
        shown = _best_first(styles, content.data_profiles, "share")
        yield "data-profile", data_profile(content.data_profiles, shown), shown
    if content.ranks is not None:
        found = content.ranks
        drawn = critical_difference(found.ranks, found.cd, found.cliques, styles)
        yield "critical-difference", drawn, styles
    if content.cells:
        yield "heat-map", heat_map(content.cells), styles
    if content.flips:
        yield "unit-flips", unit_flips(content.flips, styles), styles


def _quality(content: Content, problem: dict, axis: str, cost: str) -> Figure:
    name = problem["problem"]
    rows = content.curves[name][axis]
    runs = [
        {**run, "cost": run["cost"][axis]}
        for run in content.runs.get(name, ())
        if run["value"] is not None and (run["cost"].get(axis) or 0) > 0
    ]
    shown = _best_first(content.styles, rows, "median", rising=False)
    chart = quality_against_compute(
        rows,
        shown,
        runs=runs,
        reference=problem["reference"],
        cost=cost,
        value=problem["objective"],
        title=name,
    )
    return f"quality-{_slug(name)}-{axis}", chart, shown


def _best_first(
    styles: Sequence[Style], rows: Rows, field: str, *, rising: bool = True
) -> list[Style]:
    """Order a legend as the curves end, from top to bottom of who is best."""
    last = {row["contender"]: row[field] for row in rows}
    sign = -1 if rising else 1
    return sorted(present(styles, rows), key=lambda style: sign * last[style.contender])


def _slug(name: str) -> str:
    """Return a name as part of a file's, on any system."""
    return re.sub(r"[^\w.=-]+", "-", name).strip("-.")[:100]


def _apart(names: Sequence[str]) -> list[str]:
    """Return names of which no two are the same, where upper case is lower case as well."""
    found: dict[str, str] = {}
    for name in names:
        number, own = 1, name
        while own.lower() in found:
            number += 1
            own = f"{name}-{number}"
        found[own.lower()] = own
    return list(found.values())
