"""Quadratic assignment: values, bound and model against brute force; QAPLIB files."""

from itertools import permutations

import numpy as np
import pytest

import problems
from methods import minimize
from problems import Budget, Unsupported
from problems.combinatorial.instance_file import FormatError
from problems.combinatorial.quadratic_assignment import QuadraticAssignment, read_qaplib

every_instance = pytest.mark.parametrize("instance", range(4))


def general(n: int, seed: int) -> QuadraticAssignment:
    """Return an instance that is not symmetric and has flows within a facility."""
    problem = QuadraticAssignment(facilities=n)
    rng = np.random.default_rng(seed)
    problem.flows, problem.distances = rng.integers(0, 20, (2, n, n))
    return problem


def cost(problem: QuadraticAssignment, x) -> int:
    """Return the double sum, term by term."""
    pairs = range(problem.space.n)
    a, b = problem.flows, problem.distances
    return int(sum(a[i, j] * b[x[i], x[j]] for i in pairs for j in pairs))


def best_by_force(problem: QuadraticAssignment) -> int:
    return min(cost(problem, x) for x in permutations(range(problem.space.n)))


def test_a_value_by_hand() -> None:
    problem = QuadraticAssignment(facilities=2)
    problem.flows, problem.distances = np.array([[1, 2], [3, 4]]), np.array([[10, 20], [30, 40]])
    assert problem.value(np.array([0, 1])) == 10 + 40 + 90 + 160
    assert problem.value(np.array([1, 0])) == 1 * 40 + 2 * 30 + 3 * 20 + 4 * 10


@every_instance
def test_values_are_the_double_sum(instance) -> None:
    problem = general(6, instance)
    points = problem.space.sample(np.random.default_rng(0), 20)
    assert problem.values(points).tolist() == [cost(problem, x) for x in points]


def test_a_batch_larger_than_a_chunk_is_evaluated_in_full() -> None:
    problem = QuadraticAssignment(facilities=256)
    points = problem.space.sample(np.random.default_rng(0), 9)
    assert problem.values(points).tolist() == [problem.value(x) for x in points]


def test_random_instances_are_taillards() -> None:
    problem = QuadraticAssignment(facilities=60)
    for matrix in (problem.flows, problem.distances):
        assert (matrix == matrix.T).all()
        assert (matrix.diagonal() == 0).all()
        assert (matrix.min(), matrix.max()) == (0, 99)
    again, other = (
        QuadraticAssignment(facilities=60),
        QuadraticAssignment(facilities=60, instance=1),
    )
    assert (again.flows == problem.flows).all()
    assert (other.flows != problem.flows).any()


@every_instance
@pytest.mark.parametrize("n", [2, 3, 5, 6])
def test_the_reference_equals_brute_force_and_the_bound_is_below(n, instance) -> None:
    for problem in (general(n, instance), QuadraticAssignment(facilities=n, instance=instance)):
        best = best_by_force(problem)
        assert (problem.reference.value, problem.reference.kind) == (best, "certified")
        assert 0 <= problem.gilmore_lawler() <= best


def test_the_gilmore_lawler_bound_is_sharp_for_flows_out_of_one_facility() -> None:
    # Only facility 0 sends anything, so the products are independent: the bound is the optimum.
    problem = general(5, 0)
    problem.flows[1:] = 0
    assert problem.gilmore_lawler() == best_by_force(problem)


def test_larger_instances_have_the_bound() -> None:
    problem = QuadraticAssignment(facilities=12)
    assert problem.reference.kind == "bound"
    assert problem.reference.value == problem.gilmore_lawler() <= min(problem.anchors.values())


@every_instance
@pytest.mark.parametrize("n", [2, 4, 5])
def test_the_integer_program_proves_the_optimum(n, instance) -> None:
    for problem in (general(n, instance), QuadraticAssignment(facilities=n, instance=instance)):
        problem.reference = None  # or the run would end there without the solver's proof
        run = minimize(problem, "integer-programming", Budget(0, 20))
        assert (run.value, run.ended) == (best_by_force(problem), "optimal")
        assert run.bound == run.value


def test_no_exchange_improves_the_second_anchor() -> None:
    problem = general(6, 1)
    first, second = problem.anchors.values()
    assert best_by_force(problem) <= second <= first
    costs = {x: cost(problem, x) for x in permutations(range(6))}
    exchanges = [(i, j) for i in range(6) for j in range(i)]

    def is_local_optimum(x: tuple[int, ...]) -> bool:
        near = []
        for i, j in exchanges:
            other = list(x)
            other[i], other[j] = other[j], other[i]
            near.append(costs[tuple(other)])
        return costs[x] <= min(near)

    assert any(is_local_optimum(x) for x, value in costs.items() if value == second)


def test_too_many_facilities_have_no_model_and_say_why() -> None:
    with pytest.raises(Unsupported, match="its 9 facilities are more than 8"):
        QuadraticAssignment(facilities=9).linear_model()


def test_an_assignment_is_described() -> None:
    problem = general(3, 0)
    x = np.array([2, 0, 1])
    text = f"cost {cost(problem, x)}, facility → location: 1→3 2→1 3→2"
    assert problem.describe(x) == text


@pytest.mark.parametrize("facilities", [1, 257])
def test_the_number_of_facilities_is_checked(facilities) -> None:
    with pytest.raises(ValueError, match=f"facilities={facilities}: expected 2 to 256"):
        QuadraticAssignment(facilities=facilities)


# -------------------------------------------------------------------- files


@pytest.mark.parametrize("text", ["2\n\n1 2\n3 4\n\n5 6\n7 8\n", " 2 1 2 3 4 5\r\n6 7 8"])
def test_a_file_is_read_whatever_its_line_ends(tmp_path, text) -> None:
    file = tmp_path / "tiny.dat"
    file.write_text(text)
    problem = problems.make("quadratic-assignment", file=str(file))
    assert problem.flows.tolist() == [[1, 2], [3, 4]]
    assert problem.distances.tolist() == [[5, 6], [7, 8]]
    assert problem.title == "2 facilities, tiny.dat"
    assert len(problem.fingerprint) == 12


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (b"", ", line 1: the file is empty"),
        (
            b"2\n1 2\n3 4\n5 6\n7\n",
            ", line 5: the file ends before row 2 of matrix B, entry 2 of 2",
        ),
        (b"2\n1 2\n3 4\n5 6\n7 8 9\n", ", line 5: expected the end of the file, not '9'"),
        (b"2\n1 2\n3 x\n", ", line 3: expected a whole number, not 'x'"),
        (b"2\n1 2\n3 -4\n", ", line 3: expected a number from 0 to 1000000000000, not -4"),
        (b"NAME: x\n", ", line 1: expected a whole number, not 'NAME:'"),
        (b"1\n", ", line 1: expected a number from 2 to 256, not 1"),
        (b"100000\n", ", line 1: expected a number from 2 to 256, not 100000"),
        (
            b"2\n1 2\n3 " + b"9" * 13,
            f", line 3: expected a number from 0 to {10**12}, not " + "9" * 13,
        ),
        (
            b"2\n0 999999 1 0\n0 1\n100000000000 0\n",
            ", line 4: a value may reach 1.0e+17, beyond exact arithmetic",
        ),
        (b"2\n1 \xff\n", ", line 2: not UTF-8 text, byte 0xff"),
    ],
)
def test_a_faulty_file_is_told_by_file_and_line(tmp_path, text, complaint) -> None:
    file = tmp_path / "tiny.dat"
    file.write_bytes(text)
    with pytest.raises(FormatError) as error:
        read_qaplib(str(file))
    assert str(error.value) == f"{file}{complaint}"
