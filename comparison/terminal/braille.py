"""A curve in plain text: two by four dots in every character, as Unicode's Braille has them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from comparison.analysis.cells import number

#: The bit of each dot of a Braille character, by column and row.
_BITS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
_BLANK = 0x2800


def step_curve(
    costs: Sequence[float],
    values: Sequence[float],
    *,
    reference: float | None = None,
    across: str = "work",
    width: int = 60,
    height: int = 12,
) -> list[str]:
    """Draw values that each hold until the next cost, on a logarithmic axis of costs.

    Parameters
    ----------
    costs : sequence of float
        Ascending; 0 is drawn at the left edge.
    values : sequence of float
        As many.
    reference : float, optional
        Drawn as a line of dots with gaps, unless it is so far off that the curve were flat.
    across : str
        The title of the axis.
    width, height : int
        In characters, without the axes.

    Returns
    -------
    list of str
        Lines; empty where there is no point.

    Examples
    --------
    >>> for line in step_curve([1, 10, 100], [3.0, 2.0, 1.0], width=8, height=2):
    ...     print(line.rstrip())
    3.0000 ┤⠉⠉⠉⠉⡇
    1.0000 ┤    ⠉⠉⠉⢹
           └┬──────┬
            1    100
    work
    """
    points = [(c, v) for c, v in zip(costs, values, strict=True) if math.isfinite(v)]
    if not points:
        return []
    positive = [cost for cost, _ in points if cost > 0]
    first, last = (min(positive), max(positive)) if positive else (1.0, 1.0)
    low, high = min(v for _, v in points), max(v for _, v in points)
    if reference is not None and 0 < low - reference <= 2 * (high - low) < math.inf:
        low = reference
    dots_wide, dots_high = 2 * width, 4 * height
    span = math.log(last / first) or 1.0

    def column(cost: float) -> int:
        return round(math.log(max(cost, first) / first) / span * (dots_wide - 1))

    def row(value: float) -> int:
        # In halves, as the difference of two numbers may be beyond the largest one.
        return round((high / 2 - value / 2) / ((high / 2 - low / 2) or 1.0) * (dots_high - 1))

    cells = [[0] * width for _ in range(height)]

    def dot(x: int, y: int) -> None:
        cells[y // 4][x // 2] |= _BITS[x % 2][y % 4]

    following = [*points[1:], (last, points[-1][1])]
    for (cost, value), (after, lower) in zip(points, following, strict=True):
        for x in range(column(cost), column(after) + 1):
            dot(x, row(value))
        for y in range(*sorted((row(value), row(lower)))):
            dot(column(after), y)
    if reference is not None and low <= reference <= high:
        for x in range(0, dots_wide, 4):
            dot(x, row(reference))
    top, bottom = number(high), number(low)
    labels = [top, *[""] * (height - 2), bottom][:height]
    margin = max(len(top), len(bottom))
    lines = []
    for label, line in zip(labels, cells, strict=True):
        text = "".join(chr(_BLANK + bits) if bits else " " for bits in line)
        lines.append(f"{label:>{margin}} {'┤' if label else '│'}{text}".rstrip())
    pad, begin, end = " " * (margin + 1), f"{first:,.3g}", f"{last:,.6g}"
    gap = max(1, width - len(begin) - len(end))
    axis = [f"{pad}└┬{'─' * (width - 2)}┬", f"{pad} {begin}{' ' * gap}{end}"]
    return [*lines, *axis, across]
