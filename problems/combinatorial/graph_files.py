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
    edges: dict[tuple[int, int], int] = {}
    for line in lines[:m]:
        match line.words:
            case [i, j, weight]:
                ends = _ends(line, i, j, nodes)
            case _:
                line.fail(f"expected an edge and its weight, i j w, not {line.text[:40]!r}")
        if ends[0] == ends[1]:
            line.fail(f"node {i} is joined to itself")
        if ends in edges:
            line.fail(f"edge {i} {j} is listed twice")
        edges[ends] = line.whole(weight, -MOST_WEIGHT, MOST_WEIGHT)
    if len(lines) < m:
        [head, *lines][-1].fail(f"the file ends after {len(lines)} of {m} edges")
    if len(lines) > m:
        lines[m].fail(f"expected the file to end after {m} edges")
    return _graph(Path(path).stem, nodes, edges)


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
    edges: dict[tuple[int, int], int] = {}
    loops = 0
    for line in lines[1 : m + 1]:
        match line.words:
            case ["e", i, j]:
                ends = _ends(line, i, j, nodes)
                if ends[0] == ends[1]:
                    loops += 1
                else:
                    edges[ends] = 1
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
    return _graph(Path(path).stem + without, nodes, edges)


def _sizes(head: Line, nodes: str, edges: str, most: int = MOST_EDGES) -> tuple[int, int]:
    return head.whole(nodes, 2, MOST_NODES), head.whole(edges, 1, most)


def _ends(line: Line, first: str, second: str, nodes: int) -> tuple[int, int]:
    """Read two nodes counted from 1; return them counted from 0, the lower first."""
    i, j = line.whole(first, 1, nodes) - 1, line.whole(second, 1, nodes) - 1
    return (i, j) if i < j else (j, i)


def _graph(name: str, nodes: int, edges: dict[tuple[int, int], int]) -> Graph:
    """Return the graph of edges, each with its weight."""
    weights = np.array(list(edges.values()), dtype=np.int64)
    return Graph(name, nodes, np.array(list(edges), dtype=np.int64), weights)
