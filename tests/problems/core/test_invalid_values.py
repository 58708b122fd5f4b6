"""Values that are no finite numbers: counted, returned as inf and never best."""

import math

import numpy as np
import pytest

from tests.problems.core.evaluations import (
    INF,
    NAN,
    ZERO,
    oracle_of,
)
from tests.problems.toys import Batch, Constrained, Exact, Toy, batch_of

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


def test_a_valid_evaluation_after_an_invalid_one_clears_the_flag() -> None:
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
