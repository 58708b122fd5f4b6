"""`optuna` beside Optuna itself: the same trials, nothing left behind."""

from __future__ import annotations

import importlib.util
import logging
import random
import warnings

import numpy as np
import pytest

from methods import minimize
from methods.optuna_samplers import NO_SAMPLER, optuna_sampler
from methods.shared.library_guard import own_generators
from problems import Box, Categorical, Choice, Integer, Log, Mixed
from tests.methods.examples import Recorded, run_directly, spaces

optuna = pytest.importorskip("optuna")

SPACES = spaces()
BUDGET = 40
SAMPLERS = ["TPESampler", "RandomSampler", "QMCSampler", "NSGAIISampler"]


def squares(x):
    return float(np.sum((np.asarray(x, dtype=float) - 0.7) ** 2))


def start_of(problem):
    return run_directly(lambda oracle, rng: None, problem).start(1)[0]


def the_study(name, suggest, start, budget=BUDGET):
    """Run `study.optimize` by hand, seeded as the method is by run_directly."""
    rng = np.random.default_rng(0)
    visited = []

    def objective(trial):
        visited.append(suggest(trial))
        return squares(visited[-1])

    with warnings.catch_warnings(action="ignore"):
        sampler = getattr(optuna.samplers, name)(seed=int(rng.integers(2**32)))
        level = optuna.logging.get_verbosity()
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        study = optuna.create_study(sampler=sampler)
        study.enqueue_trial({f"x{i}": each for i, each in enumerate(start.tolist())})
        with own_generators(rng):
            study.optimize(objective, budget)
        optuna.logging.set_verbosity(level)
    return np.array(visited)


@pytest.mark.parametrize("name", SAMPLERS)
@pytest.mark.parametrize(
    ("space", "suggest"),
    [
        (Box(-2, 3, 4), lambda t: [t.suggest_float(f"x{i}", -2, 3) for i in range(4)]),
        (
            Box(-3, 9, 4, integral=True),
            lambda t: [t.suggest_int(f"x{i}", -3, 9) for i in range(4)],
        ),
        (
            Categorical([3] * 5),
            lambda t: [t.suggest_categorical(f"x{i}", (0, 1, 2)) for i in range(5)],
        ),
        (
            Mixed(
                x0=Log(0.01, 3),
                x1=Integer(1, 64, log=True),
                x2=Choice(["a", "b", "c"]),
                x3=Integer(-3, 9),
            ),
            lambda t: [
                t.suggest_float("x0", 0.01, 3, log=True),
                t.suggest_int("x1", 1, 64, log=True),
                t.suggest_categorical("x2", (0, 1, 2)),
                t.suggest_int("x3", -3, 9),
            ],
        ),
    ],
    ids=["real", "whole", "categories", "settings"],
)
def test_every_trial_is_that_of_a_study_by_hand(name, space, suggest):
    problem = Recorded(space, squares)
    run_directly(optuna_sampler, problem, BUDGET, sampler=name)
    theirs = the_study(name, suggest, start_of(problem))
    np.testing.assert_array_equal(problem.looked_at, theirs)
    np.testing.assert_array_equal(problem.looked_at[0], start_of(problem))
    assert len(np.unique(theirs, axis=0)) > 5


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("name", SAMPLERS)
def test_every_space_is_searched_from_the_seeded_start(name, space):
    for budget in (0, 1, 15):
        problem = Recorded(SPACES[space], squares)
        oracle = run_directly(optuna_sampler, problem, budget, sampler=name)
        assert oracle.record.work == budget
        for x in problem.looked_at:
            assert x in problem.space
        if budget:
            np.testing.assert_array_equal(problem.looked_at[0], start_of(problem))


@pytest.mark.parametrize("name", ["GridSampler", "BruteForceSampler"])
@pytest.mark.parametrize(
    "space",
    [
        Box(0, 2, 3, integral=True),
        Categorical([3, 1, 4]),
        Mixed(a=Choice(["x", "y", "z"]), b=Integer(1, 4, log=True)),
    ],
    ids=["whole", "categories", "settings"],
)
def test_all_points_of_a_small_space_are_tried_once(name, space):
    problem = Recorded(space, squares)
    run = minimize(problem, "optuna", 100, sampler=name)
    points = 27 if isinstance(space, Box) else 12
    assert (run.ended, run.ledger.values) == ("converged", points)
    assert len({tuple(x) for x in problem.looked_at}) == points


def test_the_gaussian_process_runs_where_torch_is():
    pytest.importorskip("torch")
    run = minimize(Recorded(Box(-5, 5, 2), squares), "optuna", 13, sampler="GPSampler")
    assert (run.ended, run.ledger.values) == ("budget", 13)


def test_infinite_values_are_told():
    problem = Recorded(Box(-5, 5, 2), lambda x: np.inf if x[0] > 0 else squares(x))
    run = minimize(problem, "optuna", 30)
    assert (run.ended, run.ledger.values) == ("budget", 30)


def test_nothing_is_left_behind(capfd):
    random.seed(1)
    np.random.seed(1)
    level = optuna.logging.get_verbosity()
    expected = random.Random(1).random(), np.random.RandomState(1).random()
    with warnings.catch_warnings(action="error"):
        runs = [
            minimize(Recorded(Box(-5, 5, 3), squares), "optuna", 20, sampler=name)
            for name in [*SAMPLERS, *SAMPLERS]
        ]
    assert [run.value for run in runs[:4]] == [run.value for run in runs[4:]]
    assert (random.random(), np.random.random()) == expected
    assert optuna.logging.get_verbosity() == level
    assert logging.getLogger("optuna").level == level
    assert capfd.readouterr() == ("", "")


REAL = Box(-5, 5, 3)


@pytest.mark.parametrize(
    ("name", "space", "says"),
    [
        ("TPSampler", REAL, r"sampler=TPSampler: expected one of .*did you mean 'TPESampler'"),
        ("BaseSampler", REAL, r"sampler=BaseSampler: expected one of"),
        ("PartialFixedSampler", REAL, r"it takes another sampler"),
        ("NSGAIIISampler", REAL, r"several objectives.*use NSGAIISampler"),
        ("GridSampler", REAL, r"GridSampler: expected whole or categorical variables"),
        ("BruteForceSampler", REAL, r"BruteForceSampler: expected whole or categorical"),
        ("GridSampler", Box(0, 1, 30, integral=True), r"at most 1,000,000 points, not 10\^9.0"),
    ],
)
def test_what_cannot_be_is_refused_before_the_first_evaluation(name, space, says):
    problem = Recorded(space, squares)
    with pytest.raises(ValueError, match=says):
        minimize(problem, "optuna", 10, sampler=name)
    assert not problem.looked_at


def test_a_missing_library_is_named(monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "cmaes" else find(name)
    )
    with pytest.raises(ValueError, match="sampler=CmaEsSampler: it needs cmaes: pip install cmaes"):
        minimize(Recorded(REAL, squares), "optuna", 10, sampler="CmaEsSampler")


def test_what_is_refused_exists():
    assert all(hasattr(optuna.samplers, name) for name in NO_SAMPLER)
