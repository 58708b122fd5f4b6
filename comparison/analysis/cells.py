"""The columns of the tables that a person reads, and a row as their text."""

from __future__ import annotations

import math

from comparison.analysis.rows import Row

#: Columns in reading order.
COLUMNS = (
    "method", "family", "value", "95 % interval", "last", "held-out", "gap", "bound",
    "work", "values", "gradients", "cpu s", "solved", "ended",
)  # fmt: skip


LEFT = ("method", "family", "ended")
KEPT = ("method", "value", "ended")


def cells_of(row: Row) -> dict[str, str]:
    """Return a row as text, by `COLUMNS`."""
    interval = ""
    if row.value_low is not None and row.value_high is not None and row.value_low < row.value_high:
        interval = f"{number(row.value_low)} … {number(row.value_high)}"
    differs = row.last is not None and not same(row.last, row.value)
    return {
        "method": row.method,
        "family": row.family,
        "value": number(row.value),
        "95 % interval": interval,
        "last": number(row.last) if differs else "",
        "held-out": "" if same(row.score, row.value) else number(row.score),
        "gap": ("≤ " if bound_only(row) else "") + _gap(row.gap),
        "bound": number(row.bound) if row.bound is not None else "",
        "work": _count(row.work),
        "values": _count(row.values),
        "gradients": _count(row.gradients),
        "cpu s": "—" if row.cpu_seconds is None else f"{row.cpu_seconds:.3f}",
        "solved": "" if row.solved is None else f"{row.solved}/{row.seeds}",
        "ended": row.ended,
    }


def number(value: float | None) -> str:
    """Four decimals for a share, fewer for large numbers, powers of ten for tiny ones."""
    if value is None:
        return "—"
    value += 0.0  # -0.0 is 0
    size = abs(value)
    if size >= 10 and value == round(value):
        return f"{value:,.0f}"
    if size >= 1000:
        return f"{value:,.1f}"
    if size >= 10:
        return f"{value:.3f}"
    return f"{value:.1e}" if 0 < size < 5e-5 else f"{value:.4f}"


def _gap(gap: float | None) -> str:
    return "0" if gap is not None and abs(gap) < 1e-9 else number(gap)


def _count(number: float | None) -> str:
    return "—" if number is None else f"{number:,.0f}"


def bound_only(row: Row) -> bool:
    """Whether the gap is to a proven bound that may be out of reach."""
    return row.reference_kind == "bound" and row.gap is not None and row.gap > 1e-9


def same(a: float | None, b: float | None) -> bool:
    """Whether two numbers differ by rounding at most."""
    if a is None or b is None:
        return a is b
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)
