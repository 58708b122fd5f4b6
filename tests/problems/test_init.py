"""`problems.make`: names, options and instances."""

import numpy as np
import pytest

import problems
from problems import PROBLEMS, Problem
from problems.naming.options import OptionError, UnknownName
from tests.installed import EVERY_PROBLEM

every_problem = pytest.mark.parametrize("name", EVERY_PROBLEM)


def small_of(name):
    return PROBLEMS.entry(name).small


@every_problem
def test_a_problem_carries_the_name_options_and_instance_it_was_made_with(name) -> None:
    problem = problems.make(name, instance=3, **small_of(name))
    assert isinstance(problem, Problem)
    assert (problem.name, problem.instance) == (name, 3)
    assert small_of(name).items() <= problem.options.items()
    assert "instance" not in problem.options


@every_problem
def test_the_resolved_options_make_the_same_problem_again(name) -> None:
    problem = problems.make(name, instance=1, **small_of(name))
    again = problems.make(name, instance=1, **problem.options)
    assert again.options == problem.options
    x = problem.space.sample(np.random.default_rng(0), 1)[0]
    assert again.value(x) == problem.value(x)


@every_problem
def test_every_option_can_be_given_as_text(name) -> None:
    problem = problems.make(name, **small_of(name))
    as_text = {key: str(value) for key, value in problem.options.items()}
    assert problems.make(name, **as_text).options == problem.options


def test_defaults_are_part_of_the_options() -> None:
    assert problems.make("knapsack", items="7").options == {
        "items": 7,
        "correlation": "weak",
        "file": "",
        "number": 1,
    }


@pytest.mark.parametrize(
    ("name", "options", "fault", "message"),
    [
        ("knapsak", {}, UnknownName, "unknown problem 'knapsak'; did you mean 'knapsack'?"),
        ("knapsack", {"item": 5}, UnknownName, "no option 'item'; did you mean 'items'?"),
        ("knapsack", {"items": "few"}, OptionError, "knapsack.items=few: expected a whole number"),
        ("sphere", {"bits": 2}, UnknownName, "sphere has no option 'bits'; it has dimension"),
        ("knapsack", {"instance": -1}, ValueError, "instance=-1: expected a whole number >= 0"),
        ("next-token-rank", {"corpsu": "x"}, UnknownName, "did you mean 'corpus'?"),
        ("next-token-rank", {"context": -1}, ValueError, "context=-1: expected 0 to"),
    ],
)
def test_what_cannot_be_made_says_why(name, options, fault, message) -> None:
    with pytest.raises(fault) as error:
        problems.make(name, **options)
    assert message in str(error.value)


def test_a_group_is_no_problem() -> None:
    with pytest.raises(UnknownName):
        problems.make("next-token")


TEN_LINES = """
from problems import Box, Problem

class Parabola(Problem):
    space = Box(-1, 1, 1)

    def value(self, x):
        return x[0] ** 2

class Scaled(Parabola):
    def __init__(self, *, factor: float = 2.0):
        self.factor = factor

class Seeded(Parabola):
    def __init__(self, *, instance: int = 0):
        self.seed = instance

class Either(Parabola):
    def __init__(self, **options):
        self.seed = options["instance"]

def not_a_class():
    pass

class NotAProblem:
    pass
"""


@pytest.fixture
def mine(tmp_path):
    file = tmp_path / "mine_to_make.py"
    file.write_text(TEN_LINES)
    return file


def test_a_users_class_is_made_by_its_path(mine) -> None:
    problem = problems.make(f"{mine}:Parabola", instance=4)
    assert problem.value([3.0]) == 9
    assert (problem.name, problem.options, problem.instance) == (
        "mine_to_make.py:Parabola",
        {},
        4,
    )


def test_a_users_options_are_parsed(mine) -> None:
    assert problems.make(f"{mine}:Scaled", factor="0.5").factor == 0.5


@pytest.mark.parametrize("cls", ["Seeded", "Either"])
def test_a_users_class_that_knows_instances_is_told(mine, cls) -> None:
    assert problems.make(f"{mine}:{cls}", instance=4).seed == 4


@pytest.mark.parametrize("thing", ["not_a_class", "NotAProblem"])
def test_what_is_no_problem_class_is_refused(mine, thing) -> None:
    with pytest.raises(ValueError, match=f"mine_to_make.py:{thing} is not a Problem class"):
        problems.make(f"{mine}:{thing}")


@every_problem
def test_every_problem_belongs_to_all_and_to_a_smaller_group(name) -> None:
    groups = PROBLEMS.entry(name).groups
    assert groups[-1] == "all"
    assert len(groups) > 1


def test_every_public_name_is_there() -> None:
    assert all(hasattr(problems, name) for name in problems.__all__)


@pytest.mark.parametrize(
    ("name", "options", "single"),
    [
        ("g06", {}, True),
        ("welded-beam", {}, True),
        ("sphere", {}, False),
        ("max-cut", {}, False),
        ("max-cut", {"graph": "petersen"}, True),
        ("graph-colouring", {"graph": "petersen"}, True),
        ("set-cover", {"system": "steiner-9"}, True),
        ("job-shop", {"data": "ft06"}, True),
        ("travelling-salesman", {"data": "burma14"}, True),
        ("next-token-rank", {"corpus": "markov:length=5000"}, False),
    ],
)
def test_a_problem_says_where_all_instances_are_the_same(name, options, single) -> None:
    assert problems.make(name, **options).one_instance is single
    first, second = (problems.make(name, instance=i, **options) for i in range(2))
    points = first.space.sample(np.random.default_rng(0), 50)
    assert np.array_equal(first.values(points), second.values(points)) is single


@pytest.mark.parametrize("instance", [1.5, "many", None])
def test_an_instance_that_is_no_number_is_refused(instance) -> None:
    with pytest.raises(OptionError, match=f"instance={instance}: expected a whole number"):
        problems.make("sphere", instance=instance)
