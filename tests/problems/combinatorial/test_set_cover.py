"""Set cover: systems by name, at random and from files; program and bound by force."""

import numpy as np
import pytest

import problems
from problems.combinatorial.covering import (
    MOST_COLUMNS,
    MOST_ROWS,
    named_covering,
    random_covering,
    read_scp,
)
from problems.combinatorial.instance_file import FormatError
from problems.combinatorial.set_cover import SetCover
from tests.problems.combinatorial.optima import (
    assert_values_agree,
    by_force,
    by_program,
)
from tests.problems.toys import grid

TOY = "3 4\n 5 3\n4 6\n2\n1 2\n2 2 3 3\n 1 3 4\n"
GREEDY = "greedy by cost per new row (Chvatal 1979)"


@pytest.fixture
def toy(tmp_path) -> SetCover:
    file = tmp_path / "toy.txt"
    file.write_text(TOY)
    return problems.make("set-cover", file=str(file))


# -------------------------------------------------------------------------- systems


def test_an_scp_file_with_any_line_ends(toy) -> None:
    assert toy.covering.costs == [5, 3, 4, 6]
    assert toy.covering.rows == [[0, 1], [1, 2], [0, 2, 3]]
    assert toy.title == "toy: 3 rows, 4 columns"
    assert len(toy.fingerprint) == 12


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", ", line 1: the file is empty"),
        (b"2\n", ", line 1: the file ends before the number of columns"),
        (b"2 2\n1\n", ", line 2: the file ends before the cost of column 2 of 2"),
        (b"2 2\n1 1\n1 1\n", ", line 3: the file ends before how many columns cover row 2 of 2"),
        (b"2 2\n1 1\n1 1 2 1\n", ", line 3: the file ends before the columns of row 2"),
        (b"1 2\n1 1\n1 1 2\n", ", line 3: expected the end of the file, not '2'"),
        (b"1 2\n1 1\n0\n", ", line 3: expected a number from 1 to 2, not 0"),
        (b"1 2\n1 1\n1 0\n", ", line 3: expected a number from 1 to 2, not 0"),
        (b"1 2\n1 1\n1 3\n", ", line 3: expected a number from 1 to 2, not 3"),
        (b"1 2\n1 1\n3 1 2 2\n", ", line 3: expected a number from 1 to 2, not 3"),
        (b"1 2\n1 1\n2 1 1\n", ", line 3: column 1 is listed twice in row 1"),
        (b"1 2\n0 1\n1 1\n", ", line 2: expected a number from 1 to"),
        (b"1 2\n1.5 1\n1 1\n", ", line 2: expected a whole number, not '1.5'"),
        (b"p cnf 3 1\n", ", line 1: expected a whole number, not 'p'"),
        (b"99999999 2\n", f", line 1: expected a number from 1 to {MOST_ROWS}, not"),
        (b"2 99999999\n", f", line 1: expected a number from 1 to {MOST_COLUMNS}, not"),
        (b"1 2\n9999999999 1\n", ", line 2: expected a number from 1 to 1000000000, not"),
        (b"1 2\n1 \xff\n", ", line 2: not UTF-8 text, byte 0xff"),
    ],
)
def test_an_scp_file_that_is_wrong(tmp_path, content, complaint) -> None:
    file = tmp_path / "bad.txt"
    file.write_bytes(content)
    with pytest.raises(FormatError) as error:
        read_scp(str(file))
    assert str(error.value).startswith(f"{file}{complaint}")


def test_a_system_of_many_rows_is_read(tmp_path) -> None:
    file = tmp_path / "tall.txt"
    file.write_text(f"{MOST_ROWS} 2\n1 1\n" + "1 1\n" * (MOST_ROWS - 1) + "1 2\n")
    assert len(read_scp(str(file)).rows) == MOST_ROWS >= 30_000


@pytest.mark.parametrize("density", [1e-6, 0.02, 0.3])
def test_random_systems_are_balas_and_hos(density) -> None:
    system = random_covering(np.random.default_rng(0), 40, 100, density)
    assert all(len(set(row)) == len(row) >= 2 for row in system.rows)
    assert {j for row in system.rows for j in row} == set(range(100))
    assert 1 <= min(system.costs) < 10
    assert 90 < max(system.costs) <= 100
    entries = sum(map(len, system.rows))
    assert entries >= 100
    if density == 0.3:
        assert abs(entries - 1200) < 5 * (4000 * 0.3 * 0.7) ** 0.5


@pytest.mark.parametrize(("n", "lines"), [(3, 1), (9, 12), (27, 117), (81, 1080)])
def test_two_points_are_on_one_line(n, lines) -> None:
    rows = named_covering(f"steiner-{n}").rows
    assert len(rows) == lines == n * (n - 1) // 6
    pairs = {(a, b) for row in rows for a in row for b in row if a < b}
    assert len(pairs) == n * (n - 1) // 2


# ------------------------------------------------------------------------- the value


def test_a_known_cover(toy) -> None:
    assert toy.value(np.array([1, 1, 0, 0])) == 8
    assert toy.constraints(np.array([1, 1, 0, 0])).tolist() == [-1, 0, 0]
    assert toy.constraints(np.array([0, 0, 0, 1])).tolist() == [1, 1, 0]
    assert toy.describe(np.array([1, 1, 0, 0])) == "2 columns, cost 8: 1 2"
    assert toy.describe(np.array([0, 0, 0, 1])) == "1 columns, cost 6, 2 rows uncovered: 4"
    assert by_force(toy) == by_program(toy) == 7
    assert toy.anchors == {GREEDY: 7}


def test_all_columns_are_the_worst_cover() -> None:
    problem = SetCover(rows=6, columns=9, density=0.3)
    points = grid((0, 1), 9)
    assert problem.values(points).max() == problem.ceiling == problem.value(points[-1])
    assert (problem.constraints(points[-1]) <= 0).all()
    assert (problem.constraints(points[0]) == 1).all()


def test_constraints_count_the_columns_of_each_row() -> None:
    problem = SetCover(rows=8, columns=10, density=0.3)
    for x in problem.space.sample(np.random.default_rng(0), 20):
        expected = [1 - sum(x[j] for j in row) for row in problem.covering.rows]
        assert problem.constraints(x).tolist() == expected


def test_value_and_values_agree(toy) -> None:
    assert_values_agree(toy)


# ------------------------------------------------------------------------ the optimum


@pytest.mark.parametrize("density", [0.1, 0.35])
@pytest.mark.parametrize("instance", range(4))
def test_the_program_equals_brute_force_and_the_bound_holds(density, instance) -> None:
    problem = SetCover(rows=8, columns=11, density=density, instance=instance)
    optimum = by_force(problem)
    assert problem.reference.kind == "bound"
    assert 0 < problem.reference.value <= optimum <= problem.anchors[GREEDY]
    assert by_program(problem) == optimum


@pytest.mark.parametrize(
    "name", ["steiner-3", "steiner-9", "steiner-27", "cycle-3", "cycle-8", "cycle-9"]
)
def test_what_is_known_of_a_named_system(name) -> None:
    problem = SetCover(system=name)
    known = problem.reference
    assert known.kind == "closed form"
    assert by_program(problem) == known.value
    if problem.space.dimension < 12:
        assert by_force(problem) == known.value


def test_the_published_optima_of_steiner_systems() -> None:
    # 5 and 18: Fulkerson, Nemhauser and Trotter (1974); 61: Mannino and Sassano (1995).
    known = [SetCover(system=f"steiner-{n}").reference for n in (9, 27, 81)]
    assert [reference.value for reference in known] == [5, 18, 61]
    assert "proven by Pellegrino (1971), not derived again here" in known[2].source


# ------------------------------------------------------------------------ the options


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"rows": 0}, "rows=0: expected 1 to 1000"),
        ({"rows": 1001}, "rows=1001: expected 1 to 1000"),
        ({"columns": 1}, "columns=1: expected 2 to 5000"),
        ({"columns": 5001}, "columns=5001: expected 2 to 5000"),
        ({"density": 0}, "density=0: expected more than 0"),
        ({"density": 0.5}, "density=0.5: expected more than 0 and at most 0.4"),
        ({"system": "steiner-15"}, "system=steiner-15: expected a size of 3, 9, 27, 81"),
        ({"system": "cycle-2"}, "system=cycle-2: expected a size from 3 to 2000"),
        ({"system": "x"}, "system=x: expected steiner-9"),
        ({"system": "cycle-3", "file": "x"}, "expected only one of system and file"),
    ],
)
def test_bad_options(options, complaint) -> None:
    with pytest.raises(ValueError, match=complaint):
        problems.make("set-cover", **options)


def test_instances_differ_and_repeat() -> None:
    one, again, other = (SetCover(instance=i).covering for i in (1, 1, 2))
    assert one == again != other
