"""The OR-Library's knapsack format, of which the knapsack takes single constraints."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from problems.combinatorial.instance_file import read_lines
from problems.combinatorial.word_stream import WordStream

#: Most items of a file, as of the generator.
MOST_ITEMS = 5000


@dataclass(frozen=True)
class KnapsackData:
    """Profits and weights, shape (n,), and the capacity."""

    profits: NDArray[np.int64]
    weights: NDArray[np.int64]
    capacity: int


def read_knapsack(path: str) -> KnapsackData:
    """Read a file in the OR-Library's "mknap" format with one constraint.

    Beasley (1990), "OR-Library: distributing test problems by electronic mail".

    Words in order: the number of problems, 1; the number of items n, of constraints
    m = 1, and the optimum or 0 where it is not known; n profits; n weights; the
    capacity. The stated optimum is not used: the dynamic programme computes it.

    Raises
    ------
    FormatError
        Naming file and line: also where the file holds more than one problem or a
        problem has more than one constraint.
    """
    lines = read_lines(path)
    stream = WordStream(lines)
    problems = stream.whole("the number of problems", 1)
    if problems > 1:
        lines[0].fail(f"it holds {problems} problems: expected one a file")
    n = stream.whole("the number of items", 1, MOST_ITEMS)
    constraints = stream.whole("the number of constraints", 1)
    if constraints > 1:
        stream.line.fail(
            f"the problem has {constraints} constraints: a knapsack has one, expected 1"
        )
    stream.real("the optimum, 0 where unknown")
    profits = stream.vector("profit", n, 1)
    weights = stream.vector("weight", n, 1)
    capacity = stream.whole("the capacity", 0)
    stream.end()
    return KnapsackData(profits, weights, capacity)
