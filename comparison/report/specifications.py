"""The charts of a page: specifications whose rows the page puts in as the reader chooses."""

from __future__ import annotations

from typing import Any

from comparison.figures.bounds import bound_and_incumbent
from comparison.figures.critical_difference import critical_difference
from comparison.figures.ecdf import ecdf
from comparison.figures.export import specification
from comparison.figures.heat_map import heat_map
from comparison.figures.profile import data_profile, performance_profile
from comparison.figures.quality import quality_against_compute
from comparison.figures.unit_flips import unit_flips
from comparison.report.content import Content

#: As wide as the page lets it be.
WIDE: dict[str, Any] = {"width": "container", "legend": False}

#: What the page replaces by the titles of the axis and of the value.
TITLES: dict[str, Any] = {"cost": "{cost}", "value": "{value}"}


def specifications(content: Content) -> dict[str, Any]:
    """Return a page's Vega-Lite specifications: by name.

    Those that depend on the problem or the axis come without rows and with `TITLES` to be
    replaced, see `charts.js`. They have no legend: the
    page's own, of buttons, serves them all.
    """
    styles = content.styles
    found: dict[str, Any] = {
        "quality": {
            height: _template(
                quality_against_compute([], styles, height=height, **TITLES, **WIDE), height=340
            )
            for height in ("value", "gap")
        },
        "ecdf": _template(ecdf([], styles, cost=TITLES["cost"], **WIDE), height=300),
        "profile": _template(performance_profile([], styles, cost=TITLES["cost"], **WIDE)),
        "bounds": _template(bound_and_incumbent([], styles, value=TITLES["value"], **WIDE)),
        "data": _template(data_profile([], styles, **WIDE)),
    }
    if content.ranks is not None:
        drawn = content.ranks
        found["ranks"] = specification(
            critical_difference(drawn.ranks, drawn.cd, drawn.cliques, styles, width="container")
        )
    if content.cells:
        found["heat"] = specification(heat_map(content.cells))
    if content.flips:
        found["flips"] = specification(unit_flips(content.flips, styles))
    return found


def _template(chart: Any, **changes: Any) -> dict[str, Any]:
    """Return the specification of a chart without its rows."""
    found = {**specification(chart), **changes}
    del found["datasets"]
    return found
