"""Graphs by name are what their definitions say; random ones have the stated shape."""

import numpy as np
import pytest

from problems.combinatorial.graph import (
    Graph,
    named_graph,
    planted_edges,
    random_edges,
    torus_edges,
)


@pytest.mark.parametrize(
    ("name", "nodes", "edges", "degrees"),
    [
        ("petersen", 10, 15, {3}),
        ("complete-7", 7, 21, {6}),
        ("cycle-9", 9, 9, {2}),
        ("queen5_5", 25, 160, {12, 14, 16}),
        ("myciel2", 5, 5, {2}),  # the 5-cycle
        ("myciel3", 11, 20, {3, 4, 5}),  # the Grötzsch graph
        ("myciel4", 23, 71, None),
    ],
)
def test_a_graph_with_a_name(name, nodes, edges, degrees) -> None:
    graph = named_graph(name)
    assert (graph.name, graph.nodes, len(graph.edges)) == (name, nodes, edges)
    assert len({tuple(sorted(edge)) for edge in graph.edges.tolist()}) == edges
    assert (graph.edges[:, 0] != graph.edges[:, 1]).all()
    assert (graph.weights == 1).all()
    if degrees:
        assert {len(near) for near, _ in graph.neighbours()} == degrees


def test_neighbours_and_the_weights_to_them() -> None:
    graph = Graph("g", 4, np.array([[0, 2], [2, 1]]), np.array([5, -7]))
    found = [dict(zip(*map(np.ndarray.tolist, pair), strict=True)) for pair in graph.neighbours()]
    assert found == [{2: 5}, {2: -7}, {0: 5, 1: -7}, {}]


@pytest.mark.parametrize("name", ["petersen", "myciel3", "myciel4"])
def test_graphs_without_triangles(name) -> None:
    graph = named_graph(name)
    near = [{*nodes.tolist()} for nodes, _ in graph.neighbours()]
    assert all(not near[i] & near[j] for i, j in graph.edges.tolist())


@pytest.mark.parametrize(
    "name", ["", "peterson", "queen5_6", "complete-", "complete--3", "cycle-x"]
)
def test_a_name_that_is_none(name) -> None:
    with pytest.raises(ValueError, match="expected petersen, complete-7, cycle-9"):
        named_graph(name)


@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        ("complete-1", "2 to 200"),
        ("complete-999999999999", "2 to 200"),
        ("cycle-2", "3 to 2000"),
        ("queen15_15", "2 to 14"),
        ("myciel8", "2 to 7"),
    ],
)
def test_a_size_out_of_range(name, sizes) -> None:
    with pytest.raises(ValueError, match=f"graph={name}: expected a size from {sizes}"):
        named_graph(name)


def test_random_edges_are_as_many_as_asked_for_and_spread_evenly() -> None:
    counts = np.zeros((6, 6))
    for seed in range(2000):
        edges = random_edges(np.random.default_rng(seed), 6, 0.4)
        assert len(edges) == 6
        counts[tuple(edges.T)] += 1
    drawn = counts[np.triu_indices(6, 1)]
    assert drawn.sum() == counts.sum() == 12_000
    assert abs(drawn - 800).max() < 5 * (2000 * 0.4 * 0.6) ** 0.5


def test_a_torus_has_four_neighbours_everywhere() -> None:
    for nodes in (9, 12, 30):
        edges = torus_edges(nodes)
        assert len({tuple(sorted(edge)) for edge in edges.tolist()}) == 2 * nodes
        assert (np.bincount(edges.ravel()) == 4).all()
    with pytest.raises(ValueError, match="nodes=7: expected a product of two numbers >= 3"):
        torus_edges(7)


def test_planted_edges_can_be_coloured() -> None:
    edges = planted_edges(np.random.default_rng(0), 12, 3, 8)
    assert len(edges) == 48  # all that three classes of four nodes can have
    assert (np.bincount(edges.ravel()) == 8).all()


@pytest.mark.parametrize("density", [0, -1, 1.1, float("nan"), 0.001])
def test_a_density_out_of_range(density) -> None:
    with pytest.raises(ValueError, match=f"density={density:g}: expected"):
        random_edges(np.random.default_rng(0), 10, density)


@pytest.mark.parametrize("degree", [0, -1, 9, 12, float("nan"), 0.01])
def test_a_degree_out_of_range(degree) -> None:
    with pytest.raises(ValueError, match=f"degree={degree:g}: expected"):
        planted_edges(np.random.default_rng(0), 12, 3, degree)


# --------------------------------------------------- chromatic numbers of the queens

#: Found by tabu search: the colour of every square, row by row.
COLOURED = {
    8: "5608724184721063126354873047862548350176712463086350271407864532",
    9: "960127845872495306405832197593016782316984250628753014759201438031548629284369571",
}


def modular(n: int) -> np.ndarray:
    row, column = np.indices((n, n))
    return (column - 2 * row) % n


@pytest.mark.parametrize("n", [5, 6, 7, 8, 9, 10, 11, 13])
def test_queens_can_be_coloured_with_as_few_as_said(n) -> None:
    graph = named_graph(f"queen{n}_{n}")
    if n in COLOURED:
        colours = np.array([*map(int, COLOURED[n])])
    else:  # a part of the next larger board whose size 2 and 3 do not divide
        colours = modular(n if n % 2 else n + 1)[:n, :n].ravel()
    i, j = graph.edges.T
    assert (colours[i] != colours[j]).all()
    assert colours.max() + 1 == graph.chromatic.value


@pytest.mark.parametrize("n", [6, 8, 9, 10])
def test_queens_cannot_be_coloured_with_one_a_column(n) -> None:
    # n colours need n ways to place n queens that share no square, one a column of row 0.
    ways = placements(n)
    assert len(ways) == {6: 4, 8: 92, 9: 352, 10: 724}[n]  # OEIS A000170
    assert not disjoint([[way for way in ways if way >> column & 1] for column in range(n)])
    assert named_graph(f"queen{n}_{n}").chromatic.value > n


def test_what_is_not_derived_again_says_so() -> None:
    sources = [named_graph(f"queen{n}_{n}").chromatic.source for n in (10, 11, 12, 14)]
    assert ["not derived again here" in source for source in sources] == [0, 0, 1, 1]


def placements(n: int) -> list[int]:
    """Return the ways to place n queens that do not attack each other, as sets of bits."""
    found = []

    def place(row: int, columns: frozenset, down: frozenset, up: frozenset, squares: int) -> None:
        if row == n:
            found.append(squares)
        for c in range(n):
            if row < n and not (c in columns or row + c in up or row - c in down):
                place(
                    row + 1,
                    columns | {c},
                    down | {row - c},
                    up | {row + c},
                    squares | 1 << (row * n + c),
                )

    place(0, frozenset(), frozenset(), frozenset(), 0)
    return found


def disjoint(choices: list[list[int]]) -> bool:
    """Tell whether one of each list can be taken such that no two share a bit."""
    if not choices:
        return True
    first, *others = sorted(choices, key=len)
    return any(disjoint([[s for s in some if not s & way] for some in others]) for way in first)
