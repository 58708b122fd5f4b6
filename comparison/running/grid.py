"""A grid of runs: methods × problems × instances × seeds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from comparison.running.shipped import Shipped
from comparison.running.task import Task
from problems.core.ledger import Budget
from problems.core.usage_error import UsageError
from problems.naming.options import UnknownName
from problems.naming.registry import Entry

#: More runs than this are a typing error, and their plan would fill the memory.
MOST_RUNS = 1_000_000


class GridError(UsageError):
    """A comparison that cannot be run as asked; nothing of it was run."""


@dataclass(frozen=True)
class Grid:
    """Every method on every problem.

    Parameters
    ----------
    methods, problems : list of Entry
    seeds, instances : int
        How many of each, counted from 0.
    options : dict
        From a method's or problem's canonical name to its options.
    """

    methods: list[Entry]
    problems: list[Entry]
    seeds: int = 5
    instances: int = 1
    budget: Budget = field(default_factory=Budget)
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, number in (("seeds", self.seeds), ("instances", self.instances)):
            if number < 1:
                raise GridError(f"{name}={number}: expected a whole number >= 1")
        runs = len(self.methods) * len(self.problems) * self.seeds * self.instances
        if runs > MOST_RUNS:
            raise GridError(
                f"seeds={self.seeds}, instances={self.instances}: up to {runs:,} runs; "
                f"expected at most {MOST_RUNS:,}"
            )
        for name in ("work", "seconds"):
            if getattr(self.budget, name) == 0:
                raise GridError(f"budget {name}=0: nothing can be run; expected a number > 0")
        for kind, entries in (("methods", self.methods), ("problems", self.problems)):
            names = [entry.name for entry in entries]
            for name in names:
                if names.count(name) > 1:
                    raise GridError(f"two {kind} are called {name!r}: give one another name")
        chosen = {entry.name for entry in (*self.methods, *self.problems)}
        for name in self.options:
            if name not in chosen:
                raise UnknownName(f"option for {name}, which is not part of this comparison")

    def cells(self) -> list[Task]:
        """Return a task for each method on each problem."""
        return [
            Task(
                _spelled(method),
                _spelled(problem),
                dict(self.options.get(method.name, {})),
                dict(self.options.get(problem.name, {})),
                budget=self.budget,
                shipped={e.kind: e.to_json() for e in (method, problem) if isinstance(e, Shipped)},
            )
            for problem, method in product(self.problems, self.methods)
        ]


def _spelled(entry: Entry) -> str:
    """Return the name by which a worker finds the entry."""
    return entry.name if entry.file is None else entry.target
