"""Set cover: the cheapest columns that cover every row."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from problems.combinatorial.covering import named_covering, random_covering, read_scp
from problems.combinatorial.instance_file import fingerprint, one_source
from problems.core.bits import bit_variables
from problems.core.constructible import Constructible
from problems.core.linear_model import LinearModel, model_of_whole
from problems.core.reference import Reference
from problems.core.space import Box


class SetCover(Constructible):
    """Choose columns of the lowest total cost such that every row is covered.

    value(x) = Σ c_j x_j, x ∈ {0, 1}ⁿ, subject to 1 − Σ_j a_ij x_j <= 0 for each
    row i; all columns together (the total cost) are the worst feasible point, and
    one that leaves u rows uncovered is told as the total cost + u. The constraints
    stay constraints, and nothing is repaired: a repair is a heuristic of its own,
    whose merit would be credited to the method that is compared.

    Generated systems follow Balas and Ho (1980), "Set covering algorithms using
    cutting planes, heuristics, and subgradient optimization", whose own are sets 4 to 6
    of the OR-Library's ``scp`` files.

    Parameters
    ----------
    system : str
        A system with a name: ``steiner-9``, ``steiner-27``, ``steiner-81`` or
        ``cycle-n``.
    file : str
        A file in the format of the OR-Library's ``scp`` files. It and `system` leave the
        options below unused.
    rows, columns : int
        Size of a generated system, where neither `system` nor `file` is given.
    density : float
        Share of the rows that a column covers.
    instance : int
        Seeds costs and entries.
    """

    space: Box
    objective = "cost"

    def __init__(
        self,
        *,
        system: str = "",
        file: str = "",
        rows: int = 100,
        columns: int = 200,
        density: float = 0.05,
        instance: int = 0,
    ) -> None:
        one_source(system=system, file=file)
        if file:
            self.covering = read_scp(file)
            self.fingerprint = fingerprint(file)
        elif system:
            self.covering = named_covering(system)
        else:
            if not 1 <= rows <= 1000:
                raise ValueError(f"rows={rows}: expected 1 to 1000")
            if not 2 <= columns <= 5000:
                raise ValueError(f"columns={columns}: expected 2 to 5000")
            if not 0 < density <= 0.4:
                raise ValueError(f"density={density:g}: expected more than 0 and at most 0.4")
            rng = np.random.default_rng([instance, rows, columns])
            self.covering = random_covering(rng, rows, columns, density)
        self.one_instance = bool(file or system)
        self.costs = np.array(self.covering.costs, dtype=np.int64)
        sizes = [len(row) for row in self.covering.rows]
        self._columns = np.array([j for row in self.covering.rows for j in row], dtype=np.int64)
        self._starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
        self.ceiling = float(self.costs.sum())
        self.space = Box(0, 1, len(self.costs), integral=True)

    @property
    def title(self) -> str:
        name, m, n = self.covering.name, len(self.covering.rows), len(self.costs)
        return f"{name}: {m:,} rows, {n:,} columns"

    def values(self, points: NDArray) -> NDArray[np.float64]:
        return (np.asarray(points) @ self.costs).astype(float)

    def constraints(self, x: NDArray) -> NDArray[np.float64]:
        # No row is empty, so that a row's entries are exactly those up to the next start.
        chosen = np.asarray(x, dtype=float)[self._columns]
        return 1.0 - np.add.reduceat(chosen, self._starts)

    @cached_property
    def reference(self) -> Reference:
        if self.covering.cheapest is not None:
            return self.covering.cheapest
        # A price on every row such that no column costs less than its rows' prices
        # together bounds every cover; raise the prices one by one, scarce rows first.
        left = self.costs.copy()
        total = 0
        for row in sorted(self.covering.rows, key=len):
            price = left[row].min()
            left[row] -= price
            total += int(price)
        return Reference(float(total), "bound", "row prices by dual ascent (weak duality)")

    @cached_property
    def anchors(self) -> dict[str, float]:
        return {"greedy by cost per new row (Chvatal 1979)": self.value(self._greedy())}

    def _greedy(self) -> NDArray[np.int64]:
        """Take the column that covers most uncovered rows for its cost, until none is left."""
        rows = self.covering.rows
        covered_by: list[list[int]] = [[] for _ in self.costs]
        for i, row in enumerate(rows):
            for j in row:
                covered_by[j].append(i)
        new = np.array([len(covered) for covered in covered_by], dtype=float)
        uncovered = np.ones(len(rows), dtype=bool)
        x = np.zeros(len(self.costs), dtype=np.int64)
        while uncovered.any():
            best = int((new / self.costs).argmax())
            x[best] = 1
            for i in covered_by[best]:
                if uncovered[i]:
                    uncovered[i] = False
                    new[rows[i]] -= 1
        return x

    def linear_model(self) -> LinearModel:
        import pulp

        program = pulp.LpProblem("set-cover", pulp.LpMinimize)
        take = bit_variables(len(self.costs))
        program += pulp.lpDot(self.covering.costs, take)
        for row in self.covering.rows:
            program += pulp.lpSum(take[j] for j in row) >= 1
        return model_of_whole(program, take)

    def describe(self, x: NDArray) -> str:
        chosen = np.flatnonzero(x)
        uncovered = int((self.constraints(x) > 0).sum())
        missed = f", {uncovered} rows uncovered" if uncovered else ""
        numbers = " ".join(str(j + 1) for j in chosen)
        return f"{len(chosen)} columns, cost {int(self.value(x))}{missed}: {numbers}"
