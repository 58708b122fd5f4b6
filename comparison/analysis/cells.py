"""Numbers as a table shows them."""

from __future__ import annotations


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


def count(number: float | None) -> str:
    """Return a count with commas between thousands."""
    return "—" if number is None else f"{number:,.0f}"


def thousandths(number: float | None) -> str:
    """Return a number to a thousandth, such as seconds."""
    return "—" if number is None else f"{number:.3f}"
