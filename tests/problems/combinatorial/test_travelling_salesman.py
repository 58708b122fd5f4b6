"""The travelling salesman: its programmes against brute force, its anchors and its tours."""

from itertools import permutations

import numpy as np
import pytest

import problems
from methods import minimize
from problems import Budget, Unsupported
from problems.combinatorial.held_karp import one_tree_bound, shortest_tour_length
from problems.combinatorial.travelling_salesman import TravellingSalesman
from problems.core.linear_model import Solution

every_instance = pytest.mark.parametrize("instance", range(4))


def best_by_force(problem: TravellingSalesman) -> float:
    tours = np.array([(0, *rest) for rest in permutations(range(1, problem.space.n))])
    return float(problem.values(tours).min())


def lopsided(n: int, seed: int) -> np.ndarray:
    """Return symmetric lengths that break the triangle inequality."""
    upper = np.triu(np.random.default_rng(seed).integers(0, 100, (n, n)), 1)
    return upper + upper.T


def test_a_known_tour() -> None:
    problem = TravellingSalesman(cities=4)
    problem.lengths = np.array([[0, 1, 5, 2], [1, 0, 3, 6], [5, 3, 0, 4], [2, 6, 4, 0]])
    assert problem.value(np.array([0, 1, 2, 3])) == 1 + 3 + 4 + 2
    assert problem.value(np.array([1, 3, 0, 2])) == 6 + 2 + 5 + 3
    assert problem.reference.value == 10


def test_start_and_direction_make_no_difference() -> None:
    problem = TravellingSalesman(cities=9)
    x = problem.space.sample(np.random.default_rng(0), 1)[0]
    same = {problem.value(np.roll(way, k)) for way in (x, x[::-1]) for k in range(9)}
    assert len(same) == 1
    assert len({problem.describe(np.roll(way, k)) for way in (x, x[::-1]) for k in (0, 4)}) == 1


def test_value_and_values_agree() -> None:
    problem = TravellingSalesman(cities=9)
    points = problem.space.sample(np.random.default_rng(0), 20)
    assert problem.values(points).tolist() == [problem.value(x) for x in points]


@every_instance
@pytest.mark.parametrize("cities", [3, 4, 7])
def test_the_dynamic_programme_equals_brute_force(cities, instance) -> None:
    problem = TravellingSalesman(cities=cities, instance=instance)
    assert problem.reference.value == best_by_force(problem)
    assert problem.reference.optimum


@every_instance
def test_the_dynamic_programme_needs_no_triangle_inequality(instance) -> None:
    problem = TravellingSalesman(cities=7)
    problem.lengths = lopsided(7, instance)
    assert problem.reference.value == best_by_force(problem)


@every_instance
@pytest.mark.parametrize("cities", [3, 6, 9])
def test_the_integer_program_proves_the_same_optimum(cities, instance) -> None:
    problem = TravellingSalesman(cities=cities, instance=instance)
    optimum = problem.reference.value
    problem.reference = None  # or the run would end there without the solver's proof
    run = minimize(problem, "integer-programming", Budget(0, 20))
    assert (run.value, run.ended, run.bound) == (optimum, "optimal", optimum)


@every_instance
@pytest.mark.parametrize("cities", [4, 8, 12])
def test_one_trees_bound_the_optimum_from_below(cities, instance) -> None:
    for lengths in (
        TravellingSalesman(cities=cities, instance=instance).lengths,
        lopsided(cities, instance),
    ):
        optimum = shortest_tour_length(lengths)
        bounds = [one_tree_bound(lengths, trees) for trees in (1, 10, 100)]
        assert bounds == sorted(bounds)
        assert bounds[-1] <= optimum


def test_a_first_one_tree_by_hand() -> None:
    # Cities 1, 2, 3 in a row 1 apart and city 0 at 5 from each: 1 + 1 + 5 + 5.
    lengths = np.array([[0, 5, 5, 5], [5, 0, 1, 2], [5, 1, 0, 1], [5, 2, 1, 0]])
    assert one_tree_bound(lengths, 1) == 12
    assert shortest_tour_length(lengths) == 12


def test_burma14_has_the_published_optimum() -> None:
    # 3323: Reinelt's list of optimal values of TSPLIB.
    problem = TravellingSalesman(data="burma14")
    assert (problem.reference.value, problem.reference.kind) == (3323, "dynamic programme")
    assert problem.title == "14 cities, burma14 of TSPLIB"


def test_many_cities_have_a_bound_below_the_anchors() -> None:
    problem = TravellingSalesman(cities=60)
    assert problem.reference.kind == "bound"
    nearest, improved = problem.anchors.values()
    assert problem.reference.value <= improved < nearest


@every_instance
def test_no_reversal_improves_a_tour_that_2_opt_returns(instance) -> None:
    problem = TravellingSalesman(cities=12, instance=instance)
    tour = problem._improve(problem._nearest_neighbours())
    assert tour in problem.space
    length = problem.value(tour)
    for i in range(12):
        for j in range(i + 2, 13):
            other = tour.copy()
            other[i:j] = other[i:j][::-1]
            assert problem.value(other) >= length


def test_the_nearest_neighbour_tour_by_hand() -> None:
    problem = TravellingSalesman(cities=4)
    problem.lengths = np.array([[0, 9, 1, 5], [9, 0, 3, 2], [1, 3, 0, 4], [5, 2, 4, 0]])
    assert problem._nearest_neighbours().tolist() == [0, 2, 1, 3]


def test_too_many_cities_have_no_model_and_say_why() -> None:
    with pytest.raises(Unsupported, match="it has 151 cities; the program is for 3 to 150"):
        TravellingSalesman(cities=151).linear_model()


def test_a_tour_is_described_from_city_1_on() -> None:
    problem = TravellingSalesman(cities=4)
    problem.lengths = np.ones((4, 4), dtype=np.int64)
    assert problem.describe(np.array([2, 3, 0, 1])) == "length 4: 1 2 3 4 1"
    assert problem.describe(np.array([2, 1, 0, 3])) == "length 4: 1 2 3 4 1"


def test_a_file_is_read_and_told_apart(tmp_path) -> None:
    prints = []
    for x in (4, 5):
        file = tmp_path / "tiny.tsp"
        file.write_text(
            "TYPE: TSP\nDIMENSION: 3\nEDGE_WEIGHT_TYPE: EUC_2D\n"
            f"NODE_COORD_SECTION\n1 0 0\n2 3 0\n3 3 {x}\nEOF\n"
        )
        problem = problems.make("travelling-salesman", file=str(file))
        prints.append(problem.fingerprint)
        assert problem.title == "3 cities, tiny.tsp"
    assert prints[0] != prints[1]


def test_instances_differ_and_repeat() -> None:
    one, again, other = (TravellingSalesman(cities=9, instance=i) for i in (1, 1, 2))
    assert one.lengths.tolist() == again.lengths.tolist() != other.lengths.tolist()


def test_bad_options_are_refused() -> None:
    for cities in (2, 2401):
        with pytest.raises(ValueError, match=f"cities={cities}: expected 3 to 2400"):
            TravellingSalesman(cities=cities)
    with pytest.raises(ValueError, match="data=burma14: expected random beside file=x"):
        TravellingSalesman(data="burma14", file="x")


def test_subtours_are_eliminated_until_one_tour_is_left():
    problem = TravellingSalesman(cities=12, instance=1)
    model = problem.linear_model()
    clusters = {f"x_{i}_{j}": 0.0 for i in range(12) for j in range(i + 1, 12)}
    for first in range(0, 12, 3):  # four triangles
        for i, j in ((0, 1), (0, 2), (1, 2)):
            clusters[f"x_{first + i}_{first + j}"] = 1.0
    variables = model.program.variables()

    def solution(numbers):
        return Solution(variables, [numbers[v.name] for v in variables])

    violated = model.separate(solution(clusters))
    assert len(violated) == 4
    for constraint in violated:
        total = sum(clusters[variable.name] for variable in constraint)
        assert total == 3 > -constraint.constant == 2
    ring = dict.fromkeys(clusters, 0.0) | {
        f"x_{min(i, (i + 1) % 12)}_{max(i, (i + 1) % 12)}": 1.0 for i in range(12)
    }
    assert model.separate(solution(ring)) == []
    assert sorted(model.read(solution(ring))) == list(range(12))


def test_fifty_cities_are_solved_to_a_certificate():
    problem = TravellingSalesman()
    run = minimize(problem, "integer-programming")
    assert run.certified
    assert run.value >= problem.reference.value
