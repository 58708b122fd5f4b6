"""Quadratic assignment: facilities that trade with each other look for locations."""

from __future__ import annotations

from functools import cached_property
from itertools import combinations, permutations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from problems.combinatorial.instance_file import WordStream, fingerprint, read_lines, words
from problems.core.constructible import Constructible
from problems.core.linear_model import LinearModel, Solution, assigned
from problems.core.parts import in_parts
from problems.core.permutation import Permutation
from problems.core.reference import Reference
from problems.core.views import Unsupported

#: QAPLIB's largest instance, tai256c.
MOST_FACILITIES = 256
#: Values below this are exact whole numbers in a double.
EXACT = 2**53
#: Random flows and distances are drawn from 0 … HIGHEST.
HIGHEST = 99
#: Most facilities whose n! assignments are all evaluated.
ENUMERATED = 8
#: Most facilities of the integer program, which already takes some 10 s.
MODELLED = 8
#: Most facilities for which improving by exchanges takes no time worth telling.
IMPROVED = 30
#: Products computed at once: enough to fill vector units, few enough for the cache.
CHUNK = 1 << 18


class QuadraticAssignment(Constructible):
    """Give n facilities n locations so that flow × distance is least.

    value(x) = Σ_ij a_ij b_{x_i x_j}, where a_ij is the flow from facility i to
    facility j, b_kl the distance from location k to location l, and x_i the
    location of facility i (Koopmans and Beckmann 1957, "Assignment problems and the
    location of economic activities"). As QAPLIB has it (Burkard,
    Karisch and Rendl 1997), both orders of a pair count, so that a symmetric
    instance has even values. Random flows and distances are symmetric and uniform
    on 0 … 99 with zeros on the diagonal, after Taillard (1991), "Robust taboo
    search for the quadratic assignment problem".

    Parameters
    ----------
    facilities : int
        Number of facilities of a random instance, n.
    file : str
        A QAPLIB ``.dat`` file, read instead: n, then the matrices a and b; `facilities`
        and `instance` are then not used.
    instance : int
        Seeds random flows and distances.
    """

    space: Permutation
    objective = "flow × distance"

    def __init__(self, *, facilities: int = 20, file: str = "", instance: int = 0) -> None:
        if file:
            self.flows, self.distances = read_qaplib(file)
            self.fingerprint = fingerprint(file)
            self._source = Path(file).name
        else:
            if not 2 <= facilities <= MOST_FACILITIES:
                raise ValueError(f"facilities={facilities}: expected 2 to {MOST_FACILITIES}")
            rng = np.random.default_rng([instance, facilities])
            self.flows, self.distances = (_symmetric(rng, facilities) for _ in range(2))
            self._source = f"flows and distances uniform on 0 to {HIGHEST}"
        self.one_instance = bool(file)
        self.space = Permutation(len(self.flows), kind="assignment")

    @property
    def title(self) -> str:
        return f"{self.space.n} facilities, {self._source}"

    def values(self, points: NDArray) -> NDArray[np.float64]:
        return in_parts(self._costs, np.asarray(points, dtype=np.int64), CHUNK // self.space.n**2)

    def _costs(self, points: NDArray[np.int64]) -> NDArray[np.int64]:
        between = self.distances[points[:, :, None], points[:, None, :]]
        return np.einsum("ij,pij->p", self.flows, between)

    @cached_property
    def reference(self) -> Reference:
        n = self.space.n
        if n <= ENUMERATED:
            every = np.array(list(permutations(range(n))))
            return Reference(float(self.values(every).min()), "certified", "complete enumeration")
        return Reference(self.gilmore_lawler(), "bound", "Gilmore (1962), Lawler (1963)")

    def gilmore_lawler(self) -> float:
        """Return the Gilmore-Lawler bound.

        If facility i is at location k, its own terms cost at least a_ii b_kk plus
        the smallest scalar product of the other flows out of i with the other
        distances from k, which pairs the largest with the smallest. The best
        assignment at those prices is a bound. Gilmore (1962), "Optimal and
        suboptimal algorithms for the quadratic assignment problem"; Lawler (1963),
        "The quadratic assignment problem".
        """
        from scipy.optimize import linear_sum_assignment

        rising, falling = _off_diagonal(self.flows), _off_diagonal(self.distances)[:, ::-1]
        least = np.outer(self.flows.diagonal(), self.distances.diagonal()) + rising @ falling.T
        return float(least[linear_sum_assignment(least)].sum())

    @cached_property
    def anchors(self) -> dict[str, float]:
        x = self._busiest_to_centre()
        values = {"busiest to the centre": self.value(x)}
        if self.space.n <= IMPROVED:
            values["busiest to the centre, exchanges"] = self._exchanged(x)
        return values

    def _busiest_to_centre(self) -> NDArray[np.int64]:
        """Match facilities by total flow with locations by total distance."""
        busy = self.flows.sum(axis=0) + self.flows.sum(axis=1)
        remote = self.distances.sum(axis=0) + self.distances.sum(axis=1)
        x = np.empty(self.space.n, dtype=np.int64)
        x[np.argsort(-busy, kind="stable")] = np.argsort(remote, kind="stable")
        return x

    def _exchanged(self, x: NDArray[np.int64]) -> float:
        """Return the cost when no exchange of two facilities lowers it, the best one first."""
        first, second = np.triu_indices(self.space.n, 1)
        rows = np.arange(len(first))
        cost = self.value(x)
        while True:
            near = np.tile(x, (len(first), 1))
            near[rows, first], near[rows, second] = x[second], x[first]
            costs = self.values(near)
            if costs.min() >= cost:
                return cost
            x, cost = near[costs.argmin()], float(costs.min())

    def linear_model(self) -> LinearModel:
        """Return the linearisation of Adams and Johnson.

        Adams and Johnson (1994), "Improved linear programming-based lower bounds for
        the quadratic assignment problem".

        x_ik = 1 where facility i is at location k, and y_ikjl = x_ik x_jl, written
        once for i < j. For a given x_ik the y_ikjl are an assignment of j over the
        l ≠ k, and for a given x_jl over the k ≠ l: with x binary this makes y
        the product.

        Raises
        ------
        Unsupported
            Beyond `MODELLED` facilities.
        """
        n = self.space.n
        if n > MODELLED:
            raise Unsupported(
                f"its {n} facilities are more than {MODELLED}, beyond which the linearised "
                "program, of size n⁴, takes minutes"
            )
        import pulp

        program = pulp.LpProblem("quadratic_assignment", pulp.LpMinimize)
        some = range(n)
        x = [[pulp.LpVariable(f"x_{i}_{k}", cat=pulp.LpBinary) for k in some] for i in some]
        y = {
            (i, k, j, m): pulp.LpVariable(f"y_{i}_{k}_{j}_{m}", 0)
            for i, j in combinations(some, 2)
            for k in some
            for m in some
            if k != m
        }
        a, b = self.flows.tolist(), self.distances.tolist()
        alone = [a[i][i] * b[k][k] * x[i][k] for i in some for k in some]
        together = [(a[i][j] * b[k][m] + a[j][i] * b[m][k]) * v for (i, k, j, m), v in y.items()]
        program += pulp.lpSum(alone + together)
        for i in some:
            program += pulp.lpSum(x[i]) == 1
            program += pulp.lpSum(x[j][i] for j in some) == 1
        for i, j in combinations(some, 2):
            for k in some:
                program += pulp.lpSum(y[i, k, j, m] for m in some if m != k) == x[i][k]
                program += pulp.lpSum(y[i, m, j, k] for m in some if m != k) == x[j][k]

        def read(values: Solution) -> NDArray:
            return np.array([[values[v] for v in row] for row in x]).argmax(axis=1)

        def write(places: NDArray) -> dict[pulp.LpVariable, float]:
            chosen = np.eye(n, dtype=np.int64)[np.asarray(places)]
            return assigned((v for row in x for v in row), chosen.ravel())

        return LinearModel(program, read, integral=True, write=write)

    def describe(self, x: NDArray) -> str:
        """Show the location of each facility, both counted from 1 as in QAPLIB's files."""
        places = (np.asarray(x) + 1).tolist()
        pairs = " ".join(f"{i}→{k}" for i, k in enumerate(places, start=1))
        return f"cost {self.value(x):.0f}, facility → location: {pairs}"


def read_qaplib(path: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the two matrices of a QAPLIB ``.dat`` file, each of shape (n, n).

    The best known value that some files have beside the size, on the first line, is passed
    over: it is not proven.

    Raises
    ------
    FormatError
        Naming file and line, where the file does not follow the format.
    """
    lines = read_lines(path)
    stream = WordStream(lines)
    n = stream.whole("the number of facilities", 2, MOST_FACILITIES)
    if len(lines[0].words) == 2 and sum(len(line.words) for line in lines) == 2 + 2 * n * n:
        stream.real("the best known value")
    flows, distances = (stream.matrix(f"matrix {name}", n) for name in "AB")
    stream.end()
    most = sum(flows.ravel().tolist()) * int(distances.max())
    if most >= EXACT:
        line, _ = max(words(lines), key=lambda numbered: int(numbered[1]))
        line.fail(f"a value may reach {most:.1e}, beyond exact arithmetic")
    return flows, distances


def _symmetric(rng: np.random.Generator, n: int) -> NDArray[np.int64]:
    upper = np.triu(rng.integers(0, HIGHEST + 1, (n, n)), 1)
    return upper + upper.T


def _off_diagonal(matrix: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return each row without its diagonal entry, in ascending order."""
    n = len(matrix)
    return np.sort(matrix[~np.eye(n, dtype=bool)].reshape(n, n - 1), axis=1)
