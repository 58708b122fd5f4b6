"""What can be compared: any plan of runs; a sweep is one that lists its cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Protocol

from comparison.running.task import Task
from methods import METHODS


class Plan(Protocol):
    """Runs that are to be made: cells, and the instances and seeds of each."""

    def cells(self) -> list[Task]:
        """Return the first run of every cell."""

    def tasks(self, cell: Task, *, one_instance: bool = False) -> Iterator[Task]:
        """Return all runs of a cell; of one instance where nothing in the problem is random."""


@dataclass(frozen=True)
class Sweep:
    """Cells with options and budgets of their own, where a `Grid` has one set for each name.

    Parameters
    ----------
    settings : sequence of Task
        The cells: what is varied.
    seeds, instances : int
        How many of each, counted from 0.
    """

    settings: Sequence[Task]
    seeds: int = 3
    instances: int = 1

    def cells(self) -> list[Task]:
        """Return the first run of every cell."""
        return list(self.settings)

    def tasks(self, cell: Task, *, one_instance: bool = False) -> Iterator[Task]:
        """Return the runs of a cell, see `repeated`."""
        return repeated(cell, self.seeds, 1 if one_instance else self.instances)


def repeated(cell: Task, seeds: int, instances: int) -> Iterator[Task]:
    """Yield a cell's runs.

    A method that draws no random numbers has one seed, and a problem in which nothing is
    random one instance: more would be the same run counted again.
    """
    seeded = "method" in cell.shipped or METHODS.entry(cell.method).seeded
    seeds = seeds if seeded else 1
    for instance, seed in product(range(instances), range(seeds)):
        yield replace(cell, instance=instance, seed=seed)
