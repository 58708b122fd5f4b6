"""The performance profile: how often a contender is within a factor of the cheapest."""

from __future__ import annotations

from collections.abc import Iterator

from comparison.analysis.pooled import performance_profile_rows
from comparison.figures.contenders import best_first
from comparison.figures.figure import Chart, Figure, Frame, Panel, Sources
from comparison.figures.step_curves import shares


def panels(sources: Sources) -> Iterator[Panel]:
    """Yield the shares of all contenders on each axis."""
    for axis in sources.axes:
        rows = list(map(vars, performance_profile_rows(sources.evidence, axis)))
        yield Panel({"shares": rows}, {"axis": axis})


def performance_profile(panel: Panel, frame: Frame) -> Chart:
    """Draw performance profiles (Dolan and Moré 2002, Mathematical Programming 91, 201–213).

    Parameters
    ----------
    panel : Panel
        ``shares``: ``contender``, ``ratio`` (>= 1, to the cheapest contender for the same
        target), and ``share``, of targets reached within that ratio.
    frame : Frame
        Its `cost` is what the ratio is of.
    """
    return shares(panel, frame, "ratio", f"{frame.cost} ÷ the cheapest")


FIGURE = Figure(
    name="performance-profile",
    title="Profiles",
    caption="Performance profile: the share of (problem, target) pairs reached with at most so "
    "many times the compute of the cheapest method. On the left edge: how often a method was the "
    "cheapest.",
    rows=panels,
    draw=performance_profile,
    absent="Nothing can be drawn on the axis “{axis}”.",
    by=("axis",),
    legend=best_first("share"),
)
