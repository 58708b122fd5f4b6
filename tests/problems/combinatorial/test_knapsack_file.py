"""The OR-Library's knapsack format, and a knapsack built from it."""

import numpy as np
import pytest

import problems
from problems.combinatorial.instance_file import FormatError
from problems.combinatorial.knapsack import Knapsack
from problems.combinatorial.knapsack_file import read_knapsack

GOOD = "1\n3 1 220\n60 100 120\n10 20 30\n50\n"


def written(tmp_path, text: str | bytes) -> str:
    file = tmp_path / "tiny.txt"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(file)


@pytest.mark.parametrize("text", [GOOD, "1 3 1 0.0 60 100\r\n120 10 20 30 50"])
def test_a_file_is_read_whatever_its_line_ends(tmp_path, text) -> None:
    problem = problems.make("knapsack", file=written(tmp_path, text))
    assert problem.profits.tolist() == [60, 100, 120]
    assert problem.weights.tolist() == [10, 20, 30]
    assert problem.capacity == 50
    assert problem.reference.value == -220
    assert problem.title == "3 items, tiny.txt"
    assert len(problem.fingerprint) == 12


def test_any_capacity_has_a_reference(tmp_path) -> None:
    # Too large a table: the fractional knapsack, 10 + ⌈11 · 3 / 4⌉, bounds the optimum 17.
    scale = 10**9
    text = f"1 3 1 0 10 11 7 {2 * scale} {4 * scale} {3 * scale} {5 * scale}"
    problem = problems.make("knapsack", file=written(tmp_path, text))
    assert (problem.reference.kind, problem.reference.proven) == ("bound", True)
    assert problem.reference.value == pytest.approx(-19)
    assert problem.value(np.array([1, 0, 1])) == -17
    # More room than all items need: a small table does.
    text = f"1 2 1 0 10 11 2 4 {10**12}"
    problem = problems.make("knapsack", file=written(tmp_path, text))
    assert (problem.reference.value, problem.reference.kind) == (-21, "dynamic programme")


@pytest.mark.parametrize("correlation", ["none", "weak", "strong"])
@pytest.mark.parametrize("instance", range(4))
def test_the_fractional_knapsack_bounds_the_optimum(correlation, instance) -> None:
    problem = Knapsack(items=30, correlation=correlation, instance=instance)
    assert problem._fractional() <= problem.reference.value


def test_everything_fits_in_a_large_enough_fractional_knapsack() -> None:
    problem = Knapsack(items=5)
    problem.capacity = int(problem.weights.sum())
    assert problem._fractional() == -problem.profits.sum() == problem.reference.value


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", ": the file is empty"),
        ("1\n3 1 0\n60 100 120\n10 20\n", ", line 4: the file ends before weight 3 of 3"),
        ("1\n2 1 0\n6 7\n1 2\n", ", line 4: the file ends before the capacity"),
        (GOOD + "7\n", ", line 6: expected the end of the file, not '7'"),
        ("2\n" + GOOD, ", line 1: it holds 2 problems: expected one a file"),
        (
            "1\n3 2 0\n",
            ", line 2: the problem has 2 constraints: a knapsack has one, expected 1",
        ),
        ("1\n0 1 0\n", ", line 2: expected a number from 1 to 5000, not 0"),
        ("1\n1000000000 1 0\n", ", line 2: expected a number from 1 to 5000, not 1000000000"),
        ("1\n2 1 0\n6 0\n", f", line 3: expected a number from 1 to {10**12}, not 0"),
        (
            f"1\n2 1 0\n6 {10**13}\n",
            f", line 3: expected a number from 1 to {10**12}, not {10**13}",
        ),
        ("1\n2 1 x\n", ", line 2: expected a number, not 'x'"),
        ("knapsack\n", ", line 1: expected a whole number, not 'knapsack'"),
        (b"1\n2 1 \xff\n", ", line 2: not UTF-8 text, byte 0xff"),
    ],
)
def test_a_faulty_file_is_told_by_file_and_line(tmp_path, text, complaint) -> None:
    path = written(tmp_path, text)
    with pytest.raises(FormatError) as error:
        read_knapsack(path)
    assert str(error.value) == path + complaint
