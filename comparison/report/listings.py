"""The small tables of a report, as text: the best values, the tests, and the parts of regret."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter

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
from comparison.figures.places import Place
from comparison.report.content import Listing
from comparison.statistics.tolerance import attains

#: What a report calls the instances, by problem and instance.
Names = Mapping[tuple[str, int], str]

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
    # Rows come best first: what is kept of each instance is its first one.
    best: dict[tuple[str, int, bool], Row] = {}
    for row in rows:
        if row.value is not None:
            best.setdefault((row.problem, row.instance, row.method in white_box), row)
    lines = []
    for place in places:
        own, given = (best.get((place.problem, place.instance, model)) for model in (False, True))
        known = place.row
        shown = f"{number(known['value'])}, {known['kind']}" if known else "none"
        lines.append([place.name, shown, *_best(own), _given(given)])
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
        [f"{row.better} is better than {row.worse}", str(row.n), f"{row.p:.2g}", f"{p_holm:.2g}"]
        for p_holm, row in sure
    ]
    return cut(("over all problems", "instances", "p", "p, Holm"), lines, note)


def within(evidence: Evidence, names: Names) -> Listing | None:
    """Return, for each instance, the methods that its best one is better than."""
    groups: dict[str, list[InstancePair]] = {}
    for row in instance_rows(evidence):
        groups.setdefault(names[row.problem, row.instance], []).append(row)
    lines: list[list[str]] = []
    for name, rows in groups.items():
        unsure = [row.worse for row in rows if row.p_holm is None or row.p_holm >= LEVEL]
        sure = f"{len(rows) - len(unsure)} of {len(rows)}"
        lines.append([name, rows[0].better, sure, _few(unsure)])
    if not lines:
        return None
    reasons = dict.fromkeys(row.reason for rows in groups.values() for row in rows if row.p is None)
    note = (
        f"Mann–Whitney tests over seeds against every other method, Holm's correction, {LEVEL:g}; "
        "signed-rank tests where one of the two draws no random numbers."
    )
    if reasons:
        note += f" Where there is no test: {'; '.join(list(reasons)[:3])}."
    return cut(("problem", "best median", "better than", "not told apart from"), lines, note)


def regret(evidence: Evidence, names: Names) -> Listing | None:
    """Return the parts of the held-out regret; None where no surrogate was descended."""
    parts = attrgetter("wrong_objective", "weak_search", "generalization_gap", "total")
    lines = [
        [names[row.problem, row.instance], row.contender, *map(_signed, parts(row))]
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
    sums = ("wrong objective", "+ weak search", "+ generalization", "= regret")
    return cut(("problem", "method", *sums), lines, note)


def headline(places: Sequence[Place], flips: Sequence[bool]) -> Iterator[str]:
    """Yield the answer in sentences: on how many instances an optimum is known and attained.

    Parameters
    ----------
    places : sequence of Place
    flips : sequence of bool
        Whether the winner depends on the unit of compute, of each instance on which that can be
        computed.
    """
    optima = [place for place in places if place.reference is not None and place.reference.optimum]
    attained = sum(
        any(attains(run.value, place.reference) for run in place.runs) for place in optima
    )
    yield (
        f"The optimum is known on {len(optima)} of {len(places)} problem instances, and some "
        f"method attains it on {attained}."
    )
    if flips:
        on = f"{sum(flips)} of {len(flips)}"
        yield f"Who is best depends on the unit that compute is counted in on {on}."


def _few(names: Sequence[str], most: int = 4) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more or "nobody"


def _signed(value: float) -> str:
    """Return a difference with its sign, to four decimals; fewer of a large one."""
    shown = f"{value:+.4f}" if abs(value) < 1000 else f"{value:+,.1f}"
    return shown.replace("-", "−")
