"""A method that breaks a rule of the contract is noticed, and one that keeps all is not."""

from __future__ import annotations

import functools
import random

import numpy as np
import pytest

from comparison.contract import METHOD_CHECKS
from comparison.contract import method_checks as pair
from problems import Box, Problem, Reference
from tests.comparison.contract.examples import BROKEN_METHODS, method_in
from tests.methods.examples import OneMax


@pytest.fixture
def method_file(tmp_path):
    return functools.partial(method_in, tmp_path)


@pytest.mark.parametrize("name", [check.__name__ for check in METHOD_CHECKS])
def test_a_method_that_breaks_a_rule_is_noticed(name, method_file):
    check = next(check for check in METHOD_CHECKS if check.__name__ == name)
    state = random.getstate()
    try:
        with pytest.raises(AssertionError, match=r".+"):
            check(method_file(BROKEN_METHODS[name]), OneMax)
    finally:
        random.setstate(state)


@pytest.mark.parametrize("check", METHOD_CHECKS, ids=lambda check: check.__name__)
def test_a_plain_method_passes(check, method_file):
    good = """
        def method(oracle, rng):
            while True:
                oracle.values(oracle.space.sample(rng, 10))
    """
    check(method_file(good), OneMax)


def test_a_global_numpy_draw_is_noticed(method_file):
    state = np.random.get_state()
    source = """
        import numpy as np
        def method(oracle, rng):
            np.random.random()
            oracle.value(oracle.start(1)[0])
    """
    try:
        with pytest.raises(AssertionError, match=r"numpy\.random"):
            pair.random_state_untouched(method_file(source), OneMax)
    finally:
        np.random.set_state(state)


def test_a_method_that_finds_nothing_is_noticed(method_file):
    with pytest.raises(AssertionError, match="no point was found: converged"):
        pair.best_is_real(method_file("def method(oracle, rng): pass"), OneMax)


def test_a_failing_method_is_noticed(method_file):
    source = """
        def method(oracle, rng):
            oracle.value(oracle.start(1)[0])
            raise RuntimeError("out of ideas")
    """
    with pytest.raises(AssertionError, match="ended in error: RuntimeError: out of ideas"):
        pair.never_over_budget(method_file(source), OneMax)


def test_the_spy_counts_evaluations_however_they_call_each_other():
    class Both(Problem):
        space = Box(0, 1, 2)

        def value(self, x):
            return float(self.values(np.asarray(x)[None])[0])

        def values(self, points):
            return points.sum(axis=1)

    for problem in (Both(), OneMax(2)):
        spy = pair.Spy(problem)
        problem.value(np.zeros(2))
        problem.values(np.zeros((5, 2)))
        assert spy.evaluations == 6


def test_a_reference_that_is_computed_by_evaluating_is_not_the_methods():
    class Enumerated(OneMax):
        @property
        def reference(self):
            return Reference(self.value(np.ones(20)), "closed form", "all ones")

    pair.ledger_is_true("random-search", Enumerated)
