"""Each contender over all problems together, as text."""

from __future__ import annotations

from collections.abc import Iterator

from comparison.analysis.cells import count, thousandths
from comparison.analysis.curves import Evidence
from comparison.analysis.pooled import contender_rows


def contender_lines(evidence: Evidence) -> Iterator[dict[str, str]]:
    """Yield each contender's numbers over all problems together as text, the best first."""
    rows = contender_rows(evidence)
    # Who ran on fewer instances has a mean over other ones: it stands below the others.
    for row in sorted(rows, key=lambda row: (row.instances < row.of, -(row.iqm or 0.0))):
        interval = "" if row.interval is None else " … ".join(map(thousandths, row.interval))
        yield {
            "method": row.contender,
            "family": row.family,
            "instances": f"{row.instances} of {row.of}",
            "quality (IQM)": thousandths(row.iqm),
            "95 % interval": interval,
            "AOCC, work": thousandths(row.aocc_work),
            "AOCC, CPU s": thousandths(row.aocc_cpu),
            "CPU s": thousandths(row.seconds),
            "PAR10, work": count(row.par10),
            "solved": f"{row.solved}/{row.solvable}",
        }
