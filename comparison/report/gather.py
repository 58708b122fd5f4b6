"""From the evidence of a results file to what a report says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from comparison.analysis.any_time import any_time_rows
from comparison.analysis.axis import AXES, GradientPrice
from comparison.analysis.bounds import bound_rows
from comparison.analysis.curves import Evidence
from comparison.analysis.differences import ranking
from comparison.analysis.footnotes import footnotes
from comparison.analysis.origin import origin_rows
from comparison.analysis.pooled import (
    data_profile_rows,
    ecdf_rows,
    performance_profile_rows,
    quality_rows,
)
from comparison.analysis.row import Row
from comparison.analysis.rows import rows
from comparison.analysis.unit_flips import unit_rows, winner_rows
from comparison.figures.theme import styles
from comparison.report import listings
from comparison.report.content import Axis, Content, Ranks, Rows
from comparison.report.places import Place, absent_cells, places
from comparison.report.summary import summary
from comparison.report.thinning import (
    CURVE_POINTS,
    DOTS,
    LEAST_POINTS,
    TABLE_ROWS,
    thin_curves,
    thin_runs,
)

#: Where a logarithmic axis of seconds begins.
INSTANT = 1e-3

#: The names of instances.
Names = Mapping[tuple[str, int], str]


def gather(evidence: Evidence, gradient_price: GradientPrice) -> Content:
    """Return what a report says of a results file.

    Parameters
    ----------
    evidence : Evidence
    gradient_price : float or "dimension"
        That of the evidence.
    """
    results = evidence.results
    found = places(results)
    names = {(place.problem, place.instance): place.name for place in found}
    table = rows(results, gradient_price=gradient_price)
    white_box = {results.contender(run) for run in results if results.white_box(run)}
    families = {results.contender(run): results.family(run) for run in results}
    axes = [name for name in AXES if any(evidence.curves[name].horizon.values())]
    notes = [*results.contradictions(), *footnotes(table, gradient_price=gradient_price)]
    flips = list(winner_rows(evidence))
    units = unit_rows(evidence) if flips else ()  # where nobody found a value nobody wins
    ranks, why_no_ranks = _ranks(evidence)
    return Content(
        source=results.path,
        total=len(results),
        styles=styles((name, families[name]) for name in results.contenders),
        axes=[Axis(name, evidence.curves[name].axis.label) for name in axes],
        problems=[
            {
                "problem": place.name,
                "title": place.title,
                "objective": place.objective,
                "reference": place.row,
            }
            for place in found
        ],
        headline=list(
            listings.headline(evidence, found, sum(row["flips"] for row in flips), len(flips))
        ),
        findings=listings.findings(found, table, white_box),
        facts=[(row["what"], row["value"]) for row in origin_rows(results)],
        curves=_curves(evidence, axes, names, notes),
        runs=_runs(evidence, axes, found, notes),
        ecdf={axis: list(ecdf_rows(evidence, axis)) for axis in axes},
        profiles={axis: list(performance_profile_rows(evidence, axis)) for axis in axes},
        data_profiles=list(data_profile_rows(evidence)),
        ranks=ranks,
        cells=[
            *(
                {**row, "why": NO_VALUE if row["quality"] is None else ""}
                for row in quality_rows(evidence)
            ),
            *absent_cells(results),
        ],
        progress=_progress(evidence, names),
        flips=[{**row, "problem": names[row["problem"], row["instance"]]} for row in units],
        contenders=listings.contenders(evidence),
        tests=[
            listing
            for listing in (listings.pairs(evidence), listings.within(evidence, found))
            if listing is not None
        ],
        regret=listings.regret(evidence, found),
        summary=_summary(table, evidence, names, notes),
        notes=notes,
        absent={
            "ranks": why_no_ranks,
            "heat": NO_SCALE,
            "ecdf": NO_SCALE,
            "data": NO_TARGET,
            "flips": NO_LOOK,
        },
    )


NO_SCALE = "No instance has both a reference and a random point's value to measure quality by."
NO_VALUE = "half of its runs or more found no value"
NO_TARGET = "No method that pays for looks reached a target."
NO_LOOK = "No method that pays for looks found a value that could be compared."


def _curves(
    evidence: Evidence, axes: Sequence[str], names: Names, notes: list[str]
) -> dict[str, dict[str, Rows]]:
    """Return the curves by instance and axis, as many as there is room for."""
    number = sum(len(evidence.curves[axis].rows) for axis in axes)
    most = max(LEAST_POINTS, CURVE_POINTS // max(number, 1))
    room = CURVE_POINTS
    found: dict[str, dict[str, Rows]] = {}
    left_out = set()
    for axis in axes:
        by_place = groupby(
            any_time_rows(evidence, axis), key=lambda row: (row["problem"], row["instance"])
        )
        for place, group in by_place:
            rows = [_curve_row(row) for row in group if row["cost"] > 0]
            thinned = thin_curves(rows, most)
            room -= len(thinned)
            if room < 0:
                left_out.add(place)
                continue
            found.setdefault(names[place], {})[axis] = thinned
    if most < 61:
        notes.append(f"Curves are drawn with at most {most} points each, to keep this page small.")
    if left_out:
        notes.append(
            f"{len(left_out):,} instances have more curves than this page can hold, and lack some."
        )
    return found


def _curve_row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("contender", "cost", "low", "median", "high")}


def _runs(
    evidence: Evidence, axes: Sequence[str], found: Sequence[Place], notes: list[str]
) -> dict[str, Rows]:
    """Return where single runs ended, with what they had spent on each axis."""
    results = evidence.results
    spent: dict[str, dict[str, float]] = {}
    for axis in axes:
        curves = evidence.curves[axis]
        for run, cost in zip(curves.runs, curves.spent, strict=True):
            spent.setdefault(run.key, {})[axis] = float(cost)
    most = max(1, DOTS // max(len(results.groups()), 1))
    drawn: dict[str, Rows] = {}
    for place in found:
        rows = [
            {
                "contender": results.contender(run),
                "seed": run.seed,
                "instance": run.instance,
                "value": run.value,
                "ended": results.standing(run).ended,
                "key": run.key[:10],
                "cost": {axis: spent[run.key].get(axis) for axis in axes},
            }
            for run in place.runs
            if run.ended != "unsupported"
        ]
        drawn[place.name] = thin_runs(rows, most)
    total = sum(run.value is not None for run in evidence.runs)
    if (shown := sum(map(len, drawn.values()))) < total:
        notes.append(f"Symbols for {shown:,} of {total:,} runs are drawn, from best to worst.")
    return drawn


def _ranks(evidence: Evidence) -> tuple[Ranks | None, str]:
    """Return mean ranks, or why there are none."""
    found = ranking(evidence)
    if found is None:
        return None, "Fewer than two methods ran on every instance, so none can be ranked."
    if found.critical_difference is None:
        return None, (
            "Ranks over instances need at least two of them; this file has "
            f"{found.blocks}: add problems, or --instances."
        )
    tested = f"Friedman's test: p = {found.p:.2g}" if found.p is not None else found.reason
    note = (
        f"Mean ranks of the median values over {found.blocks} instances. Methods that a bar "
        "joins are not told apart: their ranks differ by less than Nemenyi's critical "
        f"difference at 0.05. {tested}{'.' if tested else ''}"
    )
    if found.left_out:
        note += f" Not ranked, as they did not run on every instance: {', '.join(found.left_out)}."
    rows = [{"contender": name, "rank": rank} for name, rank in found.ranks.items()]
    return Ranks(rows, found.critical_difference, found.cliques, note), ""


def _progress(evidence: Evidence, names: Names) -> dict[str, Rows]:
    """Return bounds and incumbents by instance, of those that bounded anything themselves."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in bound_rows(evidence):
        place = names[row["problem"], row["instance"]]
        found.setdefault(place, []).append(
            {
                "contender": row["contender"],
                "seed": row["seed"],
                "seconds": max(row["seconds"], INSTANT),
                "value": row["value"],
                "what": row["what"],
            }
        )
    return dict(found)


def _summary(rows: Sequence[Row], evidence: Evidence, names: Names, notes: list[str]) -> Rows:
    """Return the rows of the page's table."""
    if len(rows) > TABLE_ROWS:
        notes.append(
            f"The table has the first {TABLE_ROWS:,} of {len(rows):,} rows; "
            "report --format csv prints all."
        )
    return summary(rows[:TABLE_ROWS], evidence, names)
