"""Prints the cells, those that fail the bar, and what a reader has to know about them."""

from __future__ import annotations

from collections.abc import Iterable

from benchmarks.strength.families import FAMILIES, LIMITS
from benchmarks.strength.measure import Runs
from benchmarks.strength.verdict import BAR, LEVEL, Cell, chance_of_failing, too_few_runs

COLUMNS = (
    *("family", "problem", "budget", "ours", "median", "best peer", "median"),
    *("P(better)", "p", "verdict"),
)
NUMBERS = (2, 4, 6, 7, 8)


def lines(cells: list[Cell], runs: Runs) -> Iterable[str]:
    """Yield the table of the cells, then the failing ones and the notes."""
    yield from _aligned([COLUMNS, *map(_row, cells)])
    failing = [cell for cell in cells if cell.fails]
    yield ""
    bar = f"P >= {BAR}, and not significantly worse"
    yield f"{len(failing)} of {len(cells)} cells fail the bar ({bar}):"
    for cell in failing:
        yield (
            f"  {cell.family} on {_problem(cell)} at {cell.budget:,}: P = {cell.probability:.2f}"
            f"{' and significantly worse' if cell.verdict == 'worse' else ''}; {cell.peer} "
            f"{cell.peer_median:.6g}, ours {cell.our_median:.6g}"
        )
    yield ""
    yield from _notes(cells)
    yield from _left_out(cells)
    yield from _errors(runs)


def _row(cell: Cell) -> tuple[str, ...]:
    return (
        cell.family,
        _problem(cell),
        f"{cell.budget:,}",
        cell.ours,
        f"{cell.our_median:.6g}",
        cell.peer,
        f"{cell.peer_median:.6g}",
        f"{cell.probability:.2f}",
        "" if cell.p is None else f"{cell.p:.2g}",
        cell.verdict + (" FAILS" if cell.fails else ""),
    )


def _problem(cell: Cell) -> str:
    return f"{cell.problem}:{cell.instance}"


def _aligned(rows: list[tuple[str, ...]]) -> Iterable[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(
            text.rjust(width) if i in NUMBERS else text.ljust(width)
            for i, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()


def _notes(cells: list[Cell]) -> Iterable[str]:
    yield (
        "P(better) is the share of pairs of runs in which ours is lower, ties half. The best peer "
        "is the one of the least median, chosen by the same runs, which favours it."
    )
    yield (
        f"p is Mann and Whitney's, two-sided, after Holm's correction over the cells of the "
        f"family; a verdict has p < {LEVEL}."
    )
    if cells:
        n, m = min(cell.runs for cell in cells)
        chance = chance_of_failing(n, m)
        yield (
            f"Of equals, {n} runs beside {m} have P < {BAR} with a chance of {chance:.3f}: in "
            f"{len(cells)} cells of equals, {chance * len(cells):.0f} would fail by chance."
        )
    for family in dict.fromkeys(cell.family for cell in cells):
        known = FAMILIES[family]
        of_family = [cell for cell in cells if cell.family == family]
        if too_few_runs(of_family):
            yield f"{family}: with so few runs no difference can be significant after correction."
        if known.note:
            yield f"{family}: {known.note}."
    if any(cell.problem == "welded-beam" for cell in cells):
        yield (
            "welded-beam: peers see the value that ours see, an infeasible point's being the "
            "ceiling plus its violation; cobyla, cobyqa, slsqp and trust-constr of both are given "
            "the constraints themselves. It has one instance, which is none held back."
        )


def _left_out(cells: list[Cell]) -> Iterable[str]:
    """Yield which slow peers have fewer evaluations, of the families that are shown."""
    peers = {peer for cell in cells for peer in FAMILIES[cell.family].peers}
    for limit in LIMITS:
        if any(peer.startswith(limit.peers) for peer in peers):
            where = f" on {', '.join(limit.where)}" if limit.where else ""
            most = f"beyond {limit.most:,} evaluations" if limit.most else "altogether"
            names = ", ".join(limit.peers)
            yield f"{names}: left out {most}{where}; {limit.reason}."


def _errors(runs: Runs) -> Iterable[str]:
    """Yield whose runs an error ended early, and the first of the errors."""
    ended: dict[tuple[str, str], list[str]] = {}
    for key, ending in runs.items():
        if ending.error:
            ended.setdefault((key.name, key.problem), []).append(ending.error)
    for (name, problem), errors in ended.items():
        yield f"{name} on {problem}: an error ended {len(errors)} runs early: {errors[0]}"
