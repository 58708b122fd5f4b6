"""`nevergrad` beside nevergrad itself: the same candidates, nothing left behind."""

from __future__ import annotations

import random
import sys
import threading
import warnings

import numpy as np
import pytest

from methods import minimize
from methods.nevergrad_optimizers import NO_OPTIMIZER, nevergrad_optimizer
from methods.shared.library_guard import own_generators
from problems import Box, Categorical, Choice, Integer, Log, Mixed, Oracle, Real
from tests.methods.examples import Recorded, rastrigin, run_directly, spaces

nevergrad = pytest.importorskip("nevergrad")

SPACES = spaces()
BUDGET = 40


def squares(x):
    return float(np.sum((np.asarray(x, dtype=float) - 0.7) ** 2))


def the_loop(name, parameter, read, suggestion, function, budget):
    """Ask and tell nevergrad by hand, seeded as the method is by run_directly."""
    rng = np.random.default_rng(0)
    parameter.random_state = np.random.RandomState(int(rng.integers(2**32)))
    asked = []
    with warnings.catch_warnings(action="ignore"), own_generators(rng):
        optimizer = nevergrad.optimizers.registry[name](parameter, budget=budget, num_workers=1)
        optimizer.suggest(suggestion)
        for _ in range(budget):
            candidate = optimizer.ask()
            asked.append(read(candidate.value))
            optimizer.tell(candidate, function(asked[-1]))
    return np.array(asked)


def start_of(problem):
    return run_directly(lambda oracle, rng: None, problem).start(1)[0]


REAL = ["NGOpt", "OnePlusOne", "CMA", "DE", "TwoPointsDE", "PSO", "RandomSearch", "TBPSA"]


@pytest.mark.parametrize("name", REAL)
def test_real_variables_are_a_bounded_array(name):
    space = Box(-2, 3, 6)
    problem = Recorded(space, rastrigin)
    run_directly(nevergrad_optimizer, problem, BUDGET, optimizer=name)
    array = nevergrad.p.Array(shape=(6,), lower=np.full(6, -2.0), upper=np.full(6, 3.0))
    theirs = the_loop(name, array, np.array, start_of(problem), rastrigin, BUDGET)
    np.testing.assert_array_equal(problem.looked_at, theirs)
    assert len(np.unique(theirs, axis=0)) > 5


@pytest.mark.parametrize("name", ["NGOpt", "DiscreteOnePlusOne", "OnePlusOne", "DE"])
def test_bits_are_transition_choices(name):
    problem = Recorded(Box(0, 1, 12, integral=True), squares)
    run_directly(nevergrad_optimizer, problem, BUDGET, optimizer=name)
    choice = nevergrad.p.TransitionChoice(range(2), repetitions=12)
    start = tuple(start_of(problem).tolist())
    theirs = the_loop(name, choice, np.array, start, squares, BUDGET)
    np.testing.assert_array_equal(problem.looked_at, theirs)


@pytest.mark.parametrize("name", ["NGOpt", "OnePlusOne", "DE"])
def test_wide_whole_variables_are_an_array_of_integers(name):
    problem = Recorded(Box(0, 50, 4, integral=True), squares)
    run_directly(nevergrad_optimizer, problem, BUDGET, optimizer=name)
    bounds = {"lower": np.zeros(4), "upper": np.full(4, 50.0)}
    array = nevergrad.p.Array(shape=(4,), **bounds).set_integer_casting()
    theirs = the_loop(name, array, np.array, start_of(problem).astype(float), squares, BUDGET)
    np.testing.assert_array_equal(problem.looked_at, theirs)


@pytest.mark.parametrize("name", ["NGOpt", "DiscreteOnePlusOne", "DE"])
def test_categories_are_choices(name):
    problem = Recorded(Categorical([3] * 8), squares)
    run_directly(nevergrad_optimizer, problem, BUDGET, optimizer=name)
    start = tuple(start_of(problem).tolist())
    theirs = the_loop(name, nevergrad.p.Choice(3, 8), np.array, start, squares, BUDGET)
    np.testing.assert_array_equal(problem.looked_at, theirs)


@pytest.mark.parametrize("name", ["NGOpt", "OnePlusOne", "DE"])
def test_settings_have_a_parameter_of_each_kind(name):
    space = Mixed(
        rate=Log(0.01, 3), prompt=Choice(["a", "b", "c"]), top=Integer(-20, 20), share=Real(0, 2)
    )
    problem = Recorded(space, squares)
    run_directly(nevergrad_optimizer, problem, BUDGET, optimizer=name)
    p = nevergrad.p
    kinds = p.Tuple(
        p.Log(lower=0.01, upper=3.0),
        p.Choice(3, 1),
        p.Array(shape=(1,), lower=[-20.0], upper=[20.0]).set_integer_casting(),
        p.Array(shape=(1,), lower=[0.0], upper=[2.0]),
    )

    def read(values):
        rate, (prompt,), (top,), (share,) = values
        return np.array([float(f"{rate:.12g}"), prompt, top, share])

    rate, prompt, top, share = start_of(problem)
    begin = (rate, (int(prompt),), np.array([top]), np.array([share]))
    theirs = the_loop(name, kinds, read, begin, squares, BUDGET)
    np.testing.assert_array_equal(problem.looked_at, theirs)
    assert len(np.unique(theirs, axis=0)) > 5


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("name", ["NGOpt", "DE", "NelderMead"])
def test_every_space_is_searched_from_the_seeded_start(name, space):
    for budget in (0, 1, 30):
        problem = Recorded(SPACES[space], squares)
        oracle = run_directly(nevergrad_optimizer, problem, budget, optimizer=name)
        assert oracle.record.work <= budget
        for x in problem.looked_at:
            assert x in problem.space
        if budget:
            np.testing.assert_array_equal(problem.looked_at[0], start_of(problem))


def test_a_metamodel_runs_with_a_recent_numpy():
    """NGOpt has one on few real variables; numpy 2.4 and later refuse what it does."""
    run = minimize(Recorded(Box(-5, 5, 3), squares), "nevergrad", 100)
    assert (run.ended, run.ledger.values) == ("budget", 100)
    assert "float" not in vars(nevergrad.optimization.metamodel)


def test_in_a_chain_it_searches_around_what_it_is_given():
    problem = Recorded(Box(-2, 3, 6), squares)
    given = np.full(6, 2.5)

    def after(oracle: Oracle, rng: np.random.Generator) -> None:
        oracle.previous = given
        nevergrad_optimizer(oracle, rng, optimizer="NelderMead")

    run_directly(after, problem, 2)
    np.testing.assert_array_equal(problem.looked_at[0], given)
    np.testing.assert_allclose(problem.looked_at[1], given)  # its own first candidate


@pytest.mark.parametrize("name", ["NGOpt", "SQP", "NelderMead", "CmaFmin2", "BAR4"])
def test_nothing_is_left_behind(name, capfd):
    states = random.getstate(), np.random.get_state()[1].tolist()
    threads = threading.active_count()
    with warnings.catch_warnings(action="error"):
        runs = [minimize(Recorded(Box(-5, 5, 3), rastrigin), "nevergrad", 50, optimizer=name)]
        random.random(), np.random.random()
        runs.append(minimize(Recorded(Box(-5, 5, 3), rastrigin), "nevergrad", 50, optimizer=name))
    assert [run.ended for run in runs] == ["budget", "budget"]
    assert runs[0].value == runs[1].value
    assert threading.active_count() == threads
    assert capfd.readouterr() == ("", "")
    random.setstate(states[0])


def test_global_random_state_is_put_back():
    random.seed(1)
    np.random.seed(1)
    expected = random.Random(1).random(), np.random.RandomState(1).random()
    minimize(Recorded(Box(0, 1, 8, integral=True), squares), "nevergrad", 20, optimizer="DE")
    assert (random.random(), np.random.random()) == expected


def test_what_an_objective_warns_of_is_heard():
    def warns(x):
        warnings.warn("mine", UserWarning, stacklevel=1)
        return 1.0

    with pytest.warns(UserWarning, match="mine"):
        run_directly(nevergrad_optimizer, Recorded(Box(0, 1, 2), warns), 3, optimizer="OnePlusOne")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("CMAA", r"optimizer=CMAA: expected one of the \d+ that nevergrad has; the closest .*CMA"),
        ("ngopt", r"the closest are NGOpt"),
        ("zzzzzzz", r"that nevergrad has, such as "),
        ("PymooNSGA2", r"optimizer=PymooNSGA2: it ranks points by several objectives"),
    ],
)
def test_a_name_that_cannot_be_is_refused_before_the_first_evaluation(name, says):
    problem = Recorded(Box(-5, 5, 3), squares)
    with pytest.raises(ValueError, match=says):
        minimize(problem, "nevergrad", 10, optimizer=name)
    assert not problem.looked_at


def test_a_missing_library_is_named_before_the_first_evaluation(monkeypatch):
    monkeypatch.setitem(sys.modules, "pybobyqa", None)
    problem = Recorded(Box(-5, 5, 3), squares)
    with pytest.raises(ValueError, match=r"optimizer=BOBYQA: nevergrad says: .*pybobyqa"):
        minimize(problem, "nevergrad", 10, optimizer="BOBYQA")
    assert not problem.looked_at


def test_an_optimizer_says_what_it_lacks():
    problem = Recorded(Box(-5, 5, 1), squares)
    with pytest.raises(ValueError, match=r"optimizer=FCMA: nevergrad says: .*fcmaes"):
        minimize(problem, "nevergrad", 10, optimizer="FCMA")
    assert not problem.looked_at


def test_what_is_refused_is_in_the_registry():
    assert set(NO_OPTIMIZER) <= set(nevergrad.optimizers.registry)
