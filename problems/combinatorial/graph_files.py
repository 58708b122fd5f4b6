"""Graphs in published formats: those of the Gset and of the DIMACS colouring challenge."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from problems.combinatorial.graph import MOST_EDGES, MOST_NODES, Graph
from problems.combinatorial.instance_file import Line, read_lines

#: Largest weight of an edge: sums of them stay exact in double precision.
MOST_WEIGHT = 10**9


def read_gset(path: str) -> Graph:
    """Read a graph as the Gset has it (Helmberg and Rendl 2000, see `MaxCut`).

    The first line is ``n m``; each of the m others is ``i j w``, an edge between
    two of the nodes 1 … n and its whole weight.

    Raises
    ------
    FormatError
        Naming file and line.
    """
    head, *lines = read_lines(path)
    match head.words:
        case [n, number]:
            nodes, m = _sizes(head, n, number)
        case _:
            head.fail(f"expected the numbers of nodes and of edges, not {head.text[:40]!r}")
    edges = _Edges(nodes)
    weights = []
    for line in lines[:m]:
        if len(line.words) != 3:
            line.fail(f"expected an edge and its weight, i j w, not {line.text[:40]!r}")
        i, j, w = line.words
        if not edges.add(line, i, j):
            line.fail(f"edge {i} {j} is listed twice")
        weights.append(line.whole(w, -MOST_WEIGHT, MOST_WEIGHT))
    if len(lines) < m:
        [head, *lines][-1].fail(f"the file ends after {len(lines)} of {m} edges")
    if len(lines) > m:
        lines[m].fail(f"expected the file to end after {m} edges")
    return edges.graph(path, weights)


def read_col(path: str) -> Graph:
    """Read a graph in the DIMACS ``.col`` format (Johnson and Trick 1996, see `named_graph`).

    Lines begin with ``c`` (a comment), ``p edge n m`` (the sizes, before all
    edges), ``e i j`` (an edge between two of the nodes 1 … n), or one of ``n d v
    x`` (descriptions, skipped). Published files that list every edge in both
    directions, such as the queen graphs, count it twice in m; it is kept once.

    Raises
    ------
    FormatError
        Naming file and line.
    """
    lines = read_lines(path, comments="cndvx")
    head = lines[0]
    match head.words:
        case ["p", "edge" | "edges" | "col", n, number]:
            nodes, m = _sizes(head, n, number, 2 * MOST_EDGES)
        case _:
            head.fail(f"expected 'p edge nodes edges', not {head.text[:40]!r}")
    edges = _Edges(nodes)
    listed: set[tuple[int, int]] = set()
    for line in lines[1:]:
        match line.words:
            case ["e", i, j]:
                edges.add(line, i, j)
                if (int(i), int(j)) in listed:
                    line.fail(f"edge {i} {j} is listed twice")
                listed.add((int(i), int(j)))
            case _:
                line.fail(f"expected an edge, 'e i j', not {line.text[:40]!r}")
        if len(listed) > m:
            line.fail(f"expected the file to end after {m} edges")
    if len(listed) < m:
        lines[-1].fail(f"the file ends after {len(listed)} of {m} edges")
    return edges.graph(path, [1] * len(edges))


def _sizes(head: Line, nodes: str, edges: str, most: int = MOST_EDGES) -> tuple[int, int]:
    return head.whole(nodes, 2, MOST_NODES), head.whole(edges, 1, most)


class _Edges:
    """The edges read so far, from 0, each with its lower node first."""

    def __init__(self, nodes: int) -> None:
        self._nodes = nodes
        self._edges: dict[tuple[int, int], None] = {}

    def __len__(self) -> int:
        return len(self._edges)

    def add(self, line: Line, first: str, second: str) -> bool:
        """Take an edge between nodes counted from 1; False where it is known."""
        i, j = sorted(line.whole(word, 1, self._nodes) - 1 for word in (first, second))
        if i == j:
            line.fail(f"node {first} is joined to itself")
        new = (i, j) not in self._edges
        self._edges[i, j] = None
        return new

    def graph(self, path: str, weights: list[int]) -> Graph:
        """Return the graph, named after its file."""
        ends = np.array(list(self._edges), dtype=np.int64)
        return Graph(Path(path).stem, self._nodes, ends, np.array(weights, dtype=np.int64))
