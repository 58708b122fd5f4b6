"""Max-cut: split a graph in two so that the edges between the halves weigh most."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from problems.combinatorial.graph import Graph, named_graph, random_edges, torus_edges
from problems.combinatorial.graph_files import read_gset
from problems.combinatorial.instance_file import fingerprint, one_source
from problems.core.bits import CoinFlips, bit_variables
from problems.core.constructible import Constructible
from problems.core.linear_model import LinearModel, assigned, model_of_whole
from problems.core.parts import in_parts
from problems.core.reference import Reference
from problems.core.space import Box
from problems.core.views import Minibatch, Relaxation

#: Largest graph whose eigenvalue bound is computed: it takes time cubic in the nodes.
MOST_FOR_EIGENVALUES = 400
#: Points × edges compared at once: enough to fill vector units, few enough for memory.
CHUNK = 1_000_000


class MaxCut(Constructible):
    """Assign every node a side, 0 or 1, such that the cut weighs most.

    value(x) = −Σ w_ij [x_i ≠ x_j] over the edges ij, x ∈ {0, 1}ⁿ. Generated
    graphs are of the kinds that Rinaldi's generator ``rudy`` made for the Gset
    (Helmberg and Rendl 2000, "A spectral bundle method for semidefinite
    programming"): random edges (there at a density of 6 % and 800 nodes or more), or
    a toroidal grid, each with weights 1 or ±1. The default is a size whose optimum
    integer programming proves within seconds.

    Parameters
    ----------
    graph : str
        A graph with a name: ``petersen``, ``complete-7``, ``cycle-9``,
        ``queen5_5``, ``myciel3``, or other sizes of these.
    file : str
        A file in the Gset's format. It and `graph` leave the options below unused.
    nodes : int
        Size of a generated graph, where neither `graph` nor `file` is given.
    topology : {"random", "torus"}
        Edges drawn uniformly, or a grid wrapped around both ways.
    density : float
        Share of all edges that a random graph has.
    weights : {"unit", "signs"}
        All 1, or −1 and 1 with equal probability.
    instance : int
        Seeds edges and weights.
    """

    space: Box
    objective = "minus the cut"

    def __init__(
        self,
        *,
        graph: str = "",
        file: str = "",
        nodes: int = 60,
        topology: Literal["random", "torus"] = "random",
        density: float = 0.1,
        weights: Literal["unit", "signs"] = "unit",
        instance: int = 0,
    ) -> None:
        one_source(graph=graph, file=file)
        self.one_instance = True
        if file:
            self.graph = read_gset(file)
            self.fingerprint = fingerprint(file)
        elif graph:
            self.graph = named_graph(graph)
        else:
            if not 2 <= nodes <= 2000:
                raise ValueError(f"nodes={nodes}: expected 2 to 2000")
            rng = np.random.default_rng([instance, nodes])
            torus = topology == "torus"
            edges = torus_edges(nodes) if torus else random_edges(rng, nodes, density)
            signs = 2 * rng.integers(0, 2, len(edges)) - 1
            chosen = signs if weights == "signs" else np.ones_like(signs)
            kind = "±1" if weights == "signs" else "1"
            self.graph = Graph(f"{topology}, weights {kind}", nodes, edges, chosen)
            self.one_instance = weights == "unit" and (torus or self.graph.complete)
        self._i, self._j = self.graph.edges.T
        self._weights = self.graph.weights.astype(float)
        self.space = Box(0, 1, self.graph.nodes, integral=True)

    @property
    def title(self) -> str:
        return f"{self.graph.name}: {self.graph.size}"

    def values(self, points: NDArray) -> NDArray[np.float64]:
        # 0 minus, so that an empty cut is 0 and not −0.
        return 0.0 - in_parts(self._cuts, points, CHUNK // len(self._weights))

    def _cuts(self, points: NDArray) -> NDArray[np.float64]:
        return (points[:, self._i] != points[:, self._j]) @ self._weights

    @cached_property
    def reference(self) -> Reference:
        cut = self.graph.cut
        if cut is not None:
            return Reference(-float(cut.value), "closed form", cut.source)
        positive = float(self._weights[self._weights > 0].sum())
        n = self.graph.nodes
        if n <= MOST_FOR_EIGENVALUES:
            laplacian = np.zeros((n, n))
            np.add.at(laplacian, (self._i, self._j), -self._weights)
            laplacian += laplacian.T
            laplacian -= np.diag(laplacian.sum(axis=1))
            top = n / 4 * float(np.linalg.eigvalsh(laplacian)[-1])
            # Whole weights round the bound down; the allowance is for arithmetic.
            spectral = math.floor(top + 1e-9 * max(1.0, n * float(np.abs(self._weights).sum())))
            if spectral < positive:
                source = "n/4 times the Laplacian's largest eigenvalue (Mohar and Poljak 1990)"
                return Reference(-float(spectral), "bound", source)
        return Reference(0.0 - positive, "bound", "all positive weights")

    @cached_property
    def anchors(self) -> dict[str, float]:
        # Each node in turn goes where it cuts more of its weight to earlier nodes.
        side = np.zeros(self.graph.nodes, dtype=np.int64)  # −1 or 1, 0 for none yet
        for node, (near, weights) in enumerate(self.graph.neighbours()):
            side[node] = -1 if weights @ side[near] >= 0 else 1
        return {"greedy (Sahni and Gonzalez 1976)": self.value((side + 1) // 2)}

    def relaxation(self) -> Relaxation:
        return _ExpectedCut(self)

    def linear_model(self) -> LinearModel:
        import pulp

        program = pulp.LpProblem("max-cut", pulp.LpMinimize)
        weights = self.graph.weights.tolist()
        side = bit_variables(self.graph.nodes)
        cut = [pulp.LpVariable(f"y{k}", 0, 1) for k in range(len(weights))]
        program += pulp.lpSum(-w * y for w, y in zip(weights, cut, strict=True))
        for (i, j), w, y in zip(self.graph.edges.tolist(), weights, cut, strict=True):
            if w > 0:  # y is pushed up: an edge within a side holds it at 0
                program += y <= side[i] + side[j]
                program += y <= 2 - side[i] - side[j]
            else:  # y is pushed down: an edge between the sides holds it at 1
                program += y >= side[i] - side[j]
                program += y >= side[j] - side[i]
        # The sides may be exchanged, so the busiest node can be held on one.
        busiest = int(np.bincount(self.graph.edges.ravel()).argmax())
        program += side[busiest] == 0

        def write(x: NDArray) -> dict[pulp.LpVariable, float]:
            x = np.asarray(x)
            return assigned(side, x if x[busiest] == 0 else 1 - x)

        return model_of_whole(program, side, integral=True, write=write)

    def describe(self, x: NDArray) -> str:
        chosen = np.flatnonzero(x) + 1  # as files count them
        cut = int(-self.value(x))
        return f"cut {cut}, {len(chosen)} nodes on side 1: {' '.join(map(str, chosen))}"


class _ExpectedCut(CoinFlips):
    """Minus the expected cut, Σ w_ij (1 − s_i s_j)/2 with s = tanh(θ/2), over Σ |w|."""

    def __init__(self, problem: MaxCut) -> None:
        super().__init__(problem.space.dimension)
        self._i, self._j = problem.graph.edges.T
        total = max(1, np.abs(problem.graph.weights).sum())
        self._weights = problem.graph.weights / total
        # Gershgorin: |s'| <= 1/2 and |s''| <= 1/(3 sqrt 3) bound each row of the Hessian.
        ends = np.concatenate([self._i, self._j])
        load = np.bincount(ends, np.tile(np.abs(self._weights), 2), self.dimension)
        self.smoothness = float(load.max()) * (1 / 8 + 1 / (6 * 3**0.5)) or None

    def loss_and_gradient(
        self, theta: NDArray[np.float64], rows: Minibatch | None = None
    ) -> tuple[float, NDArray[np.float64]]:
        i, j, w = self._i, self._j, self._weights
        s = np.tanh(theta / 2)
        loss = -0.5 * float(w @ (1 - s[i] * s[j]))
        pull = np.bincount(i, w * s[j], self.dimension) + np.bincount(j, w * s[i], self.dimension)
        return loss, 0.25 * pull * (1 - s * s)
