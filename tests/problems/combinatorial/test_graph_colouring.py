"""Graph colouring: chromatic numbers and least conflicts re-derived by program and force."""

import numpy as np
import pytest

import problems
from problems import Unsupported
from problems.combinatorial.graph_colouring import GraphColouring
from tests.problems.combinatorial.optima import (
    assert_values_agree,
    by_force,
    by_program,
)
from tests.problems.toys import grid, slope_by_differences

DSATUR = "DSATUR held to k colours (Brelaz 1979)"


@pytest.fixture
def toy(tmp_path) -> str:
    file = tmp_path / "toy.col"
    file.write_text("p edge 4 5\ne 1 2\ne 2 3\ne 3 4\ne 4 1\ne 1 3\n")
    return str(file)


def test_a_known_colouring(toy) -> None:
    problem = problems.make("graph-colouring", file=toy, colours=3)
    assert problem.value(np.array([0, 1, 2, 1])) == 0
    assert problem.value(np.array([0, 0, 0, 1])) == 3
    assert problem.title == "toy: 4 nodes, 5 edges, 3 colours"
    text = "3 conflicts, 2 of 3 colours used: 1 2 3 | 4"
    assert problem.describe(np.array([0, 0, 0, 1])) == text
    assert len(problem.fingerprint) == 12
    assert problem.reference.kind == "bound"
    assert by_program(problem) == by_force(problem) == 0
    assert by_force(GraphColouring(file=toy, colours=2)) == 1


def test_the_other_spelling_is_answered() -> None:
    with pytest.raises(ValueError, match="did you mean 'graph-colouring'"):
        problems.make("graph-coloring")


@pytest.mark.parametrize("colours", [1, 2, 3])
@pytest.mark.parametrize("instance", range(3))
def test_the_program_equals_brute_force(tmp_path, colours, instance) -> None:
    rng = np.random.default_rng(instance)
    pairs = [(i, j) for i in range(1, 8) for j in range(i + 1, 8)]
    edges = [pairs[k] for k in rng.choice(len(pairs), 13, replace=False)]
    file = tmp_path / "random.col"
    file.write_text("p edge 7 13\n" + "".join(f"e {i} {j}\n" for i, j in edges))
    problem = GraphColouring(file=str(file), colours=colours)
    optimum = by_force(problem)
    assert problem.reference.value <= optimum <= problem.anchors[DSATUR]
    assert by_program(problem) == optimum


@pytest.mark.parametrize("colours", [2, 3, 4])
@pytest.mark.parametrize("instance", range(3))
def test_a_planted_colouring_has_no_conflicts(colours, instance) -> None:
    problem = GraphColouring(nodes=20, degree=4, colours=colours, instance=instance)
    assert problem.reference.value == 0
    assert problem.reference.kind == "closed form"
    assert by_program(problem) == 0


@pytest.mark.parametrize(
    "name",
    ["petersen", "complete-5", "cycle-8", "cycle-9", "queen3_3", "queen4_4", "queen5_5",
     "myciel2", "myciel3", "myciel4"],
)  # fmt: skip
def test_chromatic_numbers(name) -> None:
    problem = GraphColouring(graph=name)
    assert problem.reference.value == by_program(problem) == 0
    assert problem.reference.kind == "closed form"
    if name != "queen5_5":  # takes the solver long; a row of the board is a clique of 5
        fewer = GraphColouring(graph=name, colours=problem.colours - 1)
        assert by_program(fewer) >= fewer.reference.value >= 1


@pytest.mark.parametrize("name", ["petersen", "complete-7", "complete-8", "cycle-7", "cycle-8"])
@pytest.mark.parametrize("colours", [1, 2, 3, 4])
def test_least_conflicts_in_closed_form(name, colours) -> None:
    problem = GraphColouring(graph=name, colours=colours)
    known = problem.reference
    assert known.kind == "closed form"
    assert by_program(problem) == known.value


def test_dsatur_is_exact_on_bipartite_graphs() -> None:
    # Brélaz (1979), theorem: DSATUR colours a bipartite graph with two colours.
    for instance in range(5):
        problem = GraphColouring(nodes=40, colours=2, degree=3, instance=instance)
        assert problem.anchors == {DSATUR: 0}
    assert GraphColouring(graph="cycle-8").anchors == {DSATUR: 0}


def test_value_and_values_agree() -> None:
    assert_values_agree(GraphColouring(graph="myciel3"))
    assert_values_agree(GraphColouring())


def test_a_batch_larger_than_a_chunk(monkeypatch) -> None:
    problem = GraphColouring(graph="cycle-5")
    points = grid((0, 1, 2), 5)
    whole = problem.values(points)
    monkeypatch.setattr("problems.combinatorial.graph_colouring.CHUNK", 20)
    assert problem.values(points).tolist() == whole.tolist()


def test_a_program_that_would_not_fit_is_refused(monkeypatch) -> None:
    monkeypatch.setattr("problems.combinatorial.graph_colouring.MOST_CONSTRAINTS", 40)
    with pytest.raises(Unsupported, match="its linear model would have 45 constraints"):
        GraphColouring(graph="petersen").linear_model()


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"nodes": 1}, "nodes=1: expected 2 to 2000"),
        ({"colours": -1}, "colours=-1: expected 1 to 1000, or 0 for the default"),
        ({"colours": 1001}, "colours=1001: expected 1 to 1000"),
        ({"colours": 1}, "colours=1: expected at least 2 for a generated graph"),
        ({"degree": 0}, "degree=0: expected more than 0"),
        ({"nodes": 6, "degree": 5}, "degree=5: expected 0.333333 to 4, with 6 nodes in 3 colours"),
        ({"graph": "x"}, "graph=x: expected petersen"),
        ({"graph": "petersen", "file": "x"}, "expected only one of graph and file"),
    ],
)
def test_bad_options(options, complaint) -> None:
    with pytest.raises(ValueError, match=complaint):
        problems.make("graph-colouring", **options)


def test_a_file_does_not_say_how_many_colours(toy) -> None:
    with pytest.raises(ValueError, match="colours=0: expected how many colours to use"):
        problems.make("graph-colouring", file=toy)


def test_instances_differ_and_repeat() -> None:
    one, again, other = (GraphColouring(instance=i).graph.edges.tolist() for i in (1, 1, 2))
    assert one == again
    assert one != other


def test_the_relaxation_is_the_expected_share() -> None:
    problem = GraphColouring(graph="cycle-5")
    relaxation = problem.relaxation()
    theta = np.random.default_rng(0).standard_normal(15)
    loss, slope = relaxation.loss_and_gradient(theta)
    p = np.exp(theta.reshape(5, 3))
    p /= p.sum(axis=1, keepdims=True)
    points = grid((0, 1, 2), 5)
    chance = p[np.arange(5), points].prod(axis=1)
    assert loss == pytest.approx(chance @ problem.values(points) / 5)
    differences = slope_by_differences(lambda t: relaxation.loss_and_gradient(t)[0], theta)
    assert slope == pytest.approx(differences, abs=1e-8)


def test_the_gradient_is_as_smooth_as_it_says() -> None:
    relaxation = GraphColouring(nodes=12, degree=5).relaxation()
    rng = np.random.default_rng(1)
    for _ in range(200):
        a = 2 * rng.standard_normal(36)
        b = a + 0.1 * rng.standard_normal(36)
        change = relaxation.loss_and_gradient(a)[1] - relaxation.loss_and_gradient(b)[1]
        assert np.linalg.norm(change) <= relaxation.smoothness * np.linalg.norm(a - b)


def test_the_loss_does_not_overflow() -> None:
    theta = np.array([1e4, -1e4, 0, 800, -800, 5] + [0] * 9, dtype=float)
    loss, slope = GraphColouring(graph="cycle-5").relaxation().loss_and_gradient(theta)
    assert np.isfinite(loss)
    assert np.isfinite(slope).all()
