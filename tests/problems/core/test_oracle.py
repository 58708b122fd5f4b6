"""The metered oracle: what an evaluation costs, what is best, where runs begin, what is counted."""

import math

import gymnasium
import numpy as np
import pytest

import problems
from methods import minimize
from problems import Box, Budget, Oracle, Problem, Stop, Unsupported
from problems.core.ledger import TracePoint
from tests.problems.core.evaluations import (
    EVALUATIONS,
    INF,
    NAN,
    ZERO,
    oracle_of,
    repeat_until_stop,
    trace_of,
)
from tests.problems.toys import Batch, Constrained, Exact, Toy, batch_of

# ------------------------------------------------------------------ what a problem needs


def test_a_problem_without_value_is_refused() -> None:
    class Empty(Problem):
        space = Box(0, 1, 1)

    with pytest.raises(TypeError, match=r"Empty defines neither value\(x\) nor values\(X\)"):
        oracle_of(Empty())


def test_constraints_without_a_ceiling_are_refused() -> None:
    class Open(Constrained):
        ceiling = None

    with pytest.raises(TypeError, match="Open has constraints but declares no ceiling"):
        oracle_of(Open())


# -------------------------------------------------------------------------------- prices


@pytest.mark.parametrize(
    ("problem", "evaluate", "price", "values", "gradients"),
    [
        (Toy, EVALUATIONS["value"], 1, 1, 0),
        (Toy, lambda o: o.values(np.zeros((5, 2))), 5, 5, 0),
        (Batch, lambda o: o.values(np.zeros((5, 2))), 5, 5, 0),
        (Toy, EVALUATIONS["gradient"], 4, 1, 1),
        (Exact, EVALUATIONS["gradient"], 3, 0, 1),
        (Toy, lambda o: o.gradient(ZERO, batch_of(0.5)), 1.5, 0, 1),
        (Exact, lambda o: o.gradient(ZERO, batch_of(0.5)), 1.5, 0, 1),
        (Constrained, EVALUATIONS["value"], 1, 1, 0),
        (Constrained, lambda o: o.constraints(ZERO), 1, 1, 0),
        (Constrained, lambda o: o.values(np.zeros((5, 2))), 5, 5, 0),
    ],
)
def test_price_of_an_evaluation(problem, evaluate, price, values, gradients) -> None:
    oracle = oracle_of(problem())
    evaluate(oracle)
    ledger = oracle.record.ledger()
    assert (ledger.work, ledger.values, ledger.gradients) == (price, values, gradients)
    assert oracle.remaining == pytest.approx(100 - price)


@pytest.mark.parametrize("problem", [Toy, Constrained])
def test_an_evaluation_is_charged_before_it_is_computed(problem) -> None:
    toy = problem()
    oracle = oracle_of(toy)
    toy.answer = lambda x: oracle.record.work
    assert [oracle.value(ZERO), oracle.value(ZERO)] == [1, 2]


@pytest.mark.parametrize(
    ("problem", "paid"), [(Toy, [1, 2, 3]), (Constrained, [1, 2, 3]), (Batch, [1, 3, 3])]
)
def test_a_batch_is_charged_before_it_is_computed(problem, paid) -> None:
    toy = problem()
    oracle = oracle_of(toy)
    toy.answer = lambda x: oracle.record.work
    assert oracle.values(np.zeros((3, 2))).tolist() == paid


@pytest.mark.parametrize("rows", [None, batch_of(0.5)])
def test_a_gradient_is_charged_before_it_is_computed(rows) -> None:
    oracle = oracle_of(Exact())
    seen = []

    def spy(theta, rows=None):
        seen.append(oracle.record.work)
        return 0.0, np.zeros(2)

    oracle.relaxation.loss_and_gradient = spy
    oracle.gradient(ZERO, rows)
    assert seen == [3.0 if rows is None else 1.5]


@pytest.mark.parametrize("budget", [0, 0.5, 1, 2.5, 4, 7])
@pytest.mark.parametrize(
    ("problem", "evaluate", "price"),
    [
        (Toy, EVALUATIONS["value"], 1),
        (Constrained, EVALUATIONS["value"], 1),
        (Constrained, lambda o: o.constraints([o.record.work / 10, 0]), 1),
        (Toy, EVALUATIONS["values"], 1),
        (Batch, EVALUATIONS["values"], 1),
        (Toy, EVALUATIONS["gradient"], 4),
        (Exact, EVALUATIONS["gradient"], 3),
        (Toy, EVALUATIONS["minibatch"], 0.3),
        (Toy, lambda o: o.gradient(ZERO, batch_of(1.0)), 3),
    ],
)
def test_evaluations_end_before_the_budget_is_overspent(problem, evaluate, price, budget) -> None:
    oracle = oracle_of(problem(), budget)
    assert repeat_until_stop(lambda: evaluate(oracle)) == "budget"
    ledger = oracle.record.ledger()
    assert ledger.work == pytest.approx(price * math.floor(budget / price + 1e-9))
    assert ledger.work <= budget
    assert oracle.remaining == 0


@pytest.mark.parametrize(("share", "times"), [(0.1, 10), (0.3, 7), (1 / 3, 5), (1 / 7, 70)])
def test_shares_that_do_not_add_up_exactly_still_spend_the_whole_budget(share, times) -> None:
    oracle = oracle_of(Toy(), work=round(3 * share * times, 12))
    repeat_until_stop(lambda: oracle.gradient(ZERO, batch_of(share)))
    assert oracle.record.counts.gradients == times


@pytest.mark.parametrize("problem", [Toy, Batch, Constrained])
def test_a_batch_is_evaluated_as_far_as_the_budget_reaches(problem) -> None:
    toy = problem()
    oracle = oracle_of(toy, work=3)
    points = np.array([[4, 0], [3, 0], [2, 0], [-5, -5]])
    with pytest.raises(Stop):
        oracle.values(points)
    assert [x.tolist() for x in toy.calls] == points[:3].tolist()
    assert (oracle.record.work, oracle.record.best) == (3, 2)
    assert oracle.record.best_x.tolist() == [2, 0]


@pytest.mark.parametrize("problem", [Toy, Batch, Constrained])
def test_a_batch_that_just_fits_is_returned(problem) -> None:
    oracle = oracle_of(problem(), work=3)
    assert oracle.values(np.eye(2)[[0, 1, 1]]).tolist() == [1, 1, 1]
    assert oracle.record.stopped is None


@pytest.mark.parametrize("problem", [Toy, Batch, Constrained])
def test_an_empty_batch_is_free(problem) -> None:
    oracle = oracle_of(problem(), work=0)
    assert oracle.values(np.empty((0, 2))).shape == (0,)
    assert oracle.record.work == 0


@pytest.mark.parametrize("evaluate", EVALUATIONS.values(), ids=EVALUATIONS)
def test_budget_0_buys_nothing(evaluate) -> None:
    toy = Toy()
    oracle = oracle_of(toy, work=0)
    with pytest.raises(Stop, match="budget"):
        evaluate(oracle)
    assert not toy.calls
    assert oracle.record.best_x is None
    assert oracle.record.trace == []


def test_budget_1_buys_one_evaluation() -> None:
    toy = Toy()
    oracle = oracle_of(toy, work=1)
    assert oracle.value([1, 2]) == 3
    with pytest.raises(Stop, match="budget"):
        oracle.value([0, 0])
    assert len(toy.calls) == 1
    assert oracle.record.best == 3


# ------------------------------------------------------------------------ the best point


def test_the_best_point_is_a_copy() -> None:
    x = np.array([1.0, 1.0])
    oracle = oracle_of()
    oracle.value(x)
    x[:] = 5
    assert oracle.record.best_x.tolist() == [1, 1]


def test_a_worse_or_equal_value_does_not_replace_the_best() -> None:
    oracle = oracle_of()
    assert [oracle.value(x) for x in ([1, 0], [2, 0], [0, 1])] == [1, 2, 1]
    assert oracle.record.best_x.tolist() == [1, 0]
    assert trace_of(oracle) == [("value", 1, 1)]


@pytest.mark.parametrize("x", [[6, 0], [NAN, 0], [0], [0, 0, 0], "ab", None, [[0, 0]]])
def test_a_point_outside_the_space_cannot_be_the_best(x) -> None:
    oracle = oracle_of(Toy(lambda x: -1.0))
    with pytest.raises(ValueError, match="outside the space"):
        oracle.value(x)
    assert isinstance(oracle.record.failure, ValueError)
    assert (oracle.record.best, oracle.record.best_x) == (INF, None)


@pytest.mark.parametrize("points", [np.zeros(2), np.zeros((1, 3)), np.zeros((1, 1, 2)), [], 0.0])
def test_a_batch_of_a_wrong_shape_is_refused_unpaid(points) -> None:
    oracle = oracle_of()
    with pytest.raises(ValueError, match=r"values\(\) got shape .*, not \(n, 2\)"):
        oracle.values(points)
    assert oracle.record.work == 0
    assert oracle.record.failure is not None


@pytest.mark.parametrize("row", [[6, 0], [NAN, 0]])
def test_a_batch_with_a_point_outside_the_space_is_refused_unpaid(row) -> None:
    toy = Toy()
    oracle = oracle_of(toy)
    with pytest.raises(ValueError, match="outside the space"):
        oracle.values([[0, 0], row])
    assert oracle.record.work == 0
    assert not toy.calls


# -------------------------------------------------------------------------------- starts


def test_starting_points_depend_on_the_seed_alone() -> None:
    first, again = Oracle(Toy(), Budget(1), (3, 1)), Oracle(Toy(), Budget(50, 9), (3, 1))
    again.value(ZERO)
    again.sample(np.random.default_rng(0), 4)
    assert np.array_equal(first.start(4), again.start(4))
    assert not np.array_equal(first.start(4), Oracle(Toy(), Budget(1), (3, 2)).start(4))


def test_first_starting_points_are_the_same_however_many_are_asked_for() -> None:
    oracle = oracle_of()
    assert np.array_equal(oracle.start(9)[:4], oracle.start(4))


def test_starting_points_are_free_members() -> None:
    oracle = oracle_of(work=0)
    assert oracle.space.contains(oracle.start(9))
    assert oracle.record.work == 0


def test_two_methods_of_a_comparison_get_the_same_starting_points() -> None:
    seen = []

    def one(oracle, rng):
        seen.append(oracle.start(3))

    def another(oracle, rng, *, option: int = 1):
        rng.random(7)
        seen.append(oracle.start(3))

    for method in (one, another):
        minimize(Toy(), method, 10, seed=5)
    assert np.array_equal(*seen)


# ------------------------------------------------------------ trace, listener and ledger


@pytest.mark.parametrize("problem", [Toy, Batch, Constrained])
def test_each_record_of_a_batch_carries_the_evaluation_that_bought_it(problem) -> None:
    oracle = oracle_of(problem())
    oracle.value([5, 0])
    oracle.values(np.array([[5, 5], [4, 0], [4, 0], [3, 0], [4, 0], [2, 0]]))
    trace = [(p.value, p.work, p.values) for p in oracle.record.trace]
    assert trace == [(5, 1, 1), (4, 3, 3), (3, 5, 5), (2, 7, 7)]


def test_a_batch_is_traced_like_single_evaluations() -> None:
    points = Toy.space.sample(np.random.default_rng(0), 40)
    one, many = oracle_of(), oracle_of(Batch())
    for x in points:
        one.value(x)
    many.values(points)
    assert trace_of(one) == trace_of(many)
    assert np.array_equal(one.record.best_x, many.record.best_x)


def test_the_listener_hears_every_point_of_the_trace_as_it_comes() -> None:
    heard: list[TracePoint] = []
    oracle = Oracle(Toy(), Budget(100), listener=heard.append)
    oracle.value([1, 0])
    assert len(heard) == 1
    oracle.bound(-20.0)
    oracle.gradient(ZERO, batch_of(0.5))
    oracle.values(np.array([[0, 0], [-1, 0]]))
    assert [point.kind for point in heard] == ["value", "bound", "measured", "value", "value"]
    assert heard == oracle.record.trace


def test_what_a_listener_raises_comes_through_after_the_point_is_kept() -> None:
    def interrupt(point: TracePoint) -> None:
        raise KeyboardInterrupt

    oracle = Oracle(Toy(), Budget(100), listener=interrupt)
    with pytest.raises(KeyboardInterrupt):
        oracle.value(ZERO)
    assert oracle.record.best == 0


def test_rows_and_tokens_are_those_that_the_evaluations_went_through() -> None:
    toy = Toy()
    toy.rows, toy.tokens = 10, 1000
    oracle = oracle_of(toy)
    oracle.value(ZERO)  # one pass
    oracle.values(np.zeros((3, 2)))  # three
    oracle.gradient(ZERO)  # one for the gradient, one for the evaluation
    oracle.gradient(ZERO, batch_of(0.2, tokens=7))  # two rows
    ledger = oracle.record.ledger()
    assert (ledger.rows, ledger.tokens) == (6 * 10 + 2, 6 * 1000 + 7)


def test_the_number_of_observations_is_the_problems() -> None:
    table = problems.make("next-token-table", corpus="markov:length=2000,symbols=3")
    assert Oracle(table, Budget()).observations == table.tokens > 1000
    assert Oracle(Toy(), Budget()).observations == 0


def test_samples_are_counted_and_free() -> None:
    oracle = oracle_of(work=0)
    points = oracle.sample(np.random.default_rng(3), 7)
    assert np.array_equal(points, Toy.space.sample(np.random.default_rng(3), 7))
    ledger = oracle.record.ledger()
    assert (ledger.samples, ledger.work) == (7, 0)


def test_a_temperature_reaches_the_proposal() -> None:
    with pytest.raises(ValueError, match=r"temperature=0\.5: this problem's proposal has none"):
        oracle_of().sample(np.random.default_rng(0), 1, temperature=0.5)


# --------------------------------------------------------------------------------- views


def test_an_environment_is_metered() -> None:
    problem = problems.make("knapsack", items=3)
    oracle = oracle_of(problem, work=1)
    environment = oracle.environment()
    assert isinstance(environment, gymnasium.Env)
    environment.reset(seed=0)
    for _ in range(2):
        assert environment.step(0)[1] == 0
    _, reward, terminated, *_ = environment.step(0)
    assert (reward, terminated) == (0, True)
    assert oracle.record.best_x.tolist() == [0, 0, 0]
    ledger = oracle.record.ledger()
    assert (ledger.steps, ledger.values, ledger.work) == (3, 1, 1)
    environment.reset()
    assert repeat_until_stop(lambda: environment.step(1), 3) == "budget"
    assert oracle.record.ledger().steps == 6


def test_counting_costs_one_pass() -> None:
    problem = problems.make("next-token-table", corpus="markov:length=500,symbols=3")
    oracle = oracle_of(problem, work=1)
    assert np.array_equal(oracle.count(1.0), problem.count(1.0))
    assert oracle.record.work == 1
    with pytest.raises(Stop, match="budget"):
        oracle.count(1.0)


@pytest.mark.parametrize(
    ("view", "reason"),
    [
        (lambda o: o.linear_model(), "no linear model"),
        (lambda o: o.count(0.0), "nothing to count"),
        (lambda o: o.environment(), "no environment"),
    ],
)
def test_a_missing_view_is_said_before_the_budget_runs_out(view, reason) -> None:
    with pytest.raises(Unsupported, match=reason):
        view(oracle_of(work=0, seconds=0))


def test_a_missing_relaxation_is_said_before_the_budget_runs_out() -> None:
    class Plain(Problem):
        space = Box(0, 1, 2)

        def value(self, x):
            return 0.0

    with pytest.raises(Unsupported, match="no differentiable relaxation"):
        oracle_of(Plain(), work=0, seconds=0).gradient(ZERO)
