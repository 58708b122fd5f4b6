"""The findings of a results file as a page of Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from comparison.analysis.curves import UNITS, Evidence
from comparison.analysis.differences import LEVEL, pair_rows, ranking
from comparison.analysis.pooled import contender_rows, quality_rows
from comparison.analysis.unit_flips import winner_rows
from comparison.harmless import for_markdown
from comparison.report.origin import origin_rows


def as_markdown(evidence: Evidence) -> str:
    """Return the findings as Markdown: who is best, where, in which unit, and how surely."""
    parts = [
        *map(for_markdown, evidence.results.contradictions()),
        _section("Where these runs come from", origin_rows(evidence.results)),
        _section("All problems together", contender_lines(evidence)),
        _section("Quality on each problem", _qualities(evidence)),
        _section("Who wins, by unit", _winners(evidence)),
        "\n".join(["## Differences beyond chance", "", *_differences(evidence)]),
    ]
    return "\n\n".join(parts)


def _section(title: str, rows: Sequence[dict[str, str]] | Iterator[dict[str, str]]) -> str:
    """Return a heading with a pipe table, numbers to the right."""
    found = list(rows)
    if not found:
        return f"## {title}\n\nNothing."
    columns = list(found[0])
    numbers = [all(_is_number(row[column]) for row in found) for column in columns]
    lines = [_line(columns), "|" + "|".join("---:" if n else "---" for n in numbers) + "|"]
    lines += [_line([row[column] for column in columns]) for row in found]
    return "\n".join([f"## {title}", "", *lines])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(for_markdown, cells))} |"


def _is_number(text: str) -> bool:
    return text.strip("*").replace("—", "0")[:1].isdigit() or text.startswith("-")


def contender_lines(evidence: Evidence) -> Iterator[dict[str, str]]:
    """Yield each contender's numbers over all problems together as text, the best first."""
    by_cpu = {row["contender"]: row["aocc"] for row in contender_rows(evidence, "cpu")}
    rows = list(contender_rows(evidence, "work"))
    # Who ran on fewer instances has a mean over other ones: it stands below the others.
    for row in sorted(rows, key=lambda row: (row["instances"] < row["of"], -(row["iqm"] or 0.0))):
        interval = "" if row["iqm"] is None else f"{row['iqm_low']:.3f} … {row['iqm_high']:.3f}"
        yield {
            "method": row["contender"],
            "family": row["family"],
            "instances": f"{row['instances']} of {row['of']}",
            "quality (IQM)": _three(row["iqm"]),
            "95 % interval": interval,
            "AOCC, work": _three(row["aocc"]),
            "AOCC, CPU s": _three(by_cpu[row["contender"]]),
            "CPU s": _three(row["seconds"]),
            "PAR10, work": "—" if row["par10"] is None else f"{row['par10']:,.0f}",
            "solved": f"{row['solved']}/{row['solvable']}",
        }


def _qualities(evidence: Evidence) -> Iterator[dict[str, str]]:
    found = {(row["problem"], row["contender"]): row["quality"] for row in quality_rows(evidence)}
    results = evidence.results
    for contender in results.contenders:
        line = {"method": contender}
        for problem in results.problems:
            quality = found.get((problem, contender), 0.0)
            known = [q for (name, _), q in found.items() if name == problem and q is not None]
            shown = "" if (problem, contender) not in found else _two(quality)
            best = shown and quality is not None and quality >= max(known) - 1e-9
            line[problem] = f"**{shown}**" if best else shown
        yield line


def _winners(evidence: Evidence) -> Iterator[dict[str, str]]:
    many = len({run.instance for run in evidence.runs}) > 1
    for row in winner_rows(evidence):
        where = f"{row['problem']}, {row['instance']}" if many else row["problem"]
        yield {
            "problem": where,
            **{unit: _won(row, unit) for unit in UNITS},
            "the unit decides": "yes" if row["flips"] else "no",
        }


def _won(row: dict[str, Any], unit: str) -> str:
    """Return who won, and at which cost all were read off."""
    winners = row["winners"].get(unit)
    if not winners:
        return "—"
    more = f" and {len(winners) - 2} more" if len(winners) > 2 else ""
    return f"{', '.join(winners[:2])}{more} ({row['budgets'][unit]:.3g})"


def _differences(evidence: Evidence) -> Iterator[str]:
    found = ranking(evidence)
    if found is not None and found.blocks > 1:
        shown = ", ".join(f"{name} {rank:.2f}" for name, rank in found.ranks.items())
        yield for_markdown(f"Average ranks over {found.blocks} instances: {shown}.")
        if found.p is not None:
            yield (
                f"Friedman's test: p = {found.p:.2g}; Nemenyi's critical difference at 0.05: "
                f"{found.critical_difference:.2f}."
            )
        if found.left_out:
            yield for_markdown(
                f"Not ranked, as they did not run on all: {', '.join(found.left_out)}."
            )
        yield ""
    pairs = list(pair_rows(evidence))
    surely = sorted(
        (row for row in pairs if row["p_holm"] is not None and row["p_holm"] < LEVEL),
        key=lambda row: row["p_holm"],
    )
    yield (
        f"Of {len(pairs)} pairs of methods, {len(surely)} differ by signed-rank tests over the "
        f"medians of shared instances, after Holm's correction{':' if pairs else '.'}"
    )
    if pairs:
        yield ""
    for row in surely:
        better, worse = for_markdown(row["better"]), for_markdown(row["worse"])
        yield f"- {better} is better than {worse} (n = {row['n']}, p = {row['p_holm']:.2g})"
    untested = [row for row in pairs if row["p"] is None]
    if untested:
        pairs_told = f"{len(untested)} pair{'s' * (len(untested) != 1)}"
        yield f"- {pairs_told} could not be tested: {untested[0]['reason']}"


def _two(value: float | None) -> str:
    return "—" if value is None else f"{value:.2f}"


def _three(value: float | None) -> str:
    return "—" if value is None else f"{value:.3f}"
