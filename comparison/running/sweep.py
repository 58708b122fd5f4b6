"""Plans of runs; a sweep is a plan that lists its cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from comparison.running.cell import Cell, PlannedRun
from comparison.running.grid import Grid
from comparison.running.task import Task


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
        """Return a task for each cell."""
        return list(self.settings)


#: Runs that are to be made: cells, each with a number of instances and seeds.
Plan = Grid | Sweep


def planned_runs(plan: Plan, cell: Cell) -> Iterator[PlannedRun]:
    """Yield a cell's runs.

    A method without random numbers has one seed, and a problem without randomness has one
    instance: more would be the same run counted again.
    """
    seeds = plan.seeds if cell.facts.seeded else 1
    instances = 1 if cell.facts.one_instance else plan.instances
    for instance, seed in product(range(instances), range(seeds)):
        yield PlannedRun(cell, instance, seed)
