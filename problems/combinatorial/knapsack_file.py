"""The OR-Library's format of knapsacks with one or several constraints."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from problems.combinatorial.instance_file import WordStream, read_lines

#: Most items of a file, as of the generator, and most weights of a problem in it.
MOST_ITEMS, MOST_WEIGHTS = 5000, 1_000_000


@dataclass(frozen=True)
class KnapsackData:
    """A knapsack of n items under m constraints.

    Parameters
    ----------
    profits : ndarray of int or float, shape (n,)
        Above 0.
    weights : ndarray of int, shape (m, n)
        Each at least 0.
    capacities : ndarray of int, shape (m,)
    source : str
        Where it is from.
    stated : float
        What its file states as the optimum; 0 where it is not known.
    """

    profits: NDArray[np.int64] | NDArray[np.float64]
    weights: NDArray[np.int64]
    capacities: NDArray[np.int64]
    source: str
    stated: float = 0.0

    @property
    def whole(self) -> bool:
        """Whether all profits are whole numbers."""
        return bool(self.profits.dtype == np.int64)


def read_knapsack(path: str, number: int = 1) -> KnapsackData:
    """Read problem `number` of a file in the OR-Library's "mknap1" and "mknapcb" format.

    Beasley (1990), "OR-Library: distributing test problems by electronic mail".

    Words in order, with any line ends between: how many problems; for each the number
    of items n, of constraints m, and the optimum or 0 where it is not known; n
    profits, which may be decimal; for each constraint n weights; m capacities. Of
    the other problems only the words are counted.

    Raises
    ------
    FormatError
        Naming file and line.
    ValueError
        When the file has no such problem.
    """
    stream = WordStream(read_lines(path))
    problems = stream.whole("the number of problems", 1)
    name = Path(path).name
    if not 1 <= number <= problems:
        raise ValueError(f"number={number}: expected 1 to {problems}, the problems of {name}")
    data = None
    for k in range(1, problems + 1):
        n = stream.whole(f"the number of items of problem {k} of {problems}", 1, MOST_ITEMS)
        m = stream.whole("the number of constraints", 1, MOST_WEIGHTS // n)
        stated = stream.real("the optimum, 0 where unknown")
        if k != number:
            stream.skip(f"word of problem {k},", n + m * n + m)
            continue
        profits = _profits(stream, n)
        weights = [stream.vector(f"constraint {i + 1} of {m}, weight", n) for i in range(m)]
        capacities = stream.vector("capacity", m)
        source = name if problems == 1 else f"problem {k} of {name}"
        data = KnapsackData(profits, np.array(weights), capacities, source, stated)
    stream.end()
    assert data is not None  # as number is one of them
    return data


def _profits(stream: WordStream, n: int) -> NDArray[np.int64] | NDArray[np.float64]:
    profits = np.empty(n)
    for i in range(n):
        profits[i] = stream.real(f"profit {i + 1} of {n}")
        if profits[i] <= 0:
            stream.line.fail(f"expected a profit above 0, not {profits[i]:g}")
    whole = profits.astype(np.int64)
    return whole if (whole == profits).all() else profits
