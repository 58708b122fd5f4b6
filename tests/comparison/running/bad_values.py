"""A user's file of problems that return anything but a number, always or at some points."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from problems import Box, Problem

#: What `value` returns instead of a number.
SINGLE = {
    "nan": float("nan"),
    "inf": float("inf"),
    "minus-inf": float("-inf"),
    "complex": 0.5 + 0.5j,
    "real-complex": -5 + 0j,
    "none": None,
    "text": "-5",
    "bytes": b"-5",
    "nothing": np.empty(0),
    "one-in-an-array": np.array([-5.0]),
    "an-array": np.array([-5.0, -6.0]),
    "a-list": [-5.0],
    "numpy-nan": np.float32("nan"),
    "numpy-complex": np.complex128(-5),
    "text-in-an-array": np.array("-5"),
    "object": object(),
    "huge": -(10**400),
    "decimal": Decimal("-5"),
}

#: What `values` returns of n numbers.
SEVERAL = {
    "nan": lambda v: np.full(len(v), np.nan),
    "inf": lambda v: np.full(len(v), np.inf),
    "minus-inf": lambda v: np.full(len(v), -np.inf),
    "complex": lambda v: v - 5 + 0j,
    "none": lambda v: None,
    "nones": lambda v: [None] * len(v),
    "text": lambda v: "-5",
    "texts": lambda v: ["-5"] * len(v),
    "objects": lambda v: (v - 5).astype(object),
    "one": lambda v: -5.0,
    "a-column": lambda v: (v - 5)[:, None],
    "one-short": lambda v: v[1:] - 5,
    "one-more": lambda v: np.append(v, -5.0),
    "nothing": lambda v: [],
    "truth": lambda v: v < 0,
    "dates": lambda v: np.zeros(len(v), "M8[s]"),
}

#: The first variable of a point beyond which a problem misbehaves; -2 is everywhere.
EVERYWHERE = -2.0


class _Bad(Problem):
    def __init__(self, *, kind: str = "nan", beyond: float = EVERYWHERE):
        self.space = Box(-1, 1, 3)
        self.kind, self.beyond = kind, beyond

    def right(self, points):
        """Return what it should."""
        return np.abs(points).sum(axis=1)


class Value(_Bad):
    """Misbehaves at single points."""

    def value(self, x):
        return SINGLE[self.kind] if x[0] > self.beyond else float(self.right(np.array([x]))[0])


class Values(_Bad):
    """Misbehaves at a batch with a point beyond."""

    def values(self, points):
        right = self.right(points)
        return SEVERAL[self.kind](right) if (points[:, 0] > self.beyond).any() else right


class Constrained(Value):
    """Misbehaves at single points, and in a constraint that all points meet."""

    ceiling = 3.0

    def constraints(self, x):
        return np.array([-1.0])


#: What a problem says of itself, in a way that cannot be stored or shown as a number.
ODD = {
    "no-reference": {"reference": 5.0},
    "raising-reference": {},
    "nan-tokens": {"tokens": float("nan")},
    "nan-description": {"describe": lambda x: float("nan")},
    "raising-description": {"describe": lambda x: {}["x"]},
    "text-score": {"score": lambda x: "0.5"},
    "no-score": {"score": lambda x: None},
    "complex-score": {"score": lambda x: 1j},
    "array-score": {"score": lambda x: np.array([0.5])},
    "raising-score": {"score": lambda x: 1 / 0},
    "infinite-score": {"score": lambda x: float("-inf")},
    "raising-measures": {"measures": lambda x: 1 / 0},
    "listed-measures": {"measures": lambda x: [0.5]},
    "text-measure": {"measures": lambda x: {"drift": "0.5", "norm": 2.0}},
    "numbered-measure": {"measures": lambda x: {1: 0.5, "norm": 2.0}},
    "nan-measure": {"measures": lambda x: {"drift": float("nan"), "norm": 2.0}},
    "nan-anchor": {"anchors": {"greedy": float("nan")}},
    "infinite-anchor": {"anchors": {"greedy": float("inf")}},
    "text-anchor": {"anchors": {"greedy": "unknown"}},
    "no-anchor": {"anchors": {"greedy": None}},
    "pair-anchor": {"anchors": {"greedy": (1.0, 2.0)}},
    "half-anchor": {"anchors": {"greedy": (float("nan"), None)}},
    "triple-anchor": {"anchors": {"greedy": (1.0, 2.0, 3.0)}},
    "complex-anchor": {"anchors": {"greedy": 1j}},
}


class Odd(Problem):
    """Has right values, and says something odd of itself."""

    def __init__(self, *, kind: str = "nan-anchor"):
        self.space = Box(-1, 1, 3)
        self.kind = kind
        vars(self).update(ODD[kind])

    def value(self, x):
        return float(np.abs(x).sum())

    @property
    def reference(self):
        if self.kind == "raising-reference":
            raise OSError("no such table")
        return vars(self).get("reference")


class Headless(Value):
    """Has right values, and nothing to put above a table."""

    def __init__(self, *, kind: str = "raising-title"):
        super().__init__(kind="nan", beyond=2.0)
        self.kind = kind

    @property
    def title(self):
        if self.kind == "raising-title":
            raise RuntimeError("no title")
        return "a title"

    @property
    def anchors(self):
        if self.kind == "raising-anchors":
            raise RuntimeError("no anchors")
        return ["greedy", 1.0] if self.kind == "listed-anchors" else {}
