"""One HTML file: content, charts, styles and scripts in it, and nothing from anywhere else."""

from __future__ import annotations

from typing import Any

from comparison.figures.bounds import open_gap
from comparison.figures.quality import nearest
from comparison.figures.theme import BACKGROUND, configuration
from comparison.report.content import Content
from comparison.report.packing import pack, rounded
from comparison.report.self_contained import source, whole_page
from comparison.report.specifications import specifications
from comparison.report.summary import COLUMNS

#: In the order in which one uses another.
SCRIPTS = ("packing.js", "charts.js", "table.js", "page.js")


def render(content: Content) -> str:
    """Return a report's page; see `whole_page`."""
    return whole_page(
        content.name,
        source(__file__, "page.html"),
        style=source(__file__, "page.css"),
        script="\n".join(source(__file__, name) for name in SCRIPTS),
        data=_data(content),
        content=content,
        lead=_lead(content),
    )


def _lead(content: Content) -> str:
    methods, places, runs = len(content.styles), len(content.problems), content.total
    return (
        f"{methods:,} method{'s' * (methods != 1)}, "
        f"{places:,} problem instance{'s' * (places != 1)}, "
        f"{runs:,} run{'s' * (runs != 1)}"
    )


def _data(content: Content) -> dict[str, Any]:
    """Return what the page's scripts read."""
    problems = {}
    for problem in content.problems:
        name, reference = problem["problem"], problem["reference"]
        at = reference["value"] if reference else 0.0
        problems[name] = {**problem, "nearest": rounded(nearest(content.runs.get(name, ()), at))}
    return {
        "problems": problems,
        "axes": {axis.name: axis.title for axis in content.axes},
        "methods": [
            {"contender": s.contender, "family": s.family, "dash": list(s.dash), "shape": s.shape}
            for s in content.styles
        ],
        "configurations": {scheme: configuration(content.styles, scheme) for scheme in BACKGROUND},
        "specs": specifications(content),
        "curves": {
            problem: {axis: pack(rows) for axis, rows in by_axis.items()}
            for problem, by_axis in content.curves.items()
        },
        "runs": {problem: pack(rows) for problem, rows in content.runs.items()},
        "progress": {
            problem: {"progress": pack(rows), "open": pack(open_gap(rows))}
            for problem, rows in content.progress.items()
        },
        "ecdf": {axis: pack(rows) for axis, rows in content.ecdf.items()},
        "profiles": {axis: pack(rows) for axis, rows in content.profiles.items()},
        "dataProfiles": pack(content.data_profiles),
        "columns": COLUMNS,
        "summary": pack(content.summary, digits=9),
        "absent": content.absent,
    }
