"""Max-cut: its program, its bounds and its named graphs against brute force."""

import numpy as np
import pytest

import problems
from problems.combinatorial.max_cut import MaxCut
from tests.problems.combinatorial.optima import (
    assert_values_agree,
    by_force,
    by_program,
)
from tests.problems.toys import grid, slope_by_differences

KINDS = (
    {"nodes": 9, "density": 0.4},
    {"nodes": 9, "density": 0.4, "weights": "signs"},
    {"nodes": 9, "topology": "torus", "weights": "signs"},
)
every_kind = pytest.mark.parametrize("kind", KINDS)


def test_a_known_cut(tmp_path) -> None:
    file = tmp_path / "toy.txt"
    file.write_text("4 4\n1 2 3\n2 3 -2\n3 4 5\n4 1 7\n")
    problem = problems.make("max-cut", file=str(file))
    assert problem.value(np.array([0, 1, 1, 0])) == -8
    assert problem.value(np.array([0, 0, 0, 0])) == 0
    assert problem.title == "toy: 4 nodes, 4 edges"
    assert problem.describe(np.array([0, 1, 1, 0])) == "cut 8, 2 nodes on side 1: 2 3"
    assert len(problem.fingerprint) == 12
    assert by_force(problem) == by_program(problem) == -13
    assert problem.reference.value <= -13


@every_kind
@pytest.mark.parametrize("instance", range(4))
def test_the_program_equals_brute_force_and_the_bound_holds(kind, instance) -> None:
    problem = MaxCut(**kind, instance=instance)
    optimum = by_force(problem)
    assert problem.reference.kind == "bound"
    assert problem.reference.value <= optimum <= problem.anchors["greedy (Sahni and Gonzalez 1976)"]
    assert by_program(problem) == optimum


@pytest.mark.parametrize(
    "name", ["petersen", "complete-2", "complete-6", "complete-7", "cycle-3", "cycle-8", "cycle-9"]
)
def test_what_is_known_of_a_named_graph(name) -> None:
    known = MaxCut(graph=name).reference
    assert known.kind == "closed form"
    assert known.value == by_program(MaxCut(graph=name))
    assert known.value == by_force(MaxCut(graph=name))


def test_the_weights_bound_a_bipartite_graph_tightly() -> None:
    problem = MaxCut(nodes=36, topology="torus")
    assert problem.reference.value == -72  # a 6 × 6 torus: every edge can be cut
    assert "all positive weights" in problem.reference.source


def test_the_eigenvalue_bound_is_below_the_number_of_edges_of_a_dense_graph() -> None:
    problem = MaxCut(nodes=10, density=0.9)
    assert "Mohar and Poljak" in problem.reference.source
    assert -len(problem.graph.edges) < problem.reference.value <= by_force(problem)
    # n/4 times n is the optimum itself of a complete graph on an even number of nodes.
    assert MaxCut(nodes=10, density=1).reference.value == -25


@pytest.mark.parametrize("instance", range(3))
def test_greedy_cuts_at_least_half_of_the_weights(instance) -> None:
    problem = MaxCut(nodes=30, instance=instance)
    greedy = problem.anchors["greedy (Sahni and Gonzalez 1976)"]
    assert greedy <= -0.5 * problem.graph.weights.sum()


@every_kind
def test_value_and_values_agree(kind) -> None:
    assert_values_agree(MaxCut(**kind))


def test_a_batch_larger_than_a_chunk(monkeypatch) -> None:
    problem = MaxCut(nodes=9)
    points = grid((0, 1), 9)
    whole = problem.values(points)
    monkeypatch.setattr("problems.combinatorial.max_cut.CHUNK", 20)
    assert problem.values(points).tolist() == whole.tolist()


def test_instances_differ_and_repeat() -> None:
    one, again, other = (MaxCut(weights="signs", instance=i) for i in (1, 1, 2))
    assert one.graph.edges.tolist() == again.graph.edges.tolist()
    assert one.graph.weights.tolist() == again.graph.weights.tolist()
    assert one.graph.edges.tolist() != other.graph.edges.tolist()
    assert {-1, 1} == set(one.graph.weights.tolist())


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"nodes": 1}, "nodes=1: expected 2 to 2000"),
        ({"nodes": 2001}, "nodes=2001: expected 2 to 2000"),
        ({"graph": "petersen", "file": "x"}, "expected only one of graph and file"),
        ({"graph": "nothing"}, "graph=nothing: expected petersen"),
        ({"file": "no/such/file"}, "No such file"),
        ({"topology": "grid"}, "expected one of random, torus"),
    ],
)
def test_bad_options(options, complaint) -> None:
    with pytest.raises(ValueError, match=complaint):
        problems.make("max-cut", **options)


@every_kind
def test_the_relaxation_is_the_expected_cut(kind) -> None:
    problem = MaxCut(**kind)
    relaxation = problem.relaxation()
    theta = np.random.default_rng(0).standard_normal(9)
    loss, slope = relaxation.loss_and_gradient(theta)
    points, p = grid((0, 1), 9), 1 / (1 + np.exp(-theta))
    chance = np.where(points == 1, p, 1 - p).prod(axis=1)
    total = np.abs(problem.graph.weights).sum()
    assert loss == pytest.approx(chance @ problem.values(points) / total)
    differences = slope_by_differences(lambda t: relaxation.loss_and_gradient(t)[0], theta)
    assert slope == pytest.approx(differences, abs=1e-8)


@every_kind
def test_the_gradient_is_as_smooth_as_it_says(kind) -> None:
    relaxation = MaxCut(**kind).relaxation()
    rng = np.random.default_rng(1)
    for _ in range(200):
        a = 2 * rng.standard_normal(9)
        b = a + 0.1 * rng.standard_normal(9)
        change = relaxation.loss_and_gradient(a)[1] - relaxation.loss_and_gradient(b)[1]
        assert np.linalg.norm(change) <= relaxation.smoothness * np.linalg.norm(a - b)
