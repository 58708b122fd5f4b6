"""What a white-box solver reports: solutions, bounds, claims, effort."""

import contextlib

import numpy as np
import pytest

from problems import Reference, Stop
from problems.core.ledger import BrokenReference
from tests.problems.core.evaluations import (
    INF,
    JUDGED,
    NAN,
    ZERO,
    oracle_of,
    trace_of,
)
from tests.problems.toys import Clock, Toy


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


@pytest.mark.parametrize("evaluate", JUDGED.values(), ids=JUDGED)
def test_a_value_below_a_bound_that_was_reported_raises(evaluate) -> None:
    oracle = oracle_of()
    oracle.bound(3.0)
    with pytest.raises(BrokenReference):
        evaluate(oracle, np.array([1.0, 1.0]))
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
