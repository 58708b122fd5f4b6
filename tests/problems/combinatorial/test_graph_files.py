"""Graph files: both formats are read, every fault is told by file and line."""

import pytest

from problems.combinatorial.graph import MOST_EDGES, MOST_NODES
from problems.combinatorial.graph_files import MOST_WEIGHT, read_col, read_gset
from problems.combinatorial.instance_file import FormatError


def test_a_gset_file(tmp_path) -> None:
    file = tmp_path / "toy.txt"
    file.write_text("4 3\n1 2 1\n4 2 -1\n\n 3 4 7 \n")
    graph = read_gset(str(file))
    assert (graph.name, graph.nodes) == ("toy", 4)
    assert graph.edges.tolist() == [[0, 1], [1, 3], [2, 3]]
    assert graph.weights.tolist() == [1, -1, 7]


def test_a_col_file(tmp_path) -> None:
    file = tmp_path / "toy.col"
    file.write_text("c a comment\np edge 4 3\nn 1 5\ne 1 2\ne 4 2\ne 3 4\n")
    graph = read_col(str(file))
    assert (graph.name, graph.nodes) == ("toy", 4)
    assert graph.edges.tolist() == [[0, 1], [1, 3], [2, 3]]
    assert graph.weights.tolist() == [1, 1, 1]


def test_a_col_file_that_lists_both_directions(tmp_path) -> None:
    file = tmp_path / "queen.col"
    file.write_text("p col 3 4\ne 1 2\ne 2 1\ne 2 3\ne 3 2\n")
    assert read_col(str(file)).edges.tolist() == [[0, 1], [1, 2]]


@pytest.mark.parametrize(
    "text",
    [
        "p col 3 4\ne 1 2\ne 1 2\ne 2 3\ne 3 2\n",  # listed again
        "p col 3 4\ne 1 2\ne 2 3\n",  # counted in both directions, listed in one
    ],
)
def test_a_col_file_whose_count_is_not_that_of_its_edges(tmp_path, text) -> None:
    file = tmp_path / "odd.col"
    file.write_text(text)
    assert read_col(str(file)).edges.tolist() == [[0, 1], [1, 2]]


def test_edges_from_a_node_to_itself_are_left_out_and_told(tmp_path) -> None:
    file = tmp_path / "homer.col"
    file.write_text("p edge 3 4\ne 1 2\ne 3 3\ne 3 3\ne 2 1\n")
    graph = read_col(str(file))
    assert graph.edges.tolist() == [[0, 1]]
    assert graph.name == "homer without 2 edges from a node to itself"


def fault(read, tmp_path, content) -> str:
    file = tmp_path / "bad"
    file.write_bytes(content)
    with pytest.raises(FormatError) as error:
        read(str(file))
    message = str(error.value)
    assert message.startswith(str(file))
    return message.removeprefix(str(file))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", ", line 1: the file is empty"),
        (b"3 2\n1 2 1\n", ", line 2: the file ends after 1 of 2 edges"),
        (b"3 2\n", ", line 1: the file ends after 0 of 2 edges"),
        (b"3 1\n1 2 1\n2 3 1\n", ", line 3: expected the file to end after 1 edges"),
        (b"p edge 3 1\n1 2 1\n", ", line 1: expected the numbers of nodes and of edges, "),
        (b"3 1\n1 2\n", ", line 2: expected an edge and its weight, i j w, not '1 2'"),
        (b"3 1\n0 1 1\n", ", line 2: expected a number from 1 to 3, not 0"),
        (b"3 1\n1 4 1\n", ", line 2: expected a number from 1 to 3, not 4"),
        (b"3 1\n2 2 1\n", ", line 2: node 2 is joined to itself"),
        (b"3 2\n1 2 1\n2 1 1\n", ", line 3: edge 2 1 is listed twice"),
        (b"3 1\n1 2 0.5\n", ", line 2: expected a whole number, not '0.5'"),
        (b"3 1\n1 2 9999999999\n", f", line 2: expected a number from -{MOST_WEIGHT} to"),
        (b"99999999 1\n1 2 1\n", f", line 1: expected a number from 2 to {MOST_NODES}, not"),
        (b"3 99999999\n1 2 1\n", f", line 1: expected a number from 1 to {MOST_EDGES}, not"),
        (b"3 1\n1 2 \xff\n", ", line 2: not UTF-8 text, byte 0xff"),
    ],
)
def test_a_gset_file_that_is_wrong(tmp_path, content, complaint) -> None:
    assert fault(read_gset, tmp_path, content).startswith(complaint)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"c nothing\n", ", line 1: the file is empty"),
        (b"p edge 3 3\ne 1 2\n", ", line 2: the file ends after 1 of 3 edges"),
        (b"p edge 3 1\ne 1 2\ne 2 3\n", ", line 3: expected the file to end after 1 edges"),
        (b"p cnf 3 1\ne 1 2\n", ", line 1: expected 'p edge nodes edges', not 'p cnf 3 1'"),
        (b"e 1 2\n", ", line 1: expected 'p edge nodes edges', not 'e 1 2'"),
        (b"p edge 3 1\n1 2\n", ", line 2: expected an edge, 'e i j', not '1 2'"),
        (b"p edge 3 1\ne 1 2 3\n", ", line 2: expected an edge, 'e i j', not 'e 1 2 3'"),
        (b"p edge 3 1\ne 0 1\n", ", line 2: expected a number from 1 to 3, not 0"),
        (b"p edge 3 1\ne 1 4\n", ", line 2: expected a number from 1 to 3, not 4"),
        (b"p edge 3 1\ne 3 3\n", ", line 2: no edge joins two nodes"),
        (b"p edge 3 4\ne 1 2\ne 2 1\n", ", line 3: the file ends after 2 of 4 edges"),
        (b"p edge 3 1\nnonsense\ne 1 2\n", ", line 2: expected an edge, 'e i j', not 'nons"),
        (b"p edge 3 1\ne 1 2\ndamaged\n", ", line 3: expected the file to end after 1 edges"),
        (b"p edge 99999999 1\ne 1 2\n", f", line 1: expected a number from 2 to {MOST_NODES},"),
        (b"p edge 3 99999999\ne 1 2\n", ", line 1: expected a number from 1 to"),
        (b"p edge 3 1\ne 1 \xe9\n", ", line 2: not UTF-8 text, byte 0xe9"),
    ],
)
def test_a_col_file_that_is_wrong(tmp_path, content, complaint) -> None:
    assert fault(read_col, tmp_path, content).startswith(complaint)
