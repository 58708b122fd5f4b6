"""The charts of a page: specifications whose rows the page puts in as the reader chooses."""

from __future__ import annotations

from typing import Any

from comparison.charts.bounds import bound_and_incumbent
from comparison.charts.critical_difference import critical_difference
from comparison.charts.ecdf import ecdf
from comparison.charts.export import specification
from comparison.charts.heat_map import heat_map
from comparison.charts.profile import data_profile, performance_profile
from comparison.charts.quality import quality_against_compute
from comparison.charts.unit_flips import unit_flips
from comparison.report.content import Content

#: As wide as the page lets it be.
WIDE: dict[str, Any] = {"width": "container", "legend": False}


def specifications(content: Content) -> dict[str, Any]:
    """Return a page's Vega-Lite specifications: by name, where it depends on that by axis.

    Those of single problems come without rows, see `charts.js`. They have no legend: the
    page's own, of buttons, serves them all.
    """
    styles = content.styles
    found: dict[str, Any] = {
        "quality": {
            axis.name: {
                height: _template(
                    quality_against_compute([], styles, cost=axis.title, height=height, **WIDE)
                )
                for height in ("value", "gap")
            }
            for axis in content.axes
        },
        "ecdf": {
            axis.name: _template(ecdf([], styles, cost=axis.title, **WIDE)) for axis in content.axes
        },
        "profile": {
            axis.name: _template(performance_profile([], styles, cost=axis.title, **WIDE))
            for axis in content.axes
        },
        "bounds": _template(bound_and_incumbent([], styles, **WIDE)),
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


def _template(chart: Any) -> dict[str, Any]:
    """Return the specification of a chart without its rows."""
    found = specification(chart)
    del found["datasets"]
    return found
