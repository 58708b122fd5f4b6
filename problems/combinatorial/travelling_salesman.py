"""The travelling salesman: the shortest way through all cities and home."""

from __future__ import annotations

from functools import cached_property
from itertools import combinations
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from problems.combinatorial.held_karp import one_tree_bound, shortest_tour_length
from problems.combinatorial.instance_file import fingerprint
from problems.combinatorial.tsplib import MOST_CITIES, euclidean, geographical, read_tsplib
from problems.core.constructible import Constructible
from problems.core.linear_model import LinearModel, Solution, assigned
from problems.core.permutation import Permutation
from problems.core.reference import Reference
from problems.core.views import Unsupported

#: Random cities lie on a square of this side.
SIDE = 1000
#: Most cities whose optimum the dynamic programme finds in some 0.1 s.
DYNAMIC = 15
#: Most cities of the integer program, which beyond them takes minutes.
MODELLED = 150
#: Most cities for which improving by 2-opt takes no time worth telling.
IMPROVED = 300
#: Burma14 of TSPLIB (Zaw Win): latitude and longitude in DDD.MM; its optimum is 3323.
BURMA = """
16.47 96.10  16.47 94.44  20.09 92.54  22.39 93.37  25.23 97.24  22.00 96.05  20.47 97.02
17.20 96.29  16.30 97.38  14.05 98.12  16.53 97.38  21.52 95.59  19.41 97.13  20.09 94.55
"""


class TravellingSalesman(Constructible):
    """Visit every city once and return home on the shortest way.

    value(x) = Σ_k d(x_k, x_{k+1}), indices modulo n, x a permutation of the cities
    0 … n-1; where a tour starts and which way round it goes make no difference.
    d is symmetric and in whole numbers. Random cities are uniform on the whole
    points of a square of side 1000, d the Euclidean distance rounded to the
    nearest whole number (EUC_2D of Reinelt 1991, "TSPLIB - a traveling salesman
    problem library", ORSA Journal on Computing 3).

    Parameters
    ----------
    cities : int
        Number of random cities, n.
    data : {"random", "burma14"}
        burma14 is the smallest instance of TSPLIB.
    file : str
        A TSPLIB ``.tsp`` file, read instead: EUC_2D, CEIL_2D, ATT, GEO, or EXPLICIT
        as a full, upper or lower matrix; at most 2400 cities. `cities` and `instance`
        are then not used.
    instance : int
        Seeds random cities.
    """

    space: Permutation
    objective = "tour length"

    def __init__(
        self,
        *,
        cities: int = 50,
        data: Literal["random", "burma14"] = "random",
        file: str = "",
        instance: int = 0,
    ) -> None:
        if file and data != "random":
            raise ValueError(f"data={data}: expected random beside file={file}")
        if file:
            self.lengths = read_tsplib(file)
            self.fingerprint = fingerprint(file)
            self._source = Path(file).name
        elif data == "burma14":
            self.lengths = geographical(np.array(BURMA.split(), dtype=float).reshape(-1, 2))
            self._source = "burma14 of TSPLIB"
        else:
            if not 3 <= cities <= MOST_CITIES:
                raise ValueError(f"cities={cities}: expected 3 to {MOST_CITIES}")
            rng = np.random.default_rng([instance, cities])
            self.lengths = euclidean(rng.integers(0, SIDE + 1, (cities, 2)).astype(float))
            self._source = f"uniform on a square of side {SIDE}"
        self.one_instance = bool(file) or data != "random"
        self.space = Permutation(len(self.lengths), kind="tour")

    @property
    def title(self) -> str:
        return f"{self.space.n} cities, {self._source}"

    def values(self, points: NDArray) -> NDArray[np.float64]:
        points = np.asarray(points, dtype=np.int64)
        return self.lengths[points, np.roll(points, -1, axis=1)].sum(axis=1).astype(float)

    @cached_property
    def reference(self) -> Reference:
        n = self.space.n
        if n <= DYNAMIC:
            optimum = shortest_tour_length(self.lengths)
            return Reference(optimum, "dynamic programme", "Held and Karp (1962)")
        trees = max(1, min(200, 8_000_000 // n**2))
        return Reference(
            one_tree_bound(self.lengths, trees), "bound", f"{trees} 1-trees, Held and Karp (1970)"
        )

    @cached_property
    def anchors(self) -> dict[str, float]:
        tour = self._nearest_neighbours()
        values = {"nearest neighbour": self.value(tour)}
        if self.space.n <= IMPROVED:
            values["nearest neighbour, 2-opt"] = self.value(self._improve(tour))
        return values

    def _nearest_neighbours(self) -> NDArray[np.int64]:
        """Go from city 0 to the nearest city not yet visited, again and again."""
        tour = [0]
        free = np.ones(self.space.n, dtype=bool)
        free[0] = False
        while len(tour) < self.space.n:
            tour.append(int(np.where(free, self.lengths[tour[-1]], np.inf).argmin()))
            free[tour[-1]] = False
        return np.array(tour)

    def _improve(self, tour: NDArray[np.int64]) -> NDArray[np.int64]:
        """Reverse the stretch of the tour that shortens it most until none does (Croes 1958)."""
        tour = tour.copy()
        while True:
            after = np.roll(tour, -1)
            edge = self.lengths[tour, after]
            gain = edge[:, None] + edge - self.lengths[np.ix_(tour, tour)]
            gain -= self.lengths[np.ix_(after, after)]
            np.fill_diagonal(gain, 0)
            i, j = sorted(map(int, np.unravel_index(gain.argmax(), gain.shape)))
            if gain[i, j] <= 0:
                return tour
            tour[i + 1 : j + 1] = tour[i + 1 : j + 1][::-1].copy()

    def linear_model(self) -> LinearModel:
        """Return the model of Dantzig, Fulkerson and Johnson (1954).

        "Solution of a large-scale traveling-salesman problem".

        x_ij = 1 where the tour uses the edge between i and j. Every city has two
        edges; that no smaller set S of cities closes a tour of its own,
        Σ_{i,j ∈ S} x_ij <= |S| − 1, is added for the sets that a solution closes.

        Raises
        ------
        Unsupported
            Beyond `MODELLED` cities, or below three.
        """
        n = self.space.n
        if not 3 <= n <= MODELLED:
            raise Unsupported(f"it has {n} cities; the program is for 3 to {MODELLED}")
        import pulp

        program = pulp.LpProblem("travelling_salesman", pulp.LpMinimize)
        edges = list(combinations(range(n), 2))
        use = {e: pulp.LpVariable(f"x_{e[0]}_{e[1]}", cat=pulp.LpBinary) for e in edges}
        program += pulp.lpSum(int(self.lengths[e]) * use[e] for e in edges)
        for i in range(n):
            program += pulp.lpSum(use[e] for e in edges if i in e) == 2

        def tours(values: Solution) -> list[list[int]]:
            """Follow the used edges into closed tours."""
            neighbours: dict[int, list[int]] = {i: [] for i in range(n)}
            for i, j in edges:
                if values[use[i, j]] > 0.5:
                    neighbours[i].append(j)
                    neighbours[j].append(i)
            left, cycles = set(range(n)), []
            while left:
                tour = [min(left)]
                left.discard(tour[0])
                while onward := [j for j in neighbours[tour[-1]] if j in left]:
                    tour.append(onward[0])
                    left.discard(onward[0])
                cycles.append(tour)
            return cycles

        def separate(values: Solution) -> list[pulp.LpConstraint]:
            closed = tours(values)
            if len(closed) == 1:
                return []
            return [
                pulp.lpSum(use[e] for e in combinations(sorted(tour), 2)) <= len(tour) - 1
                for tour in closed
            ]

        def read(values: Solution) -> NDArray:
            return np.array(tours(values)[0])

        def write(x: NDArray) -> dict[pulp.LpVariable, float]:
            tour = np.asarray(x).tolist()
            used = {(min(e), max(e)) for e in zip(tour, [*tour[1:], tour[0]], strict=True)}
            return assigned(use.values(), (e in used for e in edges))

        return LinearModel(program, read, separate=separate, write=write)

    def describe(self, x: NDArray) -> str:
        """Show the tour, cities counted from 1 as in TSPLIB's files.

        It begins at city 1 and goes towards the neighbour of the smaller number.
        """
        x = np.asarray(x, dtype=np.int64)
        tour = np.roll(x, -int(x.argmin()))
        if tour[-1] < tour[1]:
            tour = np.roll(tour[::-1], 1)
        return f"length {self.value(x):.0f}: {' '.join(map(str, [*(tour + 1).tolist(), 1]))}"
