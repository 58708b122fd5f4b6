"""Max-sat: formulas by name, at random and from files; program and relaxation by force."""

import numpy as np
import pytest

import problems
from problems.combinatorial.formula import (
    MOST_CLAUSES,
    MOST_VARIABLES,
    named_formula,
    random_formula,
    read_cnf,
)
from problems.combinatorial.instance_file import FormatError
from problems.combinatorial.max_sat import MaxSat
from tests.problems.combinatorial.optima import (
    assert_values_agree,
    by_force,
    by_program,
)
from tests.problems.toys import grid, slope_by_differences

TOY = "c a comment\np cnf 4 5\n1 -2 0\n2 3\n-4 0 -1 0\n4 0\n1 -1 3 0\n%\n0\n"


@pytest.fixture
def toy(tmp_path) -> MaxSat:
    file = tmp_path / "toy.cnf"
    file.write_text(TOY)
    return problems.make("max-sat", file=str(file))


# ------------------------------------------------------------------------- formulas


def test_a_cnf_file_with_any_line_ends(toy) -> None:
    assert toy.formula.clauses == [[1, -2], [2, 3, -4], [-1], [4], [1, -1, 3]]
    assert toy.title == "toy: 4 variables, 5 clauses"
    assert len(toy.fingerprint) == 12


def test_a_literal_that_is_repeated_counts_once(tmp_path) -> None:
    file = tmp_path / "twice.cnf"
    file.write_text("p cnf 2 1\n1 1 -2 0\n")
    assert read_cnf(str(file)).clauses == [[1, -2]]


@pytest.mark.parametrize(
    ("text", "missed"),
    [
        ("p cnf 2 4\n0 1 -2 0 0 2 0\n", 2),  # two empty ones among others
        ("p cnf 2 3\n1 -1 0 2 0 0\n", 1),  # the last is empty
        ("p cnf 2 1\n0\n", 1),  # it alone
    ],
)
def test_empty_clauses_always_fail(tmp_path, text, missed) -> None:
    file = tmp_path / "empty.cnf"
    file.write_text(text)
    problem = MaxSat(file=str(file))
    assert problem.reference.value == missed == by_force(problem)
    assert list(problem.anchors.values()) == [missed]
    assert by_program(problem) == missed
    assert_values_agree(problem)
    theta = np.array([0.3, -0.7])
    loss, slope = problem.relaxation().loss_and_gradient(theta)
    points, p = grid((0, 1), 2), 1 / (1 + np.exp(-theta))
    chance = np.where(points == 1, p, 1 - p).prod(axis=1)
    total = len(problem.formula.clauses)
    assert loss == pytest.approx(chance @ problem.values(points) / total)
    assert np.isfinite(slope).all()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"c nothing\n", ", line 1: the file is empty"),
        (b"p cnf 3 2\n1 2 0\n", ", line 2: the file ends after 1 of 2 clauses"),
        (b"p cnf 3 2\n", ", line 1: the file ends after 0 of 2 clauses"),
        (b"p cnf 3 1\n1 2\n", ", line 2: the last clause is not ended by 0"),
        (b"p cnf 3 1\n1 0\n2 0\n", ", line 3: expected the file to end after 1 clauses"),
        (b"p edge 3 1\n1 0\n", ", line 1: expected 'p cnf variables clauses', not 'p edge 3 1'"),
        (b"1 0\n", ", line 1: expected 'p cnf variables clauses', not '1 0'"),
        (b"p cnf 3\n1 0\n", ", line 1: expected 'p cnf variables clauses', not 'p cnf 3'"),
        (b"p cnf 3 1\n1 4 0\n", ", line 2: expected a number from -3 to 3, not 4"),
        (b"p cnf 3 1\n-4 0\n", ", line 2: expected a number from -3 to 3, not -4"),
        (b"p cnf 3 1\n1 x 0\n", ", line 2: expected a whole number, not 'x'"),
        (b"p cnf 3 0\n", ", line 1: expected a number from 1 to"),
        (b"p cnf 99999999 1\n1 0\n", f", line 1: expected a number from 1 to {MOST_VARIABLES}"),
        (b"p cnf 3 99999999\n1 0\n", f", line 1: expected a number from 1 to {MOST_CLAUSES}"),
        (b"p cnf 3 1\n1 \xff 0\n", ", line 2: not UTF-8 text, byte 0xff"),
    ],
)
def test_a_cnf_file_that_is_wrong(tmp_path, content, complaint) -> None:
    file = tmp_path / "bad.cnf"
    file.write_bytes(content)
    with pytest.raises(FormatError) as error:
        read_cnf(str(file))
    assert str(error.value).startswith(f"{file}{complaint}")


def test_random_clauses_are_uniform() -> None:
    formula = random_formula(np.random.default_rng(0), 4, 8000, 2)
    clauses = np.array(formula.clauses)
    assert (np.abs(clauses[:, 0]) != np.abs(clauses[:, 1])).all()
    kinds, counts = np.unique(np.sort(clauses, axis=1), axis=0, return_counts=True)
    assert len(kinds) == 24  # six pairs of variables, four pairs of signs
    assert abs(counts - 8000 / 24).max() < 5 * (8000 / 24) ** 0.5


def test_a_clause_may_use_all_variables() -> None:
    formula = random_formula(np.random.default_rng(0), 5, 20, 5)
    assert all(sorted(map(abs, clause)) == [1, 2, 3, 4, 5] for clause in formula.clauses)


def test_pigeons_and_holes() -> None:
    formula = named_formula("pigeonhole-2")
    assert formula.clauses[:3] == [[1, 2], [3, 4], [5, 6]]
    assert len(formula.clauses) == 3 + 2 * 3


# ------------------------------------------------------------------------- the value


def test_a_known_value(toy) -> None:
    assert toy.value(np.array([0, 0, 1, 1])) == 0
    assert toy.value(np.array([1, 1, 0, 0])) == 2  # -1 and 4 fail; 2 makes (2 3 -4) true
    assert toy.describe(np.array([1, 1, 0, 0])) == "2 of 5 clauses unsatisfied; true: 1 2"


def test_values_follow_the_definition() -> None:
    problem = MaxSat(variables=7, ratio=4, width=3)
    for x in grid((0, 1), 7):
        missed = sum(
            not any(x[abs(v) - 1] == (v > 0) for v in clause) for clause in problem.formula.clauses
        )
        assert problem.value(x) == missed


def test_value_and_values_agree(toy) -> None:
    assert_values_agree(toy)
    assert_values_agree(MaxSat(formula="pigeonhole-3"))


def test_a_batch_larger_than_a_chunk(monkeypatch) -> None:
    problem = MaxSat(variables=7)
    points = grid((0, 1), 7)
    whole = problem.values(points)
    monkeypatch.setattr("problems.combinatorial.max_sat.CHUNK", 100)
    assert problem.values(points).tolist() == whole.tolist()


# ------------------------------------------------------------------------ the optimum


@pytest.mark.parametrize(("ratio", "width"), [(4.26, 3), (9, 3), (4, 2), (2, 1)])
@pytest.mark.parametrize("instance", range(3))
def test_the_program_equals_brute_force(ratio, width, instance) -> None:
    problem = MaxSat(variables=8, ratio=ratio, width=width, instance=instance)
    optimum = by_force(problem)
    assert by_program(problem) == optimum >= 0


def test_the_program_of_a_file(toy) -> None:
    assert toy.reference.value == by_force(toy) == by_program(toy) == 0


@pytest.mark.parametrize("name", ["signs-1", "signs-4", "pigeonhole-1", "pigeonhole-3"])
def test_what_is_known_of_a_named_formula(name) -> None:
    problem = MaxSat(formula=name)
    assert problem.reference.kind == "closed form"
    assert problem.reference.value == by_force(problem) == 1
    assert by_program(problem) == 1


@pytest.mark.parametrize("instance", range(4))
def test_greedy_keeps_johnsons_guarantee(instance) -> None:
    problem = MaxSat(variables=40, ratio=6, instance=instance)
    greedy = problem.anchors["greedy (Johnson 1974)"]
    assert 0 <= greedy <= len(problem.formula.clauses) / 8


def test_greedy_takes_the_heavier_side(toy) -> None:
    assert toy.anchors == {"greedy (Johnson 1974)": 0}


# ------------------------------------------------------------------------ the options


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"variables": 0}, "variables=0: expected 1 to 5000"),
        ({"variables": 5001}, "variables=5001: expected 1 to 5000"),
        ({"variables": 2}, "width=3: expected 1 to 2"),
        ({"width": 0}, "width=0: expected 1 to 20"),
        ({"ratio": 0}, "ratio=0: expected 1 to"),
        ({"ratio": -1}, "ratio=-1: expected 1 to"),
        ({"ratio": 1e9}, "ratio=1e\\+09: expected 1 to"),
        ({"ratio": "inf"}, "ratio=inf: expected 1 to"),
        ({"formula": "signs-13"}, "formula=signs-13: expected a size from 1 to 12"),
        ({"formula": "x"}, "formula=x: expected signs-4 or pigeonhole-3"),
        ({"formula": "signs-2", "file": "x"}, "expected only one of formula and file"),
    ],
)
def test_bad_options(options, complaint) -> None:
    with pytest.raises(ValueError, match=complaint):
        problems.make("max-sat", **options)


def test_instances_differ_and_repeat() -> None:
    one, again, other = (MaxSat(instance=i).formula.clauses for i in (1, 1, 2))
    assert one == again != other


# --------------------------------------------------------------------- the relaxation


def test_the_relaxation_is_the_expected_share(toy) -> None:
    for problem in (toy, MaxSat(variables=6, ratio=5), MaxSat(formula="pigeonhole-2")):
        n = problem.space.dimension
        relaxation = problem.relaxation()
        theta = np.random.default_rng(0).standard_normal(n)
        loss, slope = relaxation.loss_and_gradient(theta)
        points, p = grid((0, 1), n), 1 / (1 + np.exp(-theta))
        chance = np.where(points == 1, p, 1 - p).prod(axis=1)
        total = len(problem.formula.clauses)
        assert loss == pytest.approx(chance @ problem.values(points) / total)
        differences = slope_by_differences(lambda t, r=relaxation: r.loss_and_gradient(t)[0], theta)
        assert slope == pytest.approx(differences, abs=1e-8)


def test_the_gradient_is_as_smooth_as_it_says() -> None:
    relaxation = MaxSat(variables=9).relaxation()
    rng = np.random.default_rng(1)
    for _ in range(200):
        a = 2 * rng.standard_normal(9)
        b = a + 0.1 * rng.standard_normal(9)
        change = relaxation.loss_and_gradient(a)[1] - relaxation.loss_and_gradient(b)[1]
        assert np.linalg.norm(change) <= relaxation.smoothness * np.linalg.norm(a - b)


def test_the_loss_does_not_overflow() -> None:
    loss, slope = MaxSat(variables=5).relaxation().loss_and_gradient(np.array([-1e4, 1e4, 0, 9, 8]))
    assert np.isfinite(loss)
    assert np.isfinite(slope).all()


def test_a_formula_that_always_holds_has_a_flat_loss(tmp_path) -> None:
    file = tmp_path / "true.cnf"
    file.write_text("p cnf 2 1\n1 -1 0\n")
    relaxation = MaxSat(file=str(file)).relaxation()
    loss, slope = relaxation.loss_and_gradient(np.array([0.3, -0.2]))
    assert (loss, slope.tolist(), relaxation.smoothness) == (0, [0, 0], None)
