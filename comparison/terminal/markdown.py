"""A comparison or a results file as a page of Markdown: its tables, and what they show."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

import numpy as np

from comparison.analysis.axis import GradientPrice
from comparison.analysis.contender_lines import contender_lines
from comparison.analysis.curves import UNITS, Evidence
from comparison.analysis.differences import pair_rows, ranking, surely_different
from comparison.analysis.origin import origin_rows
from comparison.analysis.pooled import quality_rows
from comparison.analysis.row import Row
from comparison.analysis.sections import Section, sections
from comparison.analysis.unit_flips import Winners, winner_rows
from comparison.harmless import for_markdown
from comparison.results import Results
from comparison.statistics.tolerance import tied
from problems.core.ledger import GRADIENT_PRICE


def as_markdown(
    results: Results,
    rows: Sequence[Row],
    notes: Sequence[str] = (),
    gradient_price: GradientPrice = GRADIENT_PRICE,
) -> str:
    """Return a table for each instance, and then who is best, where, in which unit, how surely.

    Parameters
    ----------
    results : Results
    rows : sequence of Row
        Those of `results`.
    notes : sequence of str
        What is said below the tables.
    gradient_price : float or "dimension"
    """
    # Means of the largest numbers are infinite, and no warning.
    with np.errstate(over="ignore", invalid="ignore"):
        evidence = Evidence(results, gradient_price)
        parts = [
            _section("Where these runs come from", origin_rows(results)),
            _section("All problems together", contender_lines(evidence)),
            _section("Quality on each problem", _qualities(evidence)),
            _section("Who wins, by unit", _winners(evidence)),
            "\n".join(["## Differences beyond chance", "", *_differences(evidence)]),
        ]
    return "\n\n".join([tables(results, rows, notes), *parts])


def tables(results: Results, rows: Sequence[Row], notes: Sequence[str] = ()) -> str:
    """Return a table for each instance, and notes below; see `as_markdown`."""
    said = "\n".join(f"- {for_markdown(note)}" for note in notes)
    return "\n\n".join([*(_table(section) for section in sections(results, rows)), said])


def pipe_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    right: Collection[str] = (),
    *,
    shown: Callable[[str], str] = for_markdown,
) -> str:
    """Return a table of texts.

    Parameters
    ----------
    columns : sequence of str
    rows : iterable of sequence of str
    right : collection of str
        The columns whose cells stand to the right, as numbers do.
    shown : callable
        Writes a text; by default so that nothing in it is taken for Markdown.
    """
    rule = "|".join("---:" if column in right else "---" for column in columns)
    lines = (f"| {' | '.join(map(shown, cells))} |" for cells in (columns, *rows))
    return "\n".join([next(lines), f"|{rule}|", *lines])


def _table(section: Section) -> str:
    headings = [column.table_heading for column in section.columns]
    right = {column.table_heading for column in section.columns if column.kind != "text"}
    rows = ([cells[column.name] for column in section.columns] for cells in section.cells)
    parts = [f"### {for_markdown(section.title)}", ""]
    parts += [f"{for_markdown(line)}  " for line in section.lines]
    parts += ["", pipe_table(headings, rows, right)]
    refused = [f"- unsupported: {for_markdown(line)}" for line in section.unsupported]
    return "\n".join([*parts, *(["", *refused] if refused else [])])


def _section(title: str, rows: Iterable[dict[str, str]]) -> str:
    """Return a heading with a table, numbers to the right."""
    lines = list(rows)
    if not lines:
        return f"## {title}\n\nNothing."
    columns = list(lines[0])
    right = [column for column in columns if all(_is_number(line[column]) for line in lines)]
    return f"## {title}\n\n{pipe_table(columns, [list(line.values()) for line in lines], right)}"


def _is_number(text: str) -> bool:
    return text.strip("*").replace("—", "0")[:1].isdigit() or text.startswith("-")


def _qualities(evidence: Evidence) -> Iterator[dict[str, str]]:
    qualities = {(row.problem, row.contender): row.quality for row in quality_rows(evidence)}
    best: dict[str, float] = {}
    for (problem, _), quality in qualities.items():
        if quality is not None:
            best[problem] = max(quality, best.get(problem, quality))
    for contender in evidence.results.contenders:
        line = {"method": contender}
        for problem in evidence.results.problems:
            line[problem] = ""
            if (problem, contender) in qualities:
                line[problem] = _two(qualities[problem, contender], best.get(problem))
        yield line


def _winners(evidence: Evidence) -> Iterator[dict[str, str]]:
    many = len({run.instance for run in evidence.runs}) > 1
    for row in winner_rows(evidence):
        where = f"{row.problem}, {row.instance}" if many else row.problem
        yield {
            "problem": where,
            **{unit: _won(row, unit) for unit in UNITS},
            "the unit decides": "yes" if row.flips else "no",
        }


def _won(row: Winners, unit: str) -> str:
    """Return the winners in a unit, and the cost at which all were compared."""
    winners = row.winners.get(unit)
    if not winners:
        return "—"
    more = f" and {len(winners) - 2} more" if len(winners) > 2 else ""
    return f"{', '.join(winners[:2])}{more} ({row.budgets[unit]:.3g})"


def _differences(evidence: Evidence) -> Iterator[str]:
    ranked = ranking(evidence)
    if ranked is not None and ranked.blocks > 1:
        shown = ", ".join(f"{name} {rank:.2f}" for name, rank in ranked.ranks.items())
        yield for_markdown(f"Average ranks over {ranked.blocks} instances: {shown}.")
        if ranked.p is not None:
            yield (
                f"Friedman's test: p = {ranked.p:.2g}; Nemenyi's critical difference at 0.05: "
                f"{ranked.critical_difference:.2f}."
            )
        if ranked.left_out:
            yield for_markdown(
                f"Not ranked, as they did not run on all: {', '.join(ranked.left_out)}."
            )
        yield ""
    pairs = pair_rows(evidence)
    sure = surely_different(pairs)
    yield (
        f"Of {len(pairs)} pairs of methods, {len(sure)} differ by signed-rank tests over the "
        f"medians of shared instances, after Holm's correction{':' if pairs else '.'}"
    )
    if pairs:
        yield ""
    for p_holm, row in sure:
        better, worse = for_markdown(row.better), for_markdown(row.worse)
        yield f"- {better} is better than {worse} (n = {row.n}, p = {p_holm:.2g})"
    untested = [row for row in pairs if row.p is None]
    if untested:
        number = f"{len(untested)} pair{'s' * (len(untested) != 1)}"
        yield f"- {number} could not be tested: {untested[0].reason}"


def _two(value: float | None, best: float | None) -> str:
    if value is None:
        return "—"
    return f"**{value:.2f}**" if tied(value, best) else f"{value:.2f}"
