"""The run-time ECDF: the share of (problem, target, run) triples solved, by what it cost."""

from __future__ import annotations

from collections.abc import Iterator

from comparison.analysis.pooled import ecdf_rows
from comparison.figures.contenders import best_first
from comparison.figures.figure import Chart, Figure, Frame, Panel, Sources
from comparison.figures.step_curves import shares


def panels(sources: Sources) -> Iterator[Panel]:
    """Yield the shares of all contenders on each axis."""
    for axis in sources.axes:
        yield Panel({"shares": list(map(vars, ecdf_rows(sources.evidence, axis)))}, {"axis": axis})


def ecdf(panel: Panel, frame: Frame) -> Chart:
    """Draw the share of targets that each contender's runs had reached.

    Parameters
    ----------
    panel : Panel
        ``shares``: ``contender``, ``cost`` (> 0), ``share`` from 0 to 1, and its interval
        ``low`` to ``high``, which may be None.
    frame : Frame
    """
    return shares(panel, frame, "cost", frame.cost, bands=True)


FIGURE = Figure(
    name="ecdf",
    title="Targets reached, over all problems",
    caption="The share of (problem, target, run) triples that were solved for that much compute, "
    "with a bootstrap band; higher and further left is better.",
    rows=panels,
    draw=ecdf,
    absent="No instance that cost anything on the axis “{axis}” has both a reference and a random "
    "point's value to measure quality by.",
    by=("axis",),
    legend=best_first("share"),
    page_height=300,
)
