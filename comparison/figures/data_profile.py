"""The data profile: how many targets a contender reaches within a budget, by dimension."""

from __future__ import annotations

from collections.abc import Iterator

from comparison.analysis.pooled import data_profile_rows
from comparison.figures.contenders import best_first
from comparison.figures.figure import Chart, Figure, Frame, Panel, Sources
from comparison.figures.step_curves import shares


def panels(sources: Sources) -> Iterator[Panel]:
    """Yield the shares of all contenders."""
    yield Panel({"shares": list(map(vars, data_profile_rows(sources.evidence)))})


def data_profile(panel: Panel, frame: Frame) -> Chart:
    """Draw data profiles (Moré and Wild 2009, SIAM Journal on Optimization 20(1), 172–191).

    Parameters
    ----------
    panel : Panel
        ``shares``: ``contender``, ``budget`` (> 0, in groups of dimension + 1 evaluations),
        and ``share``, of targets reached within it.
    frame : Frame
    """
    return shares(panel, frame, "budget", "work / (dimension + 1)")


FIGURE = Figure(
    name="data-profile",
    title="Profiles",
    caption="Data profile: the share of (problem, target) pairs reached within so many groups of "
    "dimension + 1 evaluations.",
    rows=panels,
    draw=data_profile,
    absent="No method that pays for evaluations reached a target.",
    legend=best_first("share"),
)
