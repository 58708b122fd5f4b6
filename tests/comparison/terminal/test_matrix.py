"""The list of methods × problems, which is told from what is declared."""

from __future__ import annotations

import functools
import io
import re

import pytest
from rich.console import Console

from comparison.contract import builder
from comparison.terminal.matrix import choose, print_matrix, suitability, ways_to_search
from methods import METHODS, minimize
from problems import PROBLEMS, Budget, Unsupported
from tests.installed import EVERY_PROBLEM, INSTALLED_METHODS

PSEUDO_BOOLEAN = ["onemax", "leading-ones", "nk-landscape"]


@functools.cache
def verdict(method, problem):
    return suitability(METHODS.entry(method), ways_to_search(PROBLEMS.entry(problem)))


@pytest.mark.parametrize(
    ("method", "problem", "expected"),
    [
        ("genetic", "next-token-decode", ("native", "")),
        ("differential-evolution", "sphere", ("native", "")),
        ("differential-evolution", "next-token-decode", ("encoded", "")),
        ("counting", "sphere", ("unsupported", "there is nothing to count")),
        ("adam", "next-token-decode", ("unsupported", "it has no differentiable relaxation")),
        ("reinforce", "sphere", ("native", "")),
        ("reinforce", "knapsack", ("native", "")),
        ("integer-programming", "sphere", ("unsupported", "it has no linear model")),
        ("integer-programming", "next-token-ternary", ("native", "")),
    ],
)
def test_suitability(method, problem, expected):
    assert verdict(method, problem) == expected


USERS = """
from problems import Box, Categorical, Problem
class Plain(Problem):  # no space is declared on the class
    def __init__(self):
        self.space = Categorical([2, 3])
    def value(self, x):
        return 0.0
class Acting(Plain):
    def environment(self, value):
        raise NotImplementedError  # it is not asked for: `list` needs its name only
class MyBox(Box):
    pass
class OnMyBox(Plain):
    def __init__(self):
        self.space = MyBox(0, 1, 2)
def climb(oracle, rng):
    pass
"""


@pytest.fixture
def users(tmp_path):
    file = tmp_path / "users.py"
    file.write_text(USERS)
    return file


@pytest.mark.parametrize(
    ("problem", "method", "expected"),
    [
        ("Plain", "differential-evolution", "encoded"),
        ("Plain", "genetic", "native"),
        ("Plain", "reinforce", "encoded"),
        ("Acting", "reinforce", "native"),
        ("OnMyBox", "differential-evolution", "native"),
    ],
)
def test_a_users_problem_is_built_and_asked(users, problem, method, expected):
    entry = PROBLEMS.entry(f"{users}:{problem}")
    assert suitability(METHODS.entry(method), ways_to_search(entry)) == (expected, "")


def test_a_users_file_can_be_listed(users):
    assert choose([f"{users}:Plain", "hc"]) == (["hill-climb"], [f"{users}:Plain"])
    assert choose([f"{users}:climb", "onemax"]) == ([f"{users}:climb"], ["onemax"])
    console = Console(file=io.StringIO(), width=100, highlight=False)
    print_matrix(console, [f"{users}:Plain", "spsa", "genetic"])
    assert cells(console.file.getvalue(), "users.py:Plain") == ["encoded", "native"]


@pytest.mark.parametrize("problem", EVERY_PROBLEM)
def test_what_the_list_says_is_what_happens(problem):
    instance = builder(problem)()
    for method in INSTALLED_METHODS:
        try:
            minimize(instance, method, Budget(0, 0))
            refusal = ""
        except Unsupported as reason:
            refusal = str(reason)
        assert verdict(method, problem)[1] == refusal, method


@pytest.fixture(scope="module")
def shown():
    console = Console(file=io.StringIO(), width=200, highlight=False)
    print_matrix(console)
    return console.file.getvalue()


def cells(shown, problem):
    """All verdicts of a problem's rows, one table after the other."""
    lines = [line for line in shown.splitlines() if re.match(rf"{problem} ", line)]
    return re.findall(r"native|encoded|no \(\d+\)", " ".join(lines))


@pytest.mark.parametrize("width", [60, 100, 200])
def test_every_problem_has_a_cell_for_every_method_that_agrees_with_suitability(width):
    console = Console(file=io.StringIO(), width=width, highlight=False)
    print_matrix(console)
    shown = console.file.getvalue()
    reasons = dict(re.findall(r"^\((\d+)\) (.*?)\s*$", shown, re.M))
    numbers = {reason: number for number, reason in reasons.items()}
    for problem in PROBLEMS.names():
        expected = []
        for method in METHODS.names():
            word, reason = verdict(method, problem)
            expected.append(f"no ({numbers[reason]})" if reason else word)
        assert cells(shown, problem) == expected


@pytest.mark.parametrize("method", METHODS.names())
def test_every_alias_is_told(shown, method):
    text = " ".join(shown.split())
    assert all(alias in text for alias in METHODS.entry(method).aliases)


def test_no_name_is_cut_off_in_an_ordinary_terminal():
    console = Console(file=io.StringIO(), width=100, highlight=False)
    print_matrix(console)
    text = console.file.getvalue()
    assert "…" not in text
    assert all(len(line.rstrip()) <= 100 for line in text.splitlines())


def test_groups_and_the_meaning_of_encoded_are_told(shown):
    assert "groups of problems: next-token" in shown
    assert "groups of methods:\n  default: counting, gradient-descent" in shown
    assert "encoded: searched through" in shown


@pytest.mark.parametrize(
    ("names", "methods", "rows"),
    [
        (["hc"], ["hill-climb"], PROBLEMS.names()),
        (["knapsack"], METHODS.names(), ["knapsack"]),
        (["adam", "gd", "adam", "onemax", "g06"], ["adam", "gradient-descent"], ["onemax", "g06"]),
        (["local-search", "pseudo-boolean"], METHODS.members("local-search"), PSEUDO_BOOLEAN),
        (["all"], METHODS.names(), PROBLEMS.names()),
        ([], METHODS.names(), PROBLEMS.names()),
    ],
)
def test_names_and_groups_narrow_the_matrix(names, methods, rows):
    assert choose(names) == (methods, rows)


def test_a_narrow_matrix_has_no_other_names():
    console = Console(file=io.StringIO(), width=100, highlight=False)
    print_matrix(console, ["hill-climb", "adam", "set-cover"])
    text = console.file.getvalue()
    assert "(1) it has no differentiable relaxation" in text
    assert "knapsack" not in text
    assert "genetic" not in text.partition("aliases")[0]
