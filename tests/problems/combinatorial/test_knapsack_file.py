"""The OR-Library's knapsack format, and a knapsack built from it."""

from dataclasses import replace
from fractions import Fraction

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
    assert problem.data.profits.tolist() == [60, 100, 120]
    assert problem.data.weights.tolist() == [[10, 20, 30]]
    assert problem.data.capacities.tolist() == [50]
    assert problem.reference.value == -220
    assert problem.title == "3 items, tiny.txt"
    assert len(problem.fingerprint) == 12


def test_any_capacity_has_a_reference(tmp_path) -> None:
    # Too large a table: the fractional knapsack, 10 + 11 · 3 / 4, bounds the optimum 17.
    scale = 10**9
    text = f"1 3 1 0 10 11 7 {2 * scale} {4 * scale} {3 * scale} {5 * scale}"
    problem = problems.make("knapsack", file=written(tmp_path, text))
    assert (problem.reference.kind, problem.reference.proven) == ("bound", True)
    assert problem.reference.value == -18  # whole profits: the floor of 18.25
    assert problem.value(np.array([1, 0, 1])) == -17
    # More room than all items need: a small table does.
    text = f"1 2 1 0 10 11 2 4 {10**12}"
    problem = problems.make("knapsack", file=written(tmp_path, text))
    assert (problem.reference.value, problem.reference.kind) == (-21, "dynamic programme")


@pytest.mark.parametrize("correlation", ["none", "weak", "strong"])
@pytest.mark.parametrize("instance", range(4))
def test_the_fractional_knapsack_bounds_the_optimum(correlation, instance) -> None:
    problem = Knapsack(items=30, correlation=correlation, instance=instance)
    assert problem._fractional(0) <= problem.reference.value


def test_everything_fits_in_a_large_enough_fractional_knapsack() -> None:
    problem = Knapsack(items=5)
    full = replace(problem.data, capacities=problem.data.weights.sum(axis=1))
    problem.data = full
    assert problem._fractional(0) == -full.profits.sum() == problem.reference.value


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", ", line 1: the file is empty"),
        (
            "1\n3 1 0\n60 100 120\n10 20\n",
            ", line 4: the file ends before constraint 1 of 1, weight 3 of 3",
        ),
        ("1\n2 1 0\n6 7\n1 2\n", ", line 4: the file ends before capacity 1 of 1"),
        (GOOD + "7\n", ", line 6: expected the end of the file, not '7'"),
        ("2\n" + GOOD[2:], ", line 5: the file ends before the number of items of problem 2 of 2"),
        (
            "2\n" + GOOD[2:] + "3 1 0\n1 2\n",
            ", line 7: the file ends before word of problem 2, 3 of 7",
        ),
        (
            "1\n2 2 0\n6 7\n1 2\n3\n",
            ", line 5: the file ends before constraint 2 of 2, weight 2 of 2",
        ),
        ("1\n2 1 0\n6 7\n1 -2\n", f", line 4: expected a number from 0 to {10**12}, not -2"),
        ("1\n2 1 0\n6 7\n1 2.5\n", ", line 4: expected a whole number, not '2.5'"),
        ("1\n2 9999999 0\n", ", line 2: expected a number from 1 to 500000, not 9999999"),
        ("1\n0 1 0\n", ", line 2: expected a number from 1 to 5000, not 0"),
        ("1\n1000000000 1 0\n", ", line 2: expected a number from 1 to 5000, not 1000000000"),
        ("1\n2 1 0\n6 0\n", ", line 3: expected a profit above 0, not 0"),
        (
            f"1\n2 1 0\n6 {10**13}\n",
            f", line 3: expected a number of at most 1e+12, not {10**13}",
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


# ------------------------------------------------- several problems and constraints

SEVERAL = """3
3 1 220 60 100 120 10 20 30 50
2 2 10.5
3.5 7
1 0
2 9
4 9
2 2 0   5 6   1 2  3 4   3 7
"""


def test_a_problem_of_several(tmp_path) -> None:
    path = written(tmp_path, SEVERAL)
    first, second, third = (problems.make("knapsack", file=path, number=k) for k in (1, 2, 3))
    assert first.reference.value == -220
    assert first.reference.kind == "dynamic programme"
    assert second.data.profits.tolist() == [3.5, 7.0]
    assert second.data.weights.tolist() == [[1, 0], [2, 9]]
    assert second.data.capacities.tolist() == [4, 9]
    assert second.title == "2 items, 2 constraints, problem 2 of tiny.txt"
    known = second.reference
    assert (known.value, known.kind) == (-10.5, "best published")
    assert known.source == "stated in the file"
    assert second.describe(np.array([1, 0])) == "1 items, profit 3.5, weight 1 of 4, 2 of 9: 0"
    assert third.data.profits.dtype == np.int64
    # What is not known is stated as 0; all fits under each constraint alone.
    assert (third.reference.value, third.reference.kind) == (-11, "bound")


@pytest.mark.parametrize("number", [0, 4])
def test_a_problem_that_the_file_does_not_have(tmp_path, number) -> None:
    complaint = f"number={number}: expected 1 to 3, the problems of tiny.txt"
    with pytest.raises(ValueError, match=complaint):
        problems.make("knapsack", file=written(tmp_path, SEVERAL), number=number)


def test_decimal_profits_have_a_sound_bound(tmp_path) -> None:
    path = written(tmp_path, "1 3 1 0 0.1 0.2 0.7 1 1 1 2")
    problem = problems.make("knapsack", file=path)
    assert problem.reference.kind == "bound"
    assert problem.reference.value == pytest.approx(-0.9, rel=1e-15)
    assert Fraction(problem.reference.value) <= -Fraction(0.2) - Fraction(0.7)


def test_the_bound_of_whole_profits_is_whole_however_large(tmp_path) -> None:
    # Two thirds of the last item: 3 · 10¹⁰ + ⌊2 (10¹⁰ + 1) / 3⌋.
    ten = 10**10
    text = f"1 2 1 0 {3 * ten} {ten + 1} {3 * ten} {3 * ten} {5 * ten}"
    problem = problems.make("knapsack", file=written(tmp_path, text))
    assert problem.reference.value == -(3 * ten + 2 * (ten + 1) // 3)
