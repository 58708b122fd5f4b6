"""The conventions of a table that a reader could dispute, where its rows use them."""

from __future__ import annotations

from collections.abc import Sequence

from comparison.analysis.axis import GradientPrice
from comparison.analysis.below_random import below_random
from comparison.analysis.columns import columns
from comparison.analysis.overfitted import overfitted
from comparison.analysis.row import Row
from comparison.statistics.tolerance import tied
from methods.result import SOUND
from problems.core.ledger import GRADIENT_PRICE

#: A run that ended so may have a value whose solution was not scored.
CUT = ("killed", "timeout", "error")


def footnotes(
    rows: Sequence[Row], *, jobs: int = 1, gradient_price: GradientPrice = GRADIENT_PRICE
) -> list[str]:
    """Return the conventions that a reader could dispute, where the rows use them.

    Parameters
    ----------
    rows : sequence of Row
    jobs : int
        The number of runs that were made at a time.
    gradient_price : float or "dimension"
        Of the column `work`.
    """
    notes = [
        "value: the best exact evaluation of a run; median over seeds, with a bootstrap interval."
    ]
    scored = [row for row in rows if row.value is not None and not _cut(row)]
    if any(not tied(row.score, row.value) for row in scored):
        notes.append("held-out: the same solution on data that no method sees.")
    if measured := _measured(rows):
        notes.append(
            f"{', '.join(measured)}: what the problem measures of the same solution, beside its "
            "value; median over the seeds that have it."
        )
    price = "as many as it has entries" if gradient_price == "dimension" else f"{gradient_price:g}"
    notes.append(
        f"work: 1 is one evaluation on all the data, a gradient is {price}. "
        "cpu s: user + system, the axis that all families share."
    )
    if gradient_price != GRADIENT_PRICE:
        notes.append(
            f"The runs were made, and their budget spent, at {GRADIENT_PRICE:g} a gradient."
        )
    if any(row.last is not None and row.last != row.value for row in rows):
        notes.append("last: the final iterate of a gradient method, which does not see the value.")
    if any(row.work is None and row.value is not None for row in rows):
        notes.append(
            "— under work: a white-box solver makes no evaluations; its limit is in seconds."
        )
    if any(row.value is None and row.spent("values") and row.ended in SOUND for row in rows):
        notes.append("— under value: no evaluation met the constraints.")
    if any(row.score is None for row in scored):
        notes.append(
            "— under held-out: infinite; the solution gives something in the held-out text "
            "probability zero (counting: try --option counting.smoothing=1)."
        )
    if any(row.above_bound for row in rows):
        notes.append("gap ≤: the reference is a proven bound that may be out of reach.")
    if any(row.solved is not None for row in rows):
        notes.append("solved: seeds that reached the target (without --target, the optimum).")
    notes += [*overfitted(rows), *below_random(rows)]
    if jobs > 1:
        notes.append(f"timed with up to {jobs} runs at a time: cpu s may be high.")
    return notes


def _measured(rows: Sequence[Row]) -> list[str]:
    """Return the headings of the measures that some row has."""
    return [
        column.table_heading
        for column in columns("table", rows)
        if column.declared == "measures" and any(column.cell(row) is not None for row in rows)
    ]


def _cut(row: Row) -> bool:
    """Whether some run has a value but no score, as it was cut off."""
    return row.score is None and any(ended in row.ended for ended in CUT)
