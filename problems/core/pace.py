"""How many rows to evaluate at a time, so that a batch keeps the time limit."""

from __future__ import annotations

from time import perf_counter


class Pace:
    """What the latest part of a batch took, by which the next one is cut.

    A first part is one row, and each has at most ten times as many as the largest before, so
    that few are late where rows take longer than the first one did. Of those it has what the
    time affords, as the latest part took it: only a run that is about to end cuts by the clock,
    so that values, which may depend on the rows that they are computed with, do not depend on
    the machine's load.
    """

    def __init__(self) -> None:
        self._largest_part, self._row_seconds = 0, 0.0

    def rows(self, most: int, deadline: float) -> int:
        """Return how many of at most `most` rows to evaluate next."""
        most = min(most, 10 * self._largest_part or 1)
        if most * self._row_seconds > (left := deadline - perf_counter()):
            most = max(1, int(left / self._row_seconds))
        return most

    def took(self, rows: int, began: float) -> None:
        """Note that so many rows, at least one, were evaluated since a reading of the clock."""
        self._row_seconds = (perf_counter() - began) / rows
        self._largest_part = max(rows, self._largest_part)
