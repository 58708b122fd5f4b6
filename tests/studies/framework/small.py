"""A table that is small enough to be summarised by hand."""

from __future__ import annotations

ROWS = [
    {"way": "a", "seed": 0, "x": 1.0},
    {"way": "a", "seed": 1, "x": 3.0},
    {"way": "a", "seed": 2, "x": None},
    {"way": "b", "seed": 0, "x": 5.0},
]
