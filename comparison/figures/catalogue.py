"""All figures, in the order in which a report shows them."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from comparison.figures.figure import Figure

#: The files of this folder that declare a `FIGURE`.
NAMES = (
    "quality",
    "bounds",
    "ecdf",
    "performance_profile",
    "data_profile",
    "critical_difference",
    "heat_map",
    "unit_flips",
)


@cache
def figures() -> tuple[Figure, ...]:
    """Return all figures; their files are imported when somebody asks."""
    return tuple(import_module(f"comparison.figures.{name}").FIGURE for name in NAMES)
