"""Covering systems: rows, and the columns that cover each; named, random, from a file."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path

import numpy as np

from problems.combinatorial.instance_file import WordStream, named_instance, read_lines
from problems.core.reference import Reference

#: Larger systems are refused rather than allocated.
MOST_ROWS, MOST_COLUMNS, MOST_ENTRIES = 30_000, 20_000, 2_000_000
#: Costs beyond this are refused: sums stay exact in double precision.
MOST_COST = 10**9
#: Largest sets of points without a whole line in AG(d, 3), d = 1, 2, … (OEIS A090245).
CAPS = {3: 2, 9: 4, 27: 9, 81: 20}


@dataclass(frozen=True)
class Covering:
    """Columns with costs, and for every row the columns that cover it.

    Parameters
    ----------
    name : str
    costs : list of int
        One a column, at least 1.
    rows : list of list of int
        Columns from 0, each once in a row; none empty.
    cheapest : Reference or None
        Cost of the cheapest cover, where it is known.
    """

    name: str
    costs: list[int]
    rows: list[list[int]]
    cheapest: Reference | None = None


def named_covering(name: str) -> Covering:
    """Build a system from its definition, every column at cost 1.

    ``steiner-9``, ``-27`` and ``-81``: the points of AG(d, 3) have to meet every
    line, the Steiner triple systems stn9, stn27 and stn81 that Fulkerson, Nemhauser
    and Trotter (1974), "Two computationally difficult set covering problems", began;
    optima 5, 18 (theirs) and 61 (proven by Mannino and Sassano 1995, and earlier as the
    size of a largest cap by Pellegrino 1971). ``cycle-n``: the n nodes of a cycle have
    to meet its edges.

    Raises
    ------
    ValueError
        When there is no such system.
    """
    families = (
        (r"steiner-(\d+)", tuple(CAPS), _steiner),
        (r"cycle-(\d+)", range(3, 2001), _cycle),
    )
    return named_instance("system", name, families, "steiner-9, -27 or -81, or cycle-7")


def _cycle(name: str, n: int) -> Covering:
    rows = [[i, (i + 1) % n] for i in range(n)]
    cheapest = Reference(float((n + 1) // 2), "closed form", "a node meets two of the n edges")
    return Covering(name, [1] * n, rows, cheapest)


def _steiner(name: str, n: int) -> Covering:
    places = list(product(range(3), repeat=round(np.log(n) / np.log(3))))
    index = {place: k for k, place in enumerate(places)}
    lines = set()
    for a, b in combinations(places, 2):
        # Three different points are a line where they sum to zero.
        c = tuple(-(s + t) % 3 for s, t in zip(a, b, strict=True))
        lines.add(tuple(sorted((index[a], index[b], index[c]))))
    source = f"all points but a largest cap of {CAPS[n]} (OEIS A090245)"
    if n == 81:
        source += ", proven by Pellegrino (1971), not derived again here"
    cheapest = Reference(float(n - CAPS[n]), "closed form", source)
    return Covering(name, [1] * n, [list(line) for line in sorted(lines)], cheapest)


def random_covering(rng: np.random.Generator, rows: int, columns: int, density: float) -> Covering:
    """Draw a system by the scheme of Balas and Ho (1980, see `SetCover`).

    Costs are uniform on 1 … 100; an entry is 1 with probability `density`; then
    every column is made to cover a row and every row to have two columns.

    Parameters
    ----------
    rng : Generator
    rows, columns : int
        The system's size.
    density : float
        Share of the entries that are 1, before rows and columns are made whole.
    """
    costs = rng.integers(1, 101, columns)
    covers = rng.random((rows, columns)) < density
    for column in np.flatnonzero(~covers.any(axis=0)):
        covers[rng.integers(rows), column] = True
    for row in np.flatnonzero(covers.sum(axis=1) < 2):
        open_columns = np.flatnonzero(~covers[row])
        missing = 2 - int(covers[row].sum())
        covers[row, rng.choice(open_columns, missing, replace=False)] = True
    covering_rows = [np.flatnonzero(row).tolist() for row in covers]
    return Covering("random", costs.tolist(), covering_rows)


def read_scp(path: str) -> Covering:
    """Read a system in the format of the OR-Library's ``scp`` files.

    Beasley (1990), "OR-Library: distributing test problems by electronic mail".

    Numbers, with any line ends between: rows m and columns n; the n costs; for
    each row the number of columns that cover it and those columns, from 1. The
    ``rail`` files list the rows of each column instead and are not read.

    Raises
    ------
    FormatError
        Naming file and line.
    """
    numbers = WordStream(read_lines(path))
    m = numbers.whole("the number of rows", 1, MOST_ROWS)
    n = numbers.whole("the number of columns", 1, MOST_COLUMNS)
    costs = [numbers.whole(f"the cost of column {j} of {n}", 1, MOST_COST) for j in range(1, n + 1)]
    rows: list[list[int]] = []
    entries = 0
    for i in range(1, m + 1):
        size = numbers.whole(f"how many columns cover row {i} of {m}", 1, n)
        entries += size
        if entries > MOST_ENTRIES:
            numbers.line.fail(f"expected at most {MOST_ENTRIES} entries")
        row: dict[int, None] = {}
        for _ in range(size):
            column = numbers.whole(f"the columns of row {i}", 1, n) - 1
            if column in row:
                numbers.line.fail(f"column {column + 1} is listed twice in row {i}")
            row[column] = None
        rows.append(list(row))
    numbers.end()
    return Covering(Path(path).stem, costs, rows)
