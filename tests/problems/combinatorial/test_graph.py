"""Graphs by name are what their definitions say; random ones have the stated shape."""

import numpy as np
import pytest

from problems.combinatorial.graph import (
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
        assert {len(near) for near in graph.neighbours()} == degrees


@pytest.mark.parametrize("name", ["petersen", "myciel3", "myciel4"])
def test_graphs_without_triangles(name) -> None:
    graph = named_graph(name)
    near = [{j for j, _ in pairs} for pairs in graph.neighbours()]
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
