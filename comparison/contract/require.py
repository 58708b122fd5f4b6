"""The assertion of the checks."""

from __future__ import annotations


def require(condition: bool, message: str) -> None:
    """Raise `AssertionError` with `message` unless `condition` holds."""
    if not condition:
        raise AssertionError(message)
