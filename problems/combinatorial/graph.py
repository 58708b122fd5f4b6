"""Undirected graphs: those with a name and known optima, and random ones."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from problems.combinatorial.instance_file import named_instance

#: Larger graphs are refused rather than allocated.
MOST_NODES, MOST_EDGES = 20_000, 500_000
#: Chromatic numbers of the n × n queen graphs, n = 1, 2, … (OEIS A088202). Those of 12
#: and 14 are from Vasquez (2006), "On the queen graph coloring problem"; the tests derive
#: the others again.
QUEENS = (1, 4, 5, 5, 5, 7, 7, 9, 10, 11, 11, 12, 13, 14)
NAMES = "petersen, complete-7, cycle-9, queen5_5 or myciel3, or other sizes of these"


@dataclass(frozen=True)
class Fact:
    """A number that is proven, and by what."""

    value: int
    source: str


@dataclass(frozen=True)
class Graph:
    """An undirected graph without loops or parallel edges.

    Parameters
    ----------
    name : str
    nodes : int
    edges : ndarray of int, shape (m, 2)
        Each edge once, nodes counted from 0.
    weights : ndarray of int, shape (m,)
    cut : Fact or None
        Largest weight of a cut, where it is known.
    chromatic : Fact or None
        Fewest colours of a colouring without conflicts, where that is known.
    """

    name: str
    nodes: int
    edges: NDArray[np.int64]
    weights: NDArray[np.int64]
    cut: Fact | None = None
    chromatic: Fact | None = None

    @property
    def size(self) -> str:
        """Nodes and edges in words."""
        return f"{self.nodes:,} nodes, {len(self.edges):,} edges"

    @property
    def complete(self) -> bool:
        """Whether every two nodes have an edge."""
        return len(self.edges) == self.nodes * (self.nodes - 1) // 2

    def neighbours(self) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Return for every node its neighbours and the weights of the edges to them."""
        start, end = np.concatenate([self.edges, self.edges[:, ::-1]]).T
        order = np.argsort(start, kind="stable")
        cuts = np.cumsum(np.bincount(start, minlength=self.nodes))[:-1]
        near = np.split(end[order], cuts)
        return list(zip(near, np.split(np.tile(self.weights, 2)[order], cuts), strict=True))


def unit_graph(
    name: str,
    nodes: int,
    edges: ArrayLike,
    cut: Fact | None = None,
    chromatic: Fact | None = None,
) -> Graph:
    """Return a graph whose edges all weigh 1."""
    ends = np.array(edges, dtype=np.int64).reshape(-1, 2)
    return Graph(name, nodes, ends, np.ones(len(ends), dtype=np.int64), cut, chromatic)


def named_graph(name: str) -> Graph:
    """Build a graph from its definition, with what is known of it.

    ``petersen``; ``complete-n`` (2 to 200 nodes); ``cycle-n`` (3 to 2000);
    ``queenN_N``, the squares of an N × N board joined where a queen moves (2 to
    14); ``mycielK``, K − 1 steps of Mycielski's construction from one edge (2 to
    7), both named as in the second DIMACS challenge (Johnson and Trick 1996,
    "Cliques, coloring, and satisfiability").

    Raises
    ------
    ValueError
        When there is no such graph.
    """
    return _petersen() if name == "petersen" else named_instance("graph", name, _FAMILIES, NAMES)


def _petersen() -> Graph:
    # Nodes are the pairs out of five, joined where they are disjoint.
    pairs = list(combinations(range(5), 2))
    edges = [(i, j) for i, j in combinations(range(10), 2) if not {*pairs[i]} & {*pairs[j]}]
    cut = Fact(12, "each of the 12 5-cycles loses an edge, an edge lies on 4: 15 - 12/4")
    return unit_graph("petersen", 10, edges, cut, Fact(3, "it has odd cycles and a 3-colouring"))


def _complete(name: str, n: int) -> Graph:
    cut = Fact(n * n // 4, "two halves: floor(n/2) ceil(n/2) edges")
    chromatic = Fact(n, "all nodes are joined")
    return unit_graph(name, n, list(combinations(range(n), 2)), cut, chromatic)


def _cycle(name: str, n: int) -> Graph:
    parity = "an odd cycle loses one edge" if n % 2 else "an even cycle is bipartite"
    edges = [(i, (i + 1) % n) for i in range(n)]
    return unit_graph(name, n, edges, Fact(n - n % 2, parity), Fact(2 + n % 2, parity))


def _queen(name: str, n: int) -> Graph:
    edges = []
    for i, j in combinations(range(n * n), 2):
        across, down = abs(i % n - j % n), abs(i // n - j // n)
        if across == 0 or down == 0 or across == down:
            edges.append((i, j))
    source = "OEIS A088202"
    if n % 6 in (1, 5):
        source = f"square (i, j) takes colour j - 2 i mod {n}; a row needs as many"
    elif n in (12, 14):
        source = "a row needs as many; a colouring of Vasquez (2006), not derived again here"
    return unit_graph(name, n * n, edges, None, Fact(QUEENS[n - 1], source))


def _myciel(name: str, k: int) -> Graph:
    nodes, edges = 2, [(0, 1)]
    for _ in range(k - 1):
        # A shadow of every node sees that node's neighbours; one more sees all shadows.
        shadows = [(i, j + nodes) for i, j in edges] + [(i + nodes, j) for i, j in edges]
        edges = edges + shadows + [(i + nodes, 2 * nodes) for i in range(nodes)]
        nodes = 2 * nodes + 1
    source = "Mycielski (1955): every step needs one colour more"
    return unit_graph(name, nodes, edges, None, Fact(k + 1, source))


_FAMILIES = (
    (r"complete-(\d+)", range(2, 201), _complete),
    (r"cycle-(\d+)", range(3, 2001), _cycle),
    (r"queen(\d+)_(\d+)", range(2, len(QUEENS) + 1), _queen),
    (r"myciel(\d+)", range(2, 8), _myciel),
)


def random_edges(rng: np.random.Generator, nodes: int, density: float) -> NDArray[np.int64]:
    """Draw round(density · n(n−1)/2) of all edges uniformly, shape (m, 2)."""
    if not 0 < density <= 1:
        raise ValueError(f"density={density:g}: expected more than 0 and at most 1")
    i, j = np.triu_indices(nodes, 1)
    m = round(density * len(i))
    if not 1 <= m <= MOST_EDGES:
        raise ValueError(
            f"density={density:g}: expected 1 to {MOST_EDGES} edges, not {m} on {nodes} nodes"
        )
    chosen = np.sort(rng.choice(len(i), m, replace=False))
    return np.stack([i[chosen], j[chosen]], axis=1)


def torus_edges(nodes: int) -> NDArray[np.int64]:
    """Return the edges of the most nearly square grid of `nodes`, wrapped around both ways."""
    height = max(d for d in range(1, int(nodes**0.5) + 1) if nodes % d == 0)
    if height < 3:
        raise ValueError(f"nodes={nodes}: expected a product of two numbers >= 3 for a torus")
    grid = np.arange(nodes).reshape(height, -1)
    right, down = np.roll(grid, -1, axis=1), np.roll(grid, -1, axis=0)
    return np.concatenate([np.stack([grid.ravel(), e.ravel()], axis=1) for e in (right, down)])


def planted_edges(
    rng: np.random.Generator, nodes: int, colours: int, degree: float
) -> NDArray[np.int64]:
    """Draw edges uniformly between hidden classes of equal size.

    Parameters
    ----------
    rng : Generator
    nodes : int
    colours : int
        How many classes.
    degree : float
        Edges of a node in the mean.

    Returns
    -------
    ndarray of shape (edges, 2)
    """
    hidden = rng.permutation(np.arange(nodes) % colours)
    i, j = np.triu_indices(nodes, 1)
    free = np.flatnonzero(hidden[i] != hidden[j])
    if not 0 < degree < nodes:
        raise ValueError(f"degree={degree:g}: expected more than 0 and less than {nodes}")
    m = round(degree * nodes / 2)
    if not 1 <= m <= min(len(free), MOST_EDGES):
        raise ValueError(
            f"degree={degree:g}: expected {2 / nodes:g} to "
            f"{2 * min(len(free), MOST_EDGES) / nodes:g}, with {nodes} nodes in {colours} colours"
        )
    chosen = np.sort(rng.choice(free, m, replace=False))
    return np.stack([i[chosen], j[chosen]], axis=1)
