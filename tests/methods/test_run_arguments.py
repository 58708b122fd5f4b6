"""What `minimize` takes as a method, an option and a budget, and what it refuses."""

from __future__ import annotations

import asyncio
import concurrent.futures
import functools

import numpy as np
import pytest

from methods import minimize
from problems import Box, Budget, Problem
from tests.methods.examples import bowl, one_look


def walk(oracle, rng, *, step: float = 0.5, rounds: int = 3):
    for _ in range(rounds):
        oracle.value(np.clip(step * rng.standard_normal(2), -5, 5))


class Walker:
    def __call__(self, oracle, rng, *, rounds: int = 2):
        walk(oracle, rng, rounds=rounds)


@pytest.mark.parametrize(
    ("method", "name", "evaluations"),
    [
        (walk, "walk", 3),
        (functools.partial(walk, rounds=5), "partial", 5),
        (Walker(), "Walker", 2),
        (Walker().__call__, "__call__", 2),
        (lambda oracle, rng: oracle.value([0, 0]), "<lambda>", 1),
    ],
    ids=["function", "partial", "object", "bound method", "lambda"],
)
def test_a_method_is_any_callable(method, name, evaluations):
    run = minimize(bowl(), method, 10)
    assert run.ended == "converged", run.message
    assert run.ledger.values == evaluations
    assert run.method == name


@pytest.mark.parametrize("method", [walk, Walker()], ids=["function", "object"])
def test_a_callables_options_are_resolved_like_a_names(method):
    run = minimize(bowl(), method, 10, rounds="4")
    assert run.ledger.values == run.method_options["rounds"] == 4
    with pytest.raises(ValueError, match="has no option 'round'; did you mean 'rounds'"):
        minimize(bowl(), method, 10, round=4)
    with pytest.raises(ValueError, match="rounds=many: expected a whole number"):
        minimize(bowl(), method, 10, rounds="many")


def annotated(oracle: "NotImported", rng, *, rounds: int = 2):  # noqa: F821, UP037 - the case
    walk(oracle, rng, rounds=rounds)


def test_a_method_may_be_annotated_with_names_imported_for_the_type_checker_only():
    run = minimize(bowl(), annotated, 10, rounds="4")
    assert run.ledger.values == 4


def test_a_method_from_a_file(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(
        "def still(oracle, rng, *, at: float = 2.0):\n"
        "    oracle.value([at, at])\n"
        "def wrong(x):\n    return x\n"
        "number = 3\n"
    )
    run = minimize(bowl(), f"{file}:still", 5, at=1)
    assert (run.value, run.method) == (2.0, "mine.py:still")
    for thing in ("wrong", "number"):
        with pytest.raises(ValueError, match="is not a method: expected a function"):
            minimize(bowl(), f"{file}:{thing}", 5)
    with pytest.raises(ValueError, match="has no 'stil'; did you mean 'still'"):
        minimize(bowl(), f"{file}:stil", 5)


# ------------------------------------------------------------------------ refusals


@pytest.mark.parametrize(
    ("name", "closest"),
    [("genetik", "genetic"), ("adm", "adam"), ("gradient-decent", "gradient-descent")],
)
def test_an_unknown_method_names_the_closest(name, closest):
    with pytest.raises(ValueError, match=f"unknown method '{name}'; did you mean '{closest}'"):
        minimize(bowl(), name)


def test_a_hopeless_name_lists_what_there_is():
    with pytest.raises(ValueError, match="known: counting, gradient-descent"):
        minimize(bowl(), "zzz")


def test_an_unknown_option_names_the_closest():
    with pytest.raises(ValueError, match="genetic has no option 'popuation'; did you mean 'popul"):
        minimize(bowl(), "ga", popuation=10)


@pytest.mark.parametrize("value", ["ten", 2.5, True])
def test_an_option_of_the_wrong_type_is_refused(value):
    with pytest.raises(ValueError, match=r"genetic\.population=.*: expected a whole number"):
        minimize(bowl(), "ga", population=value)


def test_a_negative_seed_is_refused():
    with pytest.raises(ValueError, match="seed=-1: expected a whole number >= 0"):
        minimize(bowl(), one_look, seed=-1)


@pytest.mark.parametrize(
    "limits",
    [{"budget": -1}, {"budget": float("nan")}, {"seconds": -1}, {"target": float("nan")}],
    ids=str,
)
def test_an_impossible_budget_is_refused(limits):
    with pytest.raises(ValueError, match=r"budget (work|seconds|target)=.*: expected"):
        minimize(bowl(), one_look, **limits)


@pytest.mark.parametrize("limit", [{"target": 1.0}, {"seconds": 1.0}], ids=str)
def test_a_limit_beside_a_budget_is_not_silently_dropped(limit):
    with pytest.raises(ValueError, match=next(iter(limit))):
        minimize(bowl(), one_look, Budget(10), **limit)


def test_all_limits_reach_the_run_either_way():
    one = minimize(bowl(), one_look, 7, seconds=3, target=-1.0)
    other = minimize(bowl(), one_look, Budget(7, 3, -1.0))
    assert one.budget == other.budget == Budget(work=7, seconds=3, target=-1.0)


def test_a_problem_without_an_objective_is_refused():
    class Empty(Problem):
        space = Box(0, 1, 1)

    with pytest.raises(TypeError, match=r"Empty defines neither value\(x\) nor values\(X\)"):
        minimize(Empty(), one_look, 5)


# --------------------------------------------------- methods that would run nothing


def generates(oracle, rng):
    yield oracle.value([1, 1])


async def awaits(oracle, rng):
    oracle.value([1, 1])


async def generates_later(oracle, rng):
    yield oracle.value([1, 1])


class Generates:
    def __call__(self, oracle, rng):
        yield oracle.value([1, 1])


@pytest.mark.parametrize(
    ("method", "kind"),
    [
        (generates, "generates is a generator"),
        (generates_later, "generates_later is a generator"),
        (awaits, "awaits is an async function"),
        (Generates(), "Generates is a generator"),
        (functools.partial(generates), "partial is a generator"),
        (lambda oracle, rng: generates(oracle, rng), "<lambda> is a generator"),
        (lambda oracle, rng: awaits(oracle, rng), "<lambda> is an async function"),
    ],
)
def test_a_method_that_would_run_none_of_its_code_is_refused(method, kind):
    with pytest.raises(ValueError, match=f"{kind}.*: calling it runs nothing"):
        minimize(bowl(), method, 10)


def a_future(oracle):
    loop = asyncio.new_event_loop()
    try:
        return loop.create_future()
    finally:
        loop.close()


@pytest.mark.parametrize(
    ("deferred", "kind"),
    [
        (lambda oracle: map(oracle.value, np.zeros((3, 2))), "map"),
        (lambda oracle: iter([1]), "list_iterator"),
        (a_future, "Future"),
        (lambda oracle: concurrent.futures.Future(), "Future"),
    ],
)
def test_a_method_that_returns_what_is_yet_to_be_done_is_refused(deferred, kind):
    def method(oracle, rng):
        return deferred(oracle)

    with pytest.raises(ValueError, match=f"method returned a {kind}, which nobody goes through"):
        minimize(bowl(), method, 10)

    def looks_before(oracle, rng):
        oracle.value([1, 1])
        return deferred(oracle)

    run = minimize(bowl(), looks_before, 10)
    assert (run.ended, run.value) == ("error", 2.0)
    assert "looks_before returned a" in run.message


def test_what_a_method_returns_is_else_its_own_affair():
    for returned in (1.0, [1, 1], np.zeros(2), {"x": 1}, "done"):
        assert minimize(bowl(), lambda o, r, returned=returned: returned, 10).ended == "converged"


def test_a_generator_in_a_file_is_refused(tmp_path):
    (tmp_path / "mine.py").write_text("def mine(oracle, rng):\n    yield oracle.value([1, 1])\n")
    with pytest.raises(ValueError, match="mine is a generator"):
        minimize(bowl(), f"{tmp_path / 'mine.py'}:mine", 10)
