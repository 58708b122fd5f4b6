"""The contract over every method × problem."""

from __future__ import annotations

import functools

import pytest

from comparison.contract import METHOD_CHECKS, PROBLEM_CHECKS, builder
from comparison.terminal.matrix import suitability, ways_to_search
from methods import METHODS, minimize
from problems import PROBLEMS, Budget, Problem, Unsupported
from problems.core.problem import VIEWS, has_view
from tests.installed import EVERY_PROBLEM, installed

PAIRS = {
    (method, problem): suitability(METHODS.entry(method), ways_to_search(PROBLEMS.entry(problem)))
    for method in METHODS.names()
    for problem in PROBLEMS.names()
}
UNSUPPORTED = "unsupported"
SUITED = [pair for pair, (verdict, _) in PAIRS.items() if verdict != UNSUPPORTED]


#: Of these the evaluations, or the hundreds of variables, cost too much to be met by chance.
DEAR = {"next-token-table", "next-token-reward", "next-token-transformer", "control"}


@functools.cache
def kind(problem):
    """Return the space of a problem, whether it has constraints, and its views."""
    entry = PROBLEMS.entry(problem)
    cls = entry.load()
    views = {v for v in VIEWS if has_view(cls, v)}
    return entry.space, cls.constraints is not Problem.constraints, views


def what_a_pair_shows(method, problem):
    """Yield what a sample of pairs has to have: every problem, method × kind and view × space."""
    space, constrained, views = kind(problem)
    yield problem
    yield method, space, constrained
    yield method, PAIRS[method, problem][1]
    entry = METHODS.entry(method)
    for view in views.intersection([*entry.needs, *entry.native]):
        yield view, space


def along_the_diagonals(rows, columns):
    """Yield every pair so that rows and columns take turns."""
    for shift in range(len(columns)):
        for i, row in enumerate(rows):
            yield row, columns[(i + shift) % len(columns)]


def covering(pairs):
    """Return the pairs that show something which none before has shown, dear ones last."""
    pairs, shown, sample = set(pairs), set(), set()
    order = along_the_diagonals(METHODS.names(), PROBLEMS.names())
    for cell in sorted((cell for cell in order if cell in pairs), key=lambda cell: cell[1] in DEAR):
        if new := set(what_a_pair_shows(*cell)) - shown:
            shown |= new
            sample.add(cell)
    return sample


#: What runs by itself; `-m matrix` runs the rest of the matrix.
SAMPLE = covering(SUITED) | covering(set(PAIRS) - set(SUITED))


def sampled(method, problem, *more):
    """Return a pair as a parameter, marked where it is not in the sample."""
    marks = [] if (method, problem) in SAMPLE else [pytest.mark.matrix]
    marks += installed(method, problem).marks
    return pytest.param(method, problem, *more, marks=marks)


EVERY = [sampled(*pair) for pair in SUITED]
UNSUITED = [sampled(*pair, why) for pair, (verdict, why) in PAIRS.items() if verdict == UNSUPPORTED]


def name_of(check):
    return check.__name__ if callable(check) else str(check)


# ------------------------------------------------------------------- it is kept


@pytest.mark.parametrize("check", METHOD_CHECKS, ids=name_of)
@pytest.mark.parametrize(("method", "problem"), EVERY)
def test_every_method_keeps_the_contract(method, problem, check):
    check(method, builder(problem))


@pytest.mark.parametrize("check", PROBLEM_CHECKS, ids=name_of)
@pytest.mark.parametrize("problem", EVERY_PROBLEM)
def test_every_problem_keeps_the_contract(problem, check):
    check(builder(problem))


@pytest.mark.parametrize(("method", "problem", "reason"), UNSUITED)
def test_an_unsupported_pair_says_why_as_the_list_does(method, problem, reason):
    with pytest.raises(Unsupported) as refusal:
        minimize(builder(problem)(), method, Budget(10, 5))
    assert str(refusal.value) == reason
    assert reason


@pytest.mark.parametrize(("method", "problem"), EVERY)
def test_what_the_list_calls_suited_runs(method, problem):
    run = minimize(builder(problem)(), method, Budget(20, 10))
    assert not run.failed, run.message


def test_the_sample_has_every_method_problem_and_view():
    sample = SAMPLE & set(SUITED)
    assert {method for method, _ in sample} == set(METHODS.names())
    assert {problem for _, problem in sample} == set(PROBLEMS.names())
    shown = {thing for pair in SAMPLE for thing in what_a_pair_shows(*pair)}
    assert shown == {thing for pair in PAIRS for thing in what_a_pair_shows(*pair)}
    assert len(sample) < len(SUITED) / 5


def test_every_problem_is_suited_to_some_method_and_every_method_to_some_problem():
    assert {method for method, _ in SUITED} == set(METHODS.names())
    assert {problem for _, problem in SUITED} == set(PROBLEMS.names())


@pytest.mark.parametrize("problem", EVERY_PROBLEM)
def test_what_is_small_is_valid(problem):
    small = PROBLEMS.entry(problem).small
    made = builder(problem)()
    assert {option: made.options[option] for option in small} == dict(small)
