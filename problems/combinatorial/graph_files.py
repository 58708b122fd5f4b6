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
        ends = edges.ends(line, i, j)
        if ends[0] == ends[1]:
            line.fail(f"node {i} is joined to itself")
        if not edges.add(ends):
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
    x`` (descriptions, skipped). An edge that is listed again, in either direction, is
    kept once: published files list every edge in both directions (the queen graphs) or
    repeat some (ash331GPIA). m is the number of ``e`` lines, or twice that where every
    edge is listed once (DSJC500.9). An edge from a node to itself, which is a conflict
    in every colouring, is left out, as the graph's name then says (homer).

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
    loops = 0
    for line in lines[1 : m + 1]:
        match line.words:
            case ["e", i, j]:
                ends = edges.ends(line, i, j)
                if ends[0] == ends[1]:
                    loops += 1
                else:
                    edges.add(ends)
            case _:
                line.fail(f"expected an edge, 'e i j', not {line.text[:40]!r}")
    listed = len(lines) - 1
    if listed > m:
        lines[m + 1].fail(f"expected the file to end after {m} edges")
    if listed < m and not listed == len(edges) == m / 2:
        lines[-1].fail(f"the file ends after {listed} of {m} edges")
    if len(edges) == 0:
        lines[-1].fail("no edge joins two nodes")
    without = f" without {loops} edges from a node to itself" if loops else ""
    return edges.graph(path, [1] * len(edges), without)


def _sizes(head: Line, nodes: str, edges: str, most: int = MOST_EDGES) -> tuple[int, int]:
    return head.whole(nodes, 2, MOST_NODES), head.whole(edges, 1, most)


class _Edges:
    """The edges read so far, from 0, each with its lower node first."""

    def __init__(self, nodes: int) -> None:
        self._nodes = nodes
        self._edges: dict[tuple[int, int], None] = {}
        self._known: dict[str, int] = {}  # nodes read before, as each is many times

    def __len__(self) -> int:
        return len(self._edges)

    def ends(self, line: Line, first: str, second: str) -> tuple[int, int]:
        """Read two nodes counted from 1; return them counted from 0, the lower first."""
        i, j = self._node(line, first), self._node(line, second)
        return (i, j) if i < j else (j, i)

    def _node(self, line: Line, word: str) -> int:
        node = self._known.get(word)
        if node is None:
            node = self._known[word] = line.whole(word, 1, self._nodes) - 1
        return node

    def add(self, ends: tuple[int, int]) -> bool:
        """Take an edge; False where it is known."""
        before = len(self._edges)
        self._edges[ends] = None
        return len(self._edges) > before

    def graph(self, path: str, weights: list[int], remark: str = "") -> Graph:
        """Return the graph, named after its file, with a remark."""
        ends = np.array(list(self._edges), dtype=np.int64)
        return Graph(Path(path).stem + remark, self._nodes, ends, np.array(weights, dtype=np.int64))
