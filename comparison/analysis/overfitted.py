"""Which contenders did better than a solution that is known, but worse on what is held out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from comparison.analysis.keys import place_name
from comparison.analysis.row import Row


def overfitted(rows: Sequence[Row]) -> list[str]:
    """Return a note of the contenders that a known solution with a held-out value gives away.

    Such as the trained weights that they began at: the median of their values is below that
    solution's, and the median of their held-out values above.

    Parameters
    ----------
    rows : sequence of Row
        Of one instance after the other.

    Returns
    -------
    list of str
        Empty where there is none.
    """
    return [
        f"on {place_name(problem, instance)}, better in value than {anchor} but worse on "
        f"held-out data (medians): {', '.join(names)}."
        for (problem, instance), group in groupby(rows, key=lambda row: (row.problem, row.instance))
        for anchor, names in _given_away(list(group))
    ]


def _given_away(rows: Sequence[Row]) -> Iterator[tuple[str, list[str]]]:
    """Yield each anchor of an instance that has a held-out value, and whom it gives away."""
    anchors = next((row.runs[0].anchors for row in rows if row.runs[0].anchors), {})
    for anchor, known in anchors.items():
        if not (isinstance(known, list) and all(isinstance(each, float) for each in known)):
            continue
        value, score = known
        names = [
            row.method
            for row in rows
            if row.value is not None and row.value < value
            if row.score is not None and row.score > score
        ]
        if names:
            yield anchor, names
