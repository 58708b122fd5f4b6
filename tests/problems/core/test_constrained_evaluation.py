"""Evaluation under constraints: one evaluation buys value and constraints."""

import numpy as np
import pytest

from problems import Stop
from tests.problems.core.evaluations import (
    INF,
    JUDGED,
    LIMITS,
    NAN,
    ZERO,
    oracle_of,
    repeat_until_stop,
    trace_of,
)
from tests.problems.toys import Constrained, Exact, Toy, batch_of


@pytest.mark.parametrize(
    ("x", "told", "best"),
    [([1, 2], 3, 3), ([0, 0], 0, 0), ([-1, 4], 11, INF), ([-1, -2], 13, INF)],
)
def test_an_infeasible_point_is_told_the_ceiling_plus_its_violation(x, told, best) -> None:
    oracle = oracle_of(Constrained())
    assert oracle.value(x) == told
    assert oracle.record.best == best


@pytest.mark.parametrize("order", ["value first", "constraints first"])
def test_one_evaluation_buys_value_and_constraints_in_either_order(order) -> None:
    toy = Constrained()
    oracle = oracle_of(toy)
    x = np.array([1.0, -2.0])
    asks = [lambda: oracle.value(x), lambda: oracle.constraints(x).tolist()]
    told = [ask() for ask in (asks if order == "value first" else asks[::-1])]
    assert sorted(map(str, told)) == ["12.0", "[-1.0, 2.0]"]
    assert oracle.record.work == len(toy.calls) == 1


@pytest.mark.parametrize(("x", "objective"), [([1, 2], 3), ([-1, 4], 3), ([-1, -2], -3)])
def test_the_objective_of_an_infeasible_point_is_told_who_knows_the_constraints(
    x, objective
) -> None:
    toy = Constrained()
    oracle = oracle_of(toy)
    x = np.array(x, dtype=float)
    told = oracle.constraints(x)
    assert oracle.objective(x) == objective
    assert oracle.record.work == len(toy.calls) == 1
    feasible = bool((told <= 0).all())
    assert oracle.record.best == (objective if feasible else INF)


def test_an_objective_is_due_as_a_value_is() -> None:
    oracle = oracle_of(Constrained())
    works = []
    for ask in (oracle.constraints, oracle.objective, oracle.objective, oracle.value):
        ask(ZERO)
        works.append(oracle.record.work)
    assert works == [1, 1, 2, 3]


@pytest.mark.parametrize("answer", [NAN, -INF, 1j])
def test_an_objective_that_is_no_number_is_told_as_infinity(answer) -> None:
    oracle = oracle_of(Constrained(answer=lambda x: answer))
    assert oracle.objective([-1.0, 0.0]) == INF
    assert oracle.record.counts.invalid == 1


def test_without_constraints_the_objective_is_the_value() -> None:
    oracle = oracle_of(Toy())
    assert oracle.objective([1.0, 2.0]) == 3.0
    assert (oracle.record.best, oracle.record.work) == (3.0, 1)


def test_a_repeated_value_pays_again() -> None:
    oracle = oracle_of(Constrained(), work=5)
    assert repeat_until_stop(lambda: oracle.value(ZERO)) == "budget"
    assert oracle.record.work == 5


def test_a_value_that_constraints_bought_is_due_once() -> None:
    oracle = oracle_of(Constrained())
    works = []
    for ask in (oracle.constraints, oracle.value, oracle.value, oracle.constraints, oracle.value):
        ask(ZERO)
        works.append(oracle.record.work)
    assert works == [1, 1, 2, 2, 3]


def test_asking_for_both_in_a_loop_ends_at_the_budget() -> None:
    oracle = oracle_of(Constrained(), work=5)

    def both() -> None:
        oracle.constraints(ZERO)
        oracle.value(ZERO)

    assert repeat_until_stop(both) == "budget"


def test_the_last_simplex_of_points_is_remembered() -> None:
    oracle = oracle_of(Constrained())
    points = [[float(i), 0.0] for i in range(4)]
    for x in points:
        oracle.value(x)
    for x in points[1:]:
        oracle.constraints(x)  # dimension + 1 of them: free
    assert oracle.record.work == 4
    oracle.constraints(points[0])
    assert oracle.record.work == 5


def test_a_batch_of_constrained_points() -> None:
    oracle = oracle_of(Constrained(), work=3)
    with pytest.raises(Stop):
        oracle.values(np.array([[1.0, 1], [-1, 0], [0.5, 0], [0, 0]]))
    assert trace_of(oracle) == [("value", 2, 1), ("value", 0.5, 3)]


def test_an_unconstrained_problem_has_no_constraint_values() -> None:
    oracle = oracle_of(work=0)
    assert oracle.constraints(ZERO).shape == (0,)


@pytest.mark.parametrize("limits", [lambda x: [NAN, 0.0], lambda x: [NAN, -1.0]])
def test_constraints_that_are_nan_make_the_evaluation_invalid(limits) -> None:
    oracle = oracle_of(Constrained(limits))
    assert oracle.value(ZERO) == INF
    assert oracle.record.counts.invalid == 1
    assert oracle.record.best_x is None


@pytest.mark.parametrize("limits", LIMITS.values(), ids=LIMITS)
@pytest.mark.parametrize("evaluate", JUDGED.values(), ids=JUDGED)
def test_an_infeasible_point_is_never_the_best(evaluate, limits) -> None:
    oracle = oracle_of(Constrained(limits))
    evaluate(oracle, np.array([-1.0, -1.0]))
    assert oracle.record.best_x is None
    assert oracle.record.failure is None


@pytest.mark.parametrize("limits", [LIMITS["array"], LIMITS["list"]], ids=["array", "list"])
@pytest.mark.parametrize("evaluate", JUDGED.values(), ids=JUDGED)
def test_a_feasible_point_is_the_best_however_it_is_evaluated(evaluate, limits) -> None:
    oracle = oracle_of(Constrained(limits))
    evaluate(oracle, np.array([1.0, 1.0]))
    assert oracle.record.best == 2


def test_an_exact_gradient_does_not_make_an_infeasible_point_the_best() -> None:
    class Both(Constrained, Exact):
        pass

    oracle = oracle_of(Both())
    oracle.gradient(np.array([-1.0, -1.0]))
    assert oracle.record.best_x is None


def test_an_infeasible_measured_iterate_is_not_drawn() -> None:
    oracle = oracle_of(Constrained())
    oracle.gradient(np.array([-1.0, -1.0]), batch_of(0.5))
    assert oracle.record.trace == []
