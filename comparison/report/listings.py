"""The small tables of a report, as text: the best values, the tests, and the parts of regret."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from comparison.analysis.cells import number
from comparison.analysis.contender_lines import contender_lines
from comparison.analysis.curves import Evidence
from comparison.analysis.differences import (
    LEVEL,
    InstancePair,
    instance_rows,
    pair_rows,
    surely_different,
)
from comparison.analysis.regret import regret_rows
from comparison.analysis.row import Row
from comparison.analysis.sections import reference_name
from comparison.figures.places import Place
from comparison.report.content import Listing
from comparison.statistics.tolerance import attains

#: Longer tables are cut; the formats csv and json have all.
MOST = 60


def cut(titles: Sequence[str], rows: list[list[str]], note: str) -> Listing:
    """Return a listing of the first rows, which says how many it leaves out."""
    more = f" {len(rows) - MOST:,} more rows are left out." if len(rows) > MOST else ""
    return Listing(titles, rows[:MOST], f"{note}{more}".strip())


def findings(places: Sequence[Place], rows: Sequence[Row], white_box: set[str]) -> Listing:
    """Return the answer at a glance: a row a problem.

    Parameters
    ----------
    places : sequence of Place
    rows : sequence of Row
        Best first on each instance.
    white_box : set of str
        Contenders that are given the model.
    """
    lines = []
    for place in places:
        here = [
            row
            for row in rows
            if (row.problem, row.instance) == (place.problem, place.instance)
            and row.value is not None
        ]
        best = next((row for row in here if row.method not in white_box), None)
        given = next((row for row in here if row.method in white_box), None)
        reference = place.reference
        shown = (
            "none"
            if reference is None
            else f"{number(reference.value)}, {reference_name(reference)}"
        )
        lines.append([place.name, shown, *_best(best), _given(given)])
    titles = ("problem", "reference", "best at equal work", "median", "gap", "CPU s")
    note = (
        "Best median over seeds within the budget of evaluations; a method that is given the "
        "model is limited in seconds instead, and stands apart."
    )
    return cut((*titles, "given the model"), lines, note)


def _best(row: Row | None) -> list[str]:
    if row is None:
        return ["—"] * 4
    seconds = row.spent("cpu_seconds")
    cpu = "—" if seconds is None else f"{seconds:.3g}"
    gap = "0" if row.at_reference else number(row.gap)
    return [row.method, number(row.value), gap, cpu]


def _given(row: Row | None) -> str:
    if row is None:
        return "—"
    seconds = row.spent("cpu_seconds")
    cpu = "" if seconds is None else f", {seconds:.3g} CPU s"
    return f"{row.method}: {number(row.value)} ({row.ended}{cpu})"


def contenders(evidence: Evidence) -> Listing:
    """Return each contender's numbers over all problems together, the best first."""
    lines = list(contender_lines(evidence))
    note = (
        "Quality is 1 at the reference and 0 at a median random point; its interquartile mean "
        "(IQM), with a bootstrap interval. AOCC: the area over the curve of log regret, from 0 "
        "to 1. CPU s: of a run. PAR10: a run's work to a hundredth of a random point's regret, "
        "ten times the most that any spent where it did not get there; both are shifted "
        "geometric means over instances."
    )
    titles = tuple(lines[0]) if lines else ("method",)
    return Listing(titles, [list(line.values()) for line in lines], note)


def pairs(evidence: Evidence) -> Listing | None:
    """Return which pairs of methods differ over all instances; None where there is no pair."""
    tests = pair_rows(evidence)
    sure = surely_different(tests)
    if not tests:
        return None
    note = (
        f"Signed-rank tests over the medians of shared instances, with Holm's correction: "
        f"{len(sure)} of {len(tests)} pairs of methods differ at {LEVEL:g}."
    )
    untested = [row for row in tests if row.p is None]
    if untested:
        note += f" {len(untested)} could not be tested: {untested[0].reason}."
    lines = [
        [
            f"{row.better} is better than {row.worse}",
            str(row.n),
            f"{row.p:.2g}",
            f"{p_holm:.2g}",
        ]
        for p_holm, row in sure
    ]
    return cut(("over all problems", "instances", "p", "p, Holm"), lines, note)


def within(evidence: Evidence, places: Sequence[Place]) -> Listing | None:
    """Return, for each instance, the methods that its best one is better than."""
    names = {(place.problem, place.instance): place.name for place in places}
    groups: dict[str, list[InstancePair]] = {}
    for row in instance_rows(evidence):
        groups.setdefault(names[row.problem, row.instance], []).append(row)
    lines: list[list[str]] = []
    reasons: dict[str, None] = {}
    for name, rows in groups.items():
        sure = [row for row in rows if row.p_holm is not None and row.p_holm < LEVEL]
        unsure = [row.worse for row in rows if row not in sure]
        untested = [row for row in rows if row.p is None]
        reasons.update({row.reason: None for row in untested})
        lines.append([name, rows[0].better, f"{len(sure)} of {len(rows)}", _few(unsure)])
    if not lines:
        return None
    note = (
        f"Mann–Whitney tests over seeds against every other method, Holm's correction, {LEVEL:g}; "
        "signed-rank tests where one of the two draws no random numbers."
    )
    if reasons:
        note += f" Where there is no test: {'; '.join(list(reasons)[:3])}."
    return cut(("problem", "best median", "better than", "not told apart from"), lines, note)


def regret(evidence: Evidence, places: Sequence[Place]) -> Listing | None:
    """Return the parts of the held-out regret; None where no surrogate was descended."""
    names = {(place.problem, place.instance): place.name for place in places}
    lines = [
        [
            names[row.problem, row.instance],
            row.contender,
            *(
                _signed(getattr(row, part))
                for part in ("wrong_objective", "weak_search", "generalization_gap", "total")
            ),
        ]
        for row in regret_rows(evidence)
    ]
    if not lines:
        return None
    note = (
        "Wrong objective: the value of the surrogate's best known point, less the optimum. "
        "Weak search: the method's value less that; negative for a method that beat the "
        "surrogate by searching the objective itself. Generalization: held-out less searched. "
        "Medians."
    )
    titles = (
        "problem",
        "method",
        "wrong objective",
        "+ weak search",
        "+ generalization",
        "= regret",
    )
    return cut(titles, lines, note)


def headline(evidence: Evidence, places: Sequence[Place], flips: int, units: int) -> Iterator[str]:
    """Yield the answer in sentences: on how many instances an optimum is known and attained.

    Parameters
    ----------
    evidence : Evidence
    places : sequence of Place
    flips : int
        The instances on which the winner depends on the unit of compute.
    units : int
        The instances on which that could be told.
    """
    optima = [place for place in places if place.reference is not None and place.reference.optimum]
    attained = sum(
        any(attains(run.value, place.reference) for run in place.runs) for place in optima
    )
    yield (
        f"The optimum is known on {len(optima)} of {len(places)} problem instances, and some "
        f"method attains it on {attained}."
    )
    if units:
        yield f"Who is best depends on the unit that compute is counted in on {flips} of {units}."


def _few(names: Sequence[str], most: int = 4) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more or "nobody"


def _signed(value: float) -> str:
    """Return a difference with its sign, to four decimals; fewer of a large one."""
    shown = f"{value:+.4f}" if abs(value) < 1000 else f"{value:+,.1f}"
    return shown.replace("-", "−")
