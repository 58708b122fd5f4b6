"""Graph colouring with a fixed number of colours: as few conflicts as possible."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from problems.combinatorial.graph import named_graph, planted_edges, unit_graph
from problems.combinatorial.graph_files import read_col
from problems.combinatorial.instance_file import fingerprint, one_source
from problems.core.constructible import Constructible
from problems.core.frozen import frozen_property
from problems.core.linear_model import LinearModel, Solution, assigned
from problems.core.parts import in_parts
from problems.core.reference import Reference
from problems.core.space import Categorical
from problems.core.views import BoxRelaxation, Minibatch, Relaxation, Unsupported

#: Points × edges compared at once.
CHUNK = 1_000_000
#: Colours × edges beyond which the linear model would not fit.
MOST_CONSTRAINTS = 500_000


class GraphColouring(Constructible):
    """Give every node one of k colours such that few edges join equal colours.

    value(x) = Σ [x_i = x_j] over the edges ij, x ∈ {0 … k−1}ⁿ: the number of
    conflicts, 0 for a proper colouring. This is the form that is searched since
    Hertz and de Werra (1987), "Using tabu search techniques for graph coloring":
    every assignment is a solution and a change of one node changes the value,
    whereas the number of colours is the same nearly everywhere, and proper
    colourings are too rare to be met by chance. To find the chromatic number,
    lower `colours` until 0 is out of reach.

    Generated graphs have edges drawn uniformly between k hidden classes of equal
    size, so that their optimum is known to be 0. The default mean degree lies where
    random graphs stop being 3-colourable: at 4.03 nearly all are (Achlioptas and
    Moore 2002, "Almost all graphs of degree 4 are 3-colorable"), at 4.99 nearly none
    (Fountoulakis and McDiarmid 2002, "Upper bounds on the non-3-colourability
    threshold of random graphs").

    Parameters
    ----------
    graph : str
        A graph with a name: ``petersen``, ``complete-7``, ``cycle-9``,
        ``queen5_5``, ``myciel3``, or other sizes of these.
    file : str
        A file in the DIMACS ``.col`` format. It and `graph` leave `nodes`, `degree` and
        `instance` unused.
    colours : int
        k. 0 stands for the chromatic number of a named graph and 3 for a
        generated one; with a file it has to be given.
    nodes : int
        Size of a generated graph, where neither `graph` nor `file` is given.
    degree : float
        Its mean degree.
    instance : int
        Seeds hidden classes and edges.
    """

    space: Categorical
    objective = "conflicts"

    def __init__(
        self,
        *,
        graph: str = "",
        file: str = "",
        colours: int = 0,
        nodes: int = 100,
        degree: float = 4.6,
        instance: int = 0,
    ) -> None:
        one_source(graph=graph, file=file)
        if not 0 <= colours <= 1000:
            raise ValueError(f"colours={colours}: expected 1 to 1000, or 0 for the default")
        if file:
            if colours == 0:
                raise ValueError("colours=0: expected how many colours to use on this file")
            self.graph = read_col(file)
            self.fingerprint = fingerprint(file)
        elif graph:
            self.graph = named_graph(graph)
            if colours == 0 and self.graph.chromatic is not None:
                colours = self.graph.chromatic.value
        else:
            colours = colours or 3
            if colours < 2:
                raise ValueError("colours=1: expected at least 2 for a generated graph")
            if not 2 <= nodes <= 2000:
                raise ValueError(f"nodes={nodes}: expected 2 to 2000")
            rng = np.random.default_rng([instance, nodes, colours])
            self.graph = unit_graph("random", nodes, planted_edges(rng, nodes, colours, degree))
        self.one_instance = bool(file or graph) or self.graph.complete
        self._planted = not (file or graph)
        self.colours = colours
        self._i, self._j = self.graph.edges.T
        self.space = Categorical([self.colours] * self.graph.nodes)

    @property
    def title(self) -> str:
        plural = "colour" if self.colours == 1 else "colours"
        return f"{self.graph.name}: {self.graph.size}, {self.colours} {plural}"

    def values(self, points: NDArray) -> NDArray[np.float64]:
        return in_parts(self._conflicts, points, CHUNK // len(self._i))

    def _conflicts(self, points: NDArray) -> NDArray[np.int64]:
        return (points[:, self._i] == points[:, self._j]).sum(axis=1)

    @cached_property
    def reference(self) -> Reference:
        graph, k, m = self.graph, self.colours, len(self._i)
        if self._planted:
            return Reference(0.0, "closed form", "the colouring that was planted")
        if k == 1:
            return Reference(float(m), "closed form", "one colour: every edge is a conflict")
        if graph.chromatic is not None and k >= graph.chromatic.value:
            source = f"{graph.chromatic.value}-colourable: {graph.chromatic.source}"
            return Reference(0.0, "closed form", source)
        if graph.complete:
            # Classes as equal as they can be: r of them have one node more than the others.
            q, r = divmod(graph.nodes, k)
            least = r * q * (q + 1) // 2 + (k - r) * q * (q - 1) // 2
            return Reference(float(least), "closed form", "equal classes (Turan 1941)")
        if k == 2 and graph.cut is not None:
            source = f"the edges outside a maximum cut: {graph.cut.source}"
            return Reference(float(m - graph.cut.value), "closed form", source)
        if graph.chromatic is not None:
            source = f"not {k}-colourable: {graph.chromatic.source}"
            return Reference(1.0, "bound", source)
        return Reference(0.0, "bound", "no conflicts")

    @frozen_property
    def _saturation(self) -> tuple[list[int], NDArray[np.int64]]:
        """Order and colours of Brélaz's DSATUR, held to k colours.

        Next comes the node that sees the most colours, of these the one of the
        highest degree; it takes the colour of which it sees least.
        """
        near = [nodes for nodes, _ in self.graph.neighbours()]
        n = self.graph.nodes
        seen = np.zeros((n, self.colours), dtype=np.int64)
        rank = np.array([len(nodes) for nodes in near])
        step = int(rank.max()) + 1
        x, order = np.zeros(n, dtype=np.int64), []
        for _ in range(n):
            node = int(rank.argmax())
            colour = int(seen[node].argmin())
            order.append(node)
            x[node] = colour
            rank[node] = np.iinfo(np.int64).min // 2  # never again
            fresh = near[node][seen[near[node], colour] == 0]
            rank[fresh] += step
            seen[near[node], colour] += 1
        return order, x

    @cached_property
    def anchors(self) -> dict[str, float]:
        return {"DSATUR held to k colours (Brelaz 1979)": self.value(self._saturation[1])}

    def relaxation(self) -> Relaxation:
        return _ExpectedConflicts(self)

    def linear_model(self) -> LinearModel:
        import pulp

        k, edges = self.colours, self.graph.edges.tolist()
        if k * len(edges) > MOST_CONSTRAINTS:
            raise Unsupported(f"its linear model would have {k * len(edges):,} constraints")
        program = pulp.LpProblem("graph-colouring", pulp.LpMinimize)
        take = [
            [pulp.LpVariable(f"x{i}_{c}", cat=pulp.LpBinary) for c in range(k)]
            for i in range(self.graph.nodes)
        ]
        conflict = [pulp.LpVariable(f"z{e}", 0, 1) for e in range(len(edges))]
        program += pulp.lpSum(conflict)
        for row in take:
            program += pulp.lpSum(row) == 1
        for (i, j), z in zip(edges, conflict, strict=True):
            for c in range(k):
                program += z >= take[i][c] + take[j][c] - 1
        # Colours are interchangeable: name them in the order of their first use, in
        # which the t-th node (from 0) needs none beyond t.
        first_used = self._saturation[0][: k - 1]
        for t, node in enumerate(first_used):
            for c in range(t + 1, k):
                take[node][c].upBound = 0

        def read(values: Solution) -> NDArray:
            return np.array([np.argmax([values[x] for x in row]) for row in take])

        def write(x: NDArray) -> dict[pulp.LpVariable, float]:
            x = np.asarray(x, dtype=np.int64)
            named = dict.fromkeys([*x[first_used].tolist(), *range(k)])  # in the order of use
            name = np.argsort(list(named))
            return assigned(
                (v for row in take for v in row), np.eye(k, dtype=np.int64)[name[x]].ravel()
            )

        return LinearModel(program, read, integral=True, write=write)

    def describe(self, x: NDArray) -> str:
        x = np.asarray(x, dtype=np.int64)
        classes = [np.flatnonzero(x == c) + 1 for c in range(self.colours)]  # as files count
        shown = " | ".join(" ".join(map(str, nodes)) for nodes in classes if len(nodes))
        used = sum(len(nodes) > 0 for nodes in classes)
        return f"{int(self.value(x))} conflicts, {used} of {self.colours} colours used: {shown}"


class _ExpectedConflicts(BoxRelaxation):
    """Expected share of conflicts, Σ p_i · p_j / m, of independent random colours.

    p_i is the softmax of node i's k parameters; the decoded point takes the
    likeliest colour of every node.
    """

    def __init__(self, problem: GraphColouring) -> None:
        super().__init__(problem.space)
        self._shape = (problem.graph.nodes, problem.colours)
        self._i, self._j = problem.graph.edges.T
        # Gershgorin by blocks, d the highest degree: the Jacobian of softmax has norm
        # <= 1/2, so an edge adds <= 1/4 and its node's own block is <= d/2.
        degree = int(np.bincount(problem.graph.edges.ravel()).max())
        self.smoothness = 0.75 * degree / len(self._i)

    def start(self, rng: np.random.Generator) -> NDArray[np.float64]:
        return 0.1 * rng.standard_normal(self.dimension)

    def loss_and_gradient(
        self, theta: NDArray[np.float64], rows: Minibatch | None = None
    ) -> tuple[float, NDArray[np.float64]]:
        scores = theta.reshape(self._shape)
        p = np.exp(scores - scores.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        seen = np.zeros(self._shape)
        np.add.at(seen, self._i, p[self._j])
        np.add.at(seen, self._j, p[self._i])
        m = len(self._i)
        clash = (p * seen).sum(axis=1, keepdims=True)
        return 0.5 * float(clash.sum()) / m, (p * (seen - clash)).ravel() / m
