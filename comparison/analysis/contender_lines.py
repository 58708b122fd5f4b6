"""Each contender over all problems together, as text."""

from __future__ import annotations

from collections.abc import Iterator

from comparison.analysis.curves import Evidence
from comparison.analysis.pooled import contender_rows


def contender_lines(evidence: Evidence) -> Iterator[dict[str, str]]:
    """Yield each contender's numbers over all problems together as text, the best first."""
    by_cpu = {row.contender: row.aocc for row in contender_rows(evidence, "cpu")}
    rows = list(contender_rows(evidence, "work"))
    # Who ran on fewer instances has a mean over other ones: it stands below the others.
    for row in sorted(rows, key=lambda row: (row.instances < row.of, -(row.iqm or 0.0))):
        interval = "" if row.iqm is None else f"{row.iqm_low:.3f} … {row.iqm_high:.3f}"
        yield {
            "method": row.contender,
            "family": row.family,
            "instances": f"{row.instances} of {row.of}",
            "quality (IQM)": _three(row.iqm),
            "95 % interval": interval,
            "AOCC, work": _three(row.aocc),
            "AOCC, CPU s": _three(by_cpu[row.contender]),
            "CPU s": _three(row.seconds),
            "PAR10, work": "—" if row.par10 is None else f"{row.par10:,.0f}",
            "solved": f"{row.solved}/{row.solvable}",
        }


def _three(value: float | None) -> str:
    return "—" if value is None else f"{value:.3f}"
