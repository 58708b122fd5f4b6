"""The metered oracle: what a look costs, what it returns, and how a run ends."""

import contextlib
import math
from itertools import pairwise

import gymnasium
import numpy as np
import pytest

import problems
from methods import minimize
from problems import Box, Budget, Oracle, Problem, Reference, Relaxation, Stop, Unsupported
from problems.core.ledger import BrokenReference, TracePoint
from tests.problems.toys import Batch, Clock, Constrained, Exact, Toy, batch_of

NAN, INF = float("nan"), float("inf")
ZERO = np.zeros(2)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def oracle_of(problem: Problem | None = None, work: float = 100, **limits: float) -> Oracle:
    return Oracle(Toy() if problem is None else problem, Budget(work, **limits))


def repeat_until_stop(look, times: int = 1000) -> str:
    """Return why the looks came to an end."""
    try:
        for _ in range(times):
            look()
    except Stop as stop:
        return str(stop)
    pytest.fail(f"{times} looks and no end")


def trace_of(oracle: Oracle) -> list[tuple[str, float, float]]:
    return [(point.kind, point.value, point.work) for point in oracle.record.trace]


LOOKS = {
    "value": lambda o: o.value(ZERO),
    "values": lambda o: o.values(np.zeros((1, 2))),
    "gradient": lambda o: o.gradient(ZERO),
    "minibatch": lambda o: o.gradient(ZERO, batch_of(0.1)),
}


# ------------------------------------------------------------ what a problem needs


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


# ------------------------------------------------------------------------- prices


@pytest.mark.parametrize(
    ("problem", "look", "price", "values", "gradients"),
    [
        (Toy, LOOKS["value"], 1, 1, 0),
        (Toy, lambda o: o.values(np.zeros((5, 2))), 5, 5, 0),
        (Batch, lambda o: o.values(np.zeros((5, 2))), 5, 5, 0),
        (Toy, LOOKS["gradient"], 4, 1, 1),
        (Exact, LOOKS["gradient"], 3, 0, 1),
        (Toy, lambda o: o.gradient(ZERO, batch_of(0.5)), 1.5, 0, 1),
        (Exact, lambda o: o.gradient(ZERO, batch_of(0.5)), 1.5, 0, 1),
        (Constrained, LOOKS["value"], 1, 1, 0),
        (Constrained, lambda o: o.constraints(ZERO), 1, 1, 0),
        (Constrained, lambda o: o.values(np.zeros((5, 2))), 5, 5, 0),
    ],
)
def test_price_of_a_look(problem, look, price, values, gradients) -> None:
    oracle = oracle_of(problem())
    look(oracle)
    ledger = oracle.record.ledger()
    assert (ledger.work, ledger.values, ledger.gradients) == (price, values, gradients)
    assert oracle.remaining == pytest.approx(100 - price)


@pytest.mark.parametrize("problem", [Toy, Constrained])
def test_a_look_is_charged_before_it_is_computed(problem) -> None:
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
    ("problem", "look", "price"),
    [
        (Toy, LOOKS["value"], 1),
        (Constrained, LOOKS["value"], 1),
        (Constrained, lambda o: o.constraints([o.record.work / 10, 0]), 1),
        (Toy, LOOKS["values"], 1),
        (Batch, LOOKS["values"], 1),
        (Toy, LOOKS["gradient"], 4),
        (Exact, LOOKS["gradient"], 3),
        (Toy, LOOKS["minibatch"], 0.3),
        (Toy, lambda o: o.gradient(ZERO, batch_of(1.0)), 3),
    ],
)
def test_looks_end_before_the_budget_is_overspent(problem, look, price, budget) -> None:
    oracle = oracle_of(problem(), budget)
    assert repeat_until_stop(lambda: look(oracle)) == "budget"
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


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_budget_0_buys_nothing(look) -> None:
    toy = Toy()
    oracle = oracle_of(toy, work=0)
    with pytest.raises(Stop, match="budget"):
        look(oracle)
    assert not toy.calls
    assert oracle.record.best_x is None
    assert oracle.record.trace == []


def test_budget_1_buys_one_look() -> None:
    toy = Toy()
    oracle = oracle_of(toy, work=1)
    assert oracle.value([1, 2]) == 3
    with pytest.raises(Stop, match="budget"):
        oracle.value([0, 0])
    assert len(toy.calls) == 1
    assert oracle.record.best == 3


# ------------------------------------------------------------------------- time


VIEWS_AND_LOOKS = {
    **LOOKS,
    "sample": lambda o: o.sample(np.random.default_rng(0), 1),
    "incumbent": lambda o: o.incumbent(ZERO),
    "bound": lambda o: o.bound(-100.0),
}


@pytest.mark.parametrize("look", VIEWS_AND_LOOKS.values(), ids=VIEWS_AND_LOOKS)
def test_time_that_is_up_ends_the_run(look, clock) -> None:
    oracle = oracle_of(seconds=10)
    clock.now += 9
    assert oracle.remaining_seconds == pytest.approx(1)
    look(oracle)
    clock.now += 2
    assert oracle.remaining_seconds == 0
    with pytest.raises(Stop, match="timeout"):
        look(oracle)
    assert oracle.record.stopped == "timeout"


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_no_seconds_buy_nothing(look) -> None:
    toy = Toy()
    oracle = oracle_of(toy, seconds=0)
    with pytest.raises(Stop, match="timeout"):
        look(oracle)
    assert not toy.calls
    assert oracle.record.work == 0


def test_constraints_and_a_value_that_is_due_obey_the_clock(clock) -> None:
    oracle = oracle_of(Constrained(), seconds=10)
    oracle.constraints(ZERO)
    clock.now += 11
    for look in (oracle.constraints, oracle.value):
        with pytest.raises(Stop, match="timeout"):
            look(ZERO)


@pytest.mark.parametrize("problem", [Toy, Constrained])
def test_a_batch_that_is_looked_at_one_by_one_obeys_the_clock(problem, clock) -> None:
    toy = problem()

    def slow(x):
        clock.now += 4
        return 0.0

    toy.answer = slow
    oracle = oracle_of(toy, seconds=10)
    with pytest.raises(Stop, match="timeout"):
        oracle.values(np.zeros((10, 2)))
    assert len(toy.calls) == 3


def test_views_obey_the_clock(clock) -> None:
    knapsack = oracle_of(problems.make("knapsack", items=3), seconds=10)
    table = oracle_of(problems.make("next-token-table", corpus="markov:length=500"), seconds=10)
    environment = knapsack.environment()
    environment.reset(seed=0)
    clock.now += 11
    for look in (
        knapsack.linear_model,
        lambda: environment.step(0),
        lambda: table.count(0.0),
    ):
        with pytest.raises(Stop, match="timeout"):
            look()


# ---------------------------------------------------------------------- the stop


@pytest.mark.parametrize("look", VIEWS_AND_LOOKS.values(), ids=VIEWS_AND_LOOKS)
def test_a_stopped_run_stays_stopped_whoever_swallows_it(look) -> None:
    oracle = oracle_of(work=1)
    repeat_until_stop(lambda: oracle.value([1, 1]))
    before = oracle.record.ledger()
    for _ in range(3):
        with pytest.raises(Stop, match="budget"):
            look(oracle)
    after = oracle.record.ledger()
    assert (after.work, after.values, after.gradients) == (before.work, 1, 0)
    assert oracle.record.best == 2


def test_stop_passes_through_a_library_that_catches_exceptions() -> None:
    def library(look):
        while True:
            with contextlib.suppress(Exception):
                look([0, 0])

    with pytest.raises(Stop):
        library(oracle_of(work=3).value)


@pytest.mark.parametrize("look", list(LOOKS.values())[:3], ids=list(LOOKS)[:3])
@pytest.mark.parametrize("target", [0.0, 0.5])
def test_the_target_ends_the_run(look, target) -> None:
    oracle = Oracle(Toy(), Budget(100, target=target))
    assert oracle.value([1, 0]) == 1
    with pytest.raises(Stop, match="target"):
        look(oracle)
    assert (oracle.record.stopped, oracle.record.best) == ("target", 0)


@pytest.mark.parametrize(
    ("kind", "ends"),
    [
        ("closed form", True),
        ("dynamic programme", True),
        ("certified", True),
        ("bound", True),
        ("best published", False),
    ],
)
@pytest.mark.parametrize("look", list(LOOKS.values())[:3], ids=list(LOOKS)[:3])
def test_only_a_proven_reference_ends_the_run(kind, ends, look) -> None:
    oracle = oracle_of(Toy(reference=Reference(0.0, kind, "a test")))
    if ends:
        with pytest.raises(Stop, match="optimal"):
            look(oracle)
        assert oracle.record.stopped == "optimal"
    else:
        look(oracle)
        assert oracle.value([-1, -1]) == -2  # beaten, and why not
        assert oracle.record.stopped is None
    assert oracle.record.best in (0, -2)


@pytest.mark.parametrize(("value", "ends"), [(1000.9, True), (1001.1, False)])
def test_a_reference_is_reached_within_its_relative_tolerance(value, ends) -> None:
    toy = Toy(lambda x: value, Reference(1000.0, "closed form", "a test", tolerance=1e-3))
    oracle = oracle_of(toy)
    with pytest.raises(Stop) if ends else contextlib.nullcontext():
        oracle.value(ZERO)
    assert oracle.record.stopped == ("optimal" if ends else None)


def test_target_is_named_where_target_and_reference_are_met_at_once() -> None:
    toy = Toy(reference=Reference(0.0, "closed form", "a test"))
    oracle = Oracle(toy, Budget(100, target=0.0))
    with pytest.raises(Stop, match="target"):
        oracle.value(ZERO)


def test_minibatches_do_not_end_a_run_at_the_target() -> None:
    oracle = Oracle(Toy(), Budget(1, target=0.0))
    assert repeat_until_stop(lambda: oracle.gradient(ZERO, batch_of(0.1))) == "budget"


@pytest.mark.parametrize(("problem", "paid"), [(Batch, 3), (Toy, 2)])
def test_a_batch_that_meets_the_target_is_paid_as_far_as_it_was_computed(problem, paid) -> None:
    toy = problem()
    oracle = Oracle(toy, Budget(100, target=0.0))
    with pytest.raises(Stop, match="target"):
        oracle.values(np.array([[1, 0], [0, 0], [-1, 0]]))
    assert oracle.record.work == len(toy.calls) == paid
    assert trace_of(oracle) == [("value", 1, 1), ("value", 0, 2)]


# ------------------------------------------------------------- broken references


@pytest.mark.parametrize("look", list(LOOKS.values())[:3], ids=list(LOOKS)[:3])
@pytest.mark.parametrize("kind", ["closed form", "bound"])
def test_a_beaten_proof_raises_and_is_remembered(look, kind) -> None:
    oracle = oracle_of(Toy(reference=Reference(1.0, kind, "a wrong lemma")))
    with pytest.raises(BrokenReference, match=rf"0 is better than .* 1 \({kind}: a wrong lemma\)"):
        look(oracle)
    assert isinstance(oracle.record.failure, BrokenReference)
    assert oracle.record.best == 0.0  # it withdraws what was called proven
    with pytest.raises(Stop):
        look(oracle)


def test_minimize_raises_a_broken_reference_that_a_library_swallows() -> None:
    def library(oracle, rng):
        with contextlib.suppress(Exception):
            oracle.value(ZERO)

    with pytest.raises(BrokenReference):
        minimize(Toy(reference=Reference(1.0, "closed form", "a wrong lemma")), library)


# ------------------------------------------------------------------ the best point


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


# ------------------------------------------------------------------ invalid values


INVALID = {
    "nan": NAN,
    "inf": INF,
    "-inf": -INF,
    "complex": 1 + 2j,
    "complex numpy": np.complex128(1 + 2j),
    "real complex": np.complex128(-9),
    "None": None,
    "string": "1",
    "array": np.array([1.0, 2.0]),
    "array of one": np.array([-9.0]),
    "array of one, worse": np.array([9.0]),
    "worse complex": np.complex128(9),
    "empty array": np.array([]),
    "list": [1.0],
    "dict": {},
    "beyond float": 10**400,
    "far below float": -(10**400),
}
invalid_answers = pytest.mark.parametrize("answer", INVALID.values(), ids=INVALID)


@invalid_answers
@pytest.mark.parametrize("problem", [Toy, Constrained])
@pytest.mark.parametrize("before", [False, True], ids=["first look", "later look"])
def test_what_is_no_finite_number_is_counted_returned_as_inf_and_never_best(
    problem, answer, before
) -> None:
    toy = problem()
    oracle = oracle_of(toy)
    if before:
        assert oracle.value(ZERO) == 0
    toy.answer = lambda x: answer
    assert oracle.value([0.5, 0.5]) == INF
    record = oracle.record
    assert record.counts.invalid == 1
    assert record.ended_invalid
    assert record.failure is None
    assert record.best == (0 if before else INF)
    assert len(record.trace) == before
    assert record.values == record.work == 1 + before


def test_a_valid_look_after_an_invalid_one_clears_the_flag() -> None:
    toy = Toy(lambda x: NAN)
    oracle = oracle_of(toy)
    oracle.value(ZERO)
    toy.answer = lambda x: 1.0
    oracle.value(ZERO)
    assert not oracle.record.ended_invalid
    assert oracle.record.counts.invalid == 1


@pytest.mark.parametrize(
    ("answers", "told", "invalid", "flagged", "best"),
    [
        ([1, NAN, 2], [1, INF, 2], 1, False, 1),
        ([NAN, INF, -INF], [INF] * 3, 3, True, INF),
        ([-INF, 3, NAN], [INF, 3, INF], 2, True, 3),
        ([4, 3, 2], [4, 3, 2], 0, False, 2),
    ],
)
@pytest.mark.parametrize("problem", [Toy, Batch, Constrained])
def test_invalid_rows_of_a_batch(problem, answers, told, invalid, flagged, best) -> None:
    left = iter(answers)
    oracle = oracle_of(problem(answer=lambda x: next(left)))
    assert oracle.values(np.zeros((3, 2))).tolist() == told
    record = oracle.record
    assert (record.counts.invalid, record.ended_invalid, record.best) == (invalid, flagged, best)


class Batched(Toy):
    """A problem whose `values` returns whatever it is given."""

    def __init__(self, batch) -> None:
        super().__init__()
        self.batch = batch

    def values(self, points):
        return self.batch


@pytest.mark.parametrize(
    "batch",
    [
        np.zeros(3),
        np.zeros((2, 1)),
        0.0,
        None,
        np.zeros(2, dtype=complex),
        np.array(["a", "b"]),
        [None, 1.0],
    ],
)
def test_a_batch_of_a_wrong_shape_or_type_is_invalid_in_every_row(batch) -> None:
    oracle = oracle_of(Batched(batch))
    assert oracle.values(np.zeros((2, 2))).tolist() == [INF, INF]
    assert oracle.record.counts.invalid == 2
    assert oracle.record.ended_invalid
    assert oracle.record.best_x is None


@pytest.mark.parametrize("kind", [list, lambda column: column.astype(np.float32)])
def test_values_are_float64_whatever_the_problem_returns(kind) -> None:
    class Column(Toy):
        def values(self, points):
            return kind(points[:, 0])

    told = oracle_of(Column()).values(np.array([[2, 0], [1, 0]]))
    assert told.tolist() == [2, 1]
    assert told.dtype == np.float64


@pytest.mark.parametrize(
    "answer", [(NAN, np.zeros(2)), (INF, np.zeros(2)), (0.0, np.array([0, NAN]))]
)
@pytest.mark.parametrize("rows", [None, batch_of(0.5)])
def test_a_gradient_that_is_not_finite_is_counted_and_buys_no_point(answer, rows) -> None:
    oracle = oracle_of(Exact())
    oracle.relaxation.loss_and_gradient = lambda theta, rows=None: answer
    loss, _ = oracle.gradient(ZERO, rows)
    assert loss == answer[0] or math.isnan(loss)
    record = oracle.record
    assert record.counts.invalid == 1
    assert record.ended_invalid
    assert (record.best_x, record.measured_x, record.last) == (None, None, None)


@invalid_answers
def test_an_invalid_value_at_a_full_gradient_is_counted_and_never_best(answer) -> None:
    oracle = oracle_of(Toy(lambda x: answer))
    oracle.gradient(ZERO)
    assert oracle.record.counts.invalid == 1
    assert oracle.record.best_x is None
    assert oracle.record.failure is None


# ----------------------------------------------------------------------- gradients


@pytest.mark.parametrize("problem", [Toy, Exact])
def test_a_full_gradient_is_an_exact_look_at_the_decoded_point(problem) -> None:
    oracle = oracle_of(problem())
    loss, slope = oracle.gradient(np.array([1.0, -3.0]))
    assert (loss, slope.tolist()) == (-2, [1, 1])
    assert (oracle.record.best, oracle.record.last) == (-2, -2)
    assert oracle.record.best_x.tolist() == [1, -3]


def test_an_exact_loss_is_not_computed_twice() -> None:
    toy = Exact()
    oracle_of(toy).gradient(ZERO)
    assert not toy.calls


@pytest.mark.parametrize("problem", [Toy, Exact])
def test_an_iterate_outside_the_space_is_judged_where_it_decodes_to(problem) -> None:
    oracle = oracle_of(problem())
    loss, _ = oracle.gradient(np.array([-9.0, 0.0]))
    assert loss == -9
    assert oracle.record.best == -5
    assert oracle.record.best_x.tolist() == [-5, 0]


def test_last_is_the_last_iterate_and_best_the_best() -> None:
    oracle = oracle_of(Toy())
    for theta in ([1.0, 0.0], [-1.0, 0.0], [3.0, 0.0]):
        oracle.gradient(np.array(theta))
    assert (oracle.record.best, oracle.record.last) == (-1, 3)


def test_the_iterate_is_a_copy() -> None:
    oracle = oracle_of()
    theta = np.ones(2)
    oracle.gradient(theta, batch_of(0.1))
    theta[:] = 4
    oracle.finish()
    assert oracle.record.last == 2


def test_start_parameters_depend_on_the_seed_alone() -> None:
    first, again, other = (Oracle(Toy(), Budget(w), (s,)) for w, s in ((1, 3), (9, 3), (1, 4)))
    repeat_until_stop(lambda: again.value(ZERO))
    assert np.array_equal(first.start_parameters(), again.start_parameters())
    assert not np.array_equal(first.start_parameters(), other.start_parameters())


# --------------------------------------------------------------------- minibatches


def measured(oracle: Oracle) -> list[TracePoint]:
    return [point for point in oracle.record.trace if point.kind == "measured"]


def test_iterates_are_measured_ten_times_a_decade_of_work() -> None:
    oracle = oracle_of(work=150)
    share = 1 / 24  # an eighth of a look, so that sums are exact
    repeat_until_stop(lambda: oracle.gradient(ZERO, batch_of(share)), 2000)
    works = [point.work for point in measured(oracle)]
    cells = [math.floor(10 * math.log10(work)) for work in works]
    assert works[0] == 0.125
    assert all(a < b for a, b in pairwise(cells))
    assert [c for c in cells if c >= 0] == list(range(22))  # 1 … 150 has 22 tenths of a decade
    for work, cell in zip(works[1:], cells[1:], strict=True):
        assert work - 0.125 < 10 ** (cell / 10) <= work  # the first look past the grid point


def test_measuring_is_free_and_untold() -> None:
    toy = Toy()
    oracle = oracle_of(toy)
    oracle.gradient(ZERO, batch_of(0.1))
    assert len(toy.calls) == 1
    ledger = oracle.record.ledger()
    assert (ledger.work, ledger.values, ledger.gradients) == (pytest.approx(0.3), 0, 1)
    assert oracle.record.best_x is None


def test_measuring_is_off_the_clock(clock) -> None:
    def slow(x):
        clock.now += 1000
        return 1.0

    oracle = oracle_of(Toy(slow), work=3, seconds=10)
    clock.now += 2
    assert repeat_until_stop(lambda: oracle.gradient(ZERO, batch_of(0.1))) == "budget"
    oracle.finish()
    assert len(measured(oracle)) > 3
    ledger = oracle.record.ledger()
    assert (ledger.wall_seconds, ledger.cpu_seconds) == (2, 2)
    assert oracle.remaining_seconds == 8
    assert {(p.wall_seconds, p.cpu_seconds) for p in measured(oracle)} == {(2, 2)}


@pytest.mark.parametrize(("yields", "seconds"), [(True, 0), (False, 1000)])
def test_judging_an_iterate_is_off_the_clock_where_its_pass_paid_for_it(
    clock, yields, seconds
) -> None:
    """Where the pass does not yield the value, that was bought, and takes its time."""

    def slow(x):
        clock.now += 1000
        return 1.0

    toy = Toy(slow)
    relaxation = toy.relaxation()
    relaxation.yields_value = yields
    toy.relaxation = lambda: relaxation
    oracle = oracle_of(toy, work=4, seconds=10)
    oracle.gradient(ZERO)
    ledger = oracle.record.ledger()
    assert (ledger.wall_seconds, ledger.cpu_seconds) == (seconds, seconds)
    assert oracle.record.best == 1.0


def test_verifying_an_incumbent_is_off_the_clock(clock) -> None:
    def slow(x):
        clock.now += 1000
        return 1.0

    oracle = oracle_of(Toy(slow), seconds=10)
    oracle.incumbent(ZERO)
    assert oracle.remaining_seconds == 10
    assert oracle.record.ledger().wall_seconds == 0


def test_finish_measures_the_last_iterate_of_minibatches() -> None:
    oracle = oracle_of()
    for i in range(9):
        oracle.gradient(np.array([i / 10, 0]), batch_of(1 / 3))
    oracle.finish()
    assert oracle.record.last == 0.8
    assert trace_of(oracle)[-1] == ("measured", 0.8, 9)
    assert oracle.record.measured == 0


def test_finish_adds_nothing_where_no_minibatch_was_paid() -> None:
    oracle = oracle_of()
    oracle.gradient(ZERO)
    before = trace_of(oracle)
    oracle.finish()
    assert trace_of(oracle) == before


def test_finish_does_not_measure_what_has_diverged() -> None:
    oracle = oracle_of()
    oracle.gradient(np.array([NAN, 0]), batch_of(0.1))
    oracle.finish()
    assert measured(oracle) == []


def minibatches_only(oracle, rng):
    for x in (3.0, 1.0, 2.0):
        oracle.gradient(np.array([x, 0]), batch_of(1 / 3))


def minibatches_and_a_look(oracle, rng):
    minibatches_only(oracle, rng)
    oracle.value([4, 0])


def test_measured_points_decide_where_nothing_exact_was_paid() -> None:
    run = minimize(Toy(), minibatches_only)
    assert (run.value, run.last, run.x.tolist()) == (1, 2, [1, 0])


def test_one_exact_look_outweighs_all_measured_points() -> None:
    run = minimize(Toy(), minibatches_and_a_look)
    assert (run.value, run.x.tolist()) == (4, [4, 0])


# -------------------------------------------------------------------------- starts


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


# --------------------------------------------------------------------- constraints


@pytest.mark.parametrize(
    ("x", "told", "best"),
    [([1, 2], 3, 3), ([0, 0], 0, 0), ([-1, 4], 11, INF), ([-1, -2], 13, INF)],
)
def test_an_infeasible_point_is_told_the_ceiling_plus_its_violation(x, told, best) -> None:
    oracle = oracle_of(Constrained())
    assert oracle.value(x) == told
    assert oracle.record.best == best


@pytest.mark.parametrize("order", ["value first", "constraints first"])
def test_one_look_buys_value_and_constraints_in_either_order(order) -> None:
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
def test_constraints_that_are_nan_make_the_look_invalid(limits) -> None:
    oracle = oracle_of(Constrained(limits))
    assert oracle.value(ZERO) == INF
    assert oracle.record.counts.invalid == 1
    assert oracle.record.best_x is None


JUDGED = {
    "incumbent": lambda o, x: o.incumbent(x),
    "full gradient": lambda o, x: o.gradient(x),
    "value": lambda o, x: o.value(x),
    "values": lambda o, x: o.values(x[None]),
}
LIMITS = {
    "array": lambda x: -np.asarray(x, dtype=float),
    "list": lambda x: [float(-v) for v in x],
    "nan": lambda x: np.array([NAN, -1.0]),
}


@pytest.mark.parametrize("limits", LIMITS.values(), ids=LIMITS)
@pytest.mark.parametrize("look", JUDGED.values(), ids=JUDGED)
def test_an_infeasible_point_is_never_the_best(look, limits) -> None:
    oracle = oracle_of(Constrained(limits))
    look(oracle, np.array([-1.0, -1.0]))
    assert oracle.record.best_x is None
    assert oracle.record.failure is None


@pytest.mark.parametrize("limits", [LIMITS["array"], LIMITS["list"]], ids=["array", "list"])
@pytest.mark.parametrize("look", JUDGED.values(), ids=JUDGED)
def test_a_feasible_point_is_the_best_however_it_is_looked_at(look, limits) -> None:
    oracle = oracle_of(Constrained(limits))
    look(oracle, np.array([1.0, 1.0]))
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


# ------------------------------------------------------------- incumbent and bound


def test_an_incumbent_is_evaluated_by_the_problem_and_costs_no_work() -> None:
    oracle = oracle_of(work=0)
    oracle.incumbent(np.array([1.0, 1.0]))
    assert (oracle.record.best, oracle.record.work) == (2, 0)
    assert trace_of(oracle) == [("value", 2, 0)]


@pytest.mark.parametrize("x", [[9.0, 0.0], [NAN, 0.0], [0.0]])
def test_an_incumbent_that_is_no_member_is_ignored(x) -> None:
    oracle = oracle_of(Toy(lambda x: -1.0))
    oracle.incumbent(np.array(x))
    assert oracle.record.best_x is None


def test_a_worse_incumbent_is_ignored() -> None:
    oracle = oracle_of()
    for x in ([1.0, 0.0], [2.0, 0.0]):
        oracle.incumbent(np.array(x))
    assert trace_of(oracle) == [("value", 1, 0)]


def test_an_incumbent_at_a_proven_optimum_ends_the_run() -> None:
    oracle = oracle_of(Toy(reference=Reference(0.0, "certified", "a test")))
    with pytest.raises(Stop, match="optimal"):
        oracle.incumbent(ZERO)


def test_an_incumbent_below_a_proven_optimum_is_a_broken_reference() -> None:
    oracle = oracle_of(Toy(reference=Reference(1.0, "certified", "a test")))
    with pytest.raises(BrokenReference):
        oracle.incumbent(ZERO)


def test_bounds_only_rise() -> None:
    oracle = oracle_of()
    for b in (-9.0, -7.0, -8.0, -7.0, -INF, NAN, -6.0):
        oracle.bound(b)
    assert trace_of(oracle) == [("bound", -9, 0), ("bound", -7, 0), ("bound", -6, 0)]
    assert oracle.record.bound == -6


@pytest.mark.parametrize(("bound", "certified"), [(1.9, False), (2.0, True), (2.000001, True)])
def test_a_point_that_meets_the_bound_is_certified(bound, certified) -> None:
    oracle = oracle_of()
    oracle.incumbent(np.array([1.0, 1.0]))
    with pytest.raises(Stop) if certified else contextlib.nullcontext():
        oracle.bound(bound)
    assert oracle.record.certified is certified
    assert oracle.record.stopped == ("optimal" if certified else None)


def test_a_claim_is_drawn_and_counts_for_nothing() -> None:
    oracle = oracle_of(target=-100.0)
    assert not oracle.claim(-99.0)
    assert oracle.claim(-101.0)  # shown, it would be the target
    assert not oracle.claim(INF)
    assert trace_of(oracle) == [("claimed", -99, 0), ("claimed", -101, 0)]
    assert (oracle.record.best, oracle.record.best_x) == (INF, None)


def test_claims_obey_the_clock_and_the_end_of_the_run(clock: Clock) -> None:
    oracle = oracle_of(seconds=1)
    clock.now += 2
    with pytest.raises(Stop, match="timeout"):
        oracle.claim(1.0)
    with pytest.raises(Stop, match="timeout"):
        oracle.claim(0.5)
    assert len(trace_of(oracle)) == 1


def test_a_solvers_process_counts_while_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("problems.core.clocks.child_clock", lambda pid: float(pid))
    oracle = oracle_of()
    with oracle.solver_process(1000):
        assert oracle.record.clocks()[0] > 999
    assert 999 < oracle.record.clocks()[0] < 1001  # waited for, it is the system's to count
    assert oracle.record.child is None


def test_a_bound_without_a_point_certifies_nothing() -> None:
    oracle = oracle_of()
    oracle.bound(-1.0)
    assert not oracle.record.certified


def test_a_bound_above_a_proven_optimum_raises() -> None:
    oracle = oracle_of(Toy(reference=Reference(1.0, "closed form", "a lemma")))
    oracle.bound(1.0)
    with pytest.raises(BrokenReference, match=r"bound 1\.1 contradicts the proven reference 1 "):
        oracle.bound(1.1)
    assert isinstance(oracle.record.failure, BrokenReference)
    assert oracle.record.bound == 1


def test_a_bound_may_pass_a_reference_that_is_only_a_bound() -> None:
    oracle = oracle_of(Toy(reference=Reference(1.0, "bound", "a relaxation")))
    oracle.bound(2.0)
    assert oracle.record.bound == 2


def test_a_bound_above_a_value_that_was_found_raises() -> None:
    oracle = oracle_of()
    oracle.value([1, 1])
    with pytest.raises(BrokenReference, match=r"bound 3 exceeds a value that was found, 2"):
        oracle.bound(3.0)
    assert isinstance(oracle.record.failure, BrokenReference)


@pytest.mark.parametrize("look", JUDGED.values(), ids=JUDGED)
def test_a_value_below_a_bound_that_was_reported_raises(look) -> None:
    oracle = oracle_of()
    oracle.bound(3.0)
    with pytest.raises(BrokenReference):
        look(oracle, np.array([1.0, 1.0]))
    assert isinstance(oracle.record.failure, BrokenReference)


def test_a_contradicted_bound_ends_the_run_even_if_it_is_swallowed() -> None:
    oracle = oracle_of()
    oracle.value([1, 1])
    with contextlib.suppress(BrokenReference):
        oracle.bound(3.0)
    with pytest.raises(Stop):
        oracle.value([0, 0])


def test_solver_effort_adds_up_in_the_ledger() -> None:
    oracle = oracle_of()
    oracle.solver_effort(3, 50)
    oracle.solver_effort(4, 7)
    ledger = oracle.record.ledger()
    assert (ledger.nodes, ledger.iterations, ledger.work) == (7, 57, 0)


# ------------------------------------------------------- trace, listener and ledger


@pytest.mark.parametrize("problem", [Toy, Batch, Constrained])
def test_each_record_of_a_batch_carries_the_look_that_bought_it(problem) -> None:
    oracle = oracle_of(problem())
    oracle.value([5, 0])
    oracle.values(np.array([[5, 5], [4, 0], [4, 0], [3, 0], [4, 0], [2, 0]]))
    trace = [(p.value, p.work, p.values) for p in oracle.record.trace]
    assert trace == [(5, 1, 1), (4, 3, 3), (3, 5, 5), (2, 7, 7)]


def test_a_batch_is_traced_like_single_looks() -> None:
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


def test_rows_and_tokens_are_those_that_the_looks_went_through() -> None:
    toy = Toy()
    toy.rows, toy.tokens = 10, 1000
    oracle = oracle_of(toy)
    oracle.value(ZERO)  # one pass
    oracle.values(np.zeros((3, 2)))  # three
    oracle.gradient(ZERO)  # one for the gradient, one for the look
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


# --------------------------------------------------------------------------- views


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


# ------------------------------------------------------------------------ failures


def fail(*arguments, **options):
    raise ZeroDivisionError("a bug in the user's code")


FAILING = {
    "value": LOOKS["value"],
    "values": LOOKS["values"],
    "value at a full gradient": LOOKS["gradient"],
    "value at a measured iterate": LOOKS["minibatch"],
    "incumbent": VIEWS_AND_LOOKS["incumbent"],
}


@pytest.mark.parametrize("look", FAILING.values(), ids=FAILING)
@pytest.mark.parametrize("problem", [Toy, Batch, Constrained])
def test_what_the_objective_raises_is_passed_on_and_remembered(problem, look) -> None:
    oracle = oracle_of(problem(answer=fail))
    with pytest.raises(ZeroDivisionError):
        look(oracle)
    assert isinstance(oracle.record.failure, ZeroDivisionError)
    assert oracle.record.best_x is None


@pytest.mark.parametrize("ask", [Oracle.value, Oracle.constraints])
def test_what_the_constraints_raise_is_remembered(ask) -> None:
    oracle = oracle_of(Constrained(fail))
    with pytest.raises(ZeroDivisionError):
        ask(oracle, ZERO)
    assert isinstance(oracle.record.failure, ZeroDivisionError)


def test_what_a_gradient_raises_is_remembered() -> None:
    oracle = oracle_of()
    oracle.relaxation.loss_and_gradient = fail
    with pytest.raises(ZeroDivisionError):
        oracle.gradient(ZERO)
    assert isinstance(oracle.record.failure, ZeroDivisionError)


def test_an_objective_that_raises_has_been_paid_for() -> None:
    oracle = oracle_of(Toy(fail))
    with pytest.raises(ZeroDivisionError):
        oracle.value(ZERO)
    assert oracle.record.ledger().work == 1


@pytest.mark.parametrize("problem", [Toy, Constrained])
def test_an_objective_that_raises_what_a_bad_value_raises_is_still_a_failure(problem) -> None:
    def mistake(x):
        raise TypeError("a bug, not a value")

    oracle = oracle_of(problem(answer=mistake))
    with pytest.raises(TypeError, match="a bug"):
        oracle.value(ZERO)
    assert isinstance(oracle.record.failure, TypeError)
    assert oracle.record.counts.invalid == 0


def test_an_invalid_value_after_a_swallowed_failure_is_still_only_invalid() -> None:
    toy = Toy(fail)
    oracle = oracle_of(toy)
    with contextlib.suppress(ZeroDivisionError):
        oracle.value(ZERO)
    toy.answer = lambda x: None
    assert oracle.value(ZERO) == INF
    assert oracle.record.counts.invalid == 1


def test_a_run_whose_iterates_cannot_be_measured_ends_in_error() -> None:
    run = minimize(Toy(fail), minibatches_only)
    assert run.ended == "error"
    assert "a bug in the user's code" in run.message


def test_a_relaxation_of_ones_own_is_built_once() -> None:
    oracle = oracle_of()
    assert isinstance(oracle.relaxation, Relaxation)
    assert oracle.relaxation is oracle.relaxation
