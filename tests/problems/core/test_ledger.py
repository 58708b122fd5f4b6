"""Budgets are checked, and the signals of the end are of the right kind."""

import dataclasses
from types import SimpleNamespace

import pytest

from problems.core.ledger import GRADIENT_PRICE, BrokenReference, Budget, Ledger, Stop, cpu_clock

NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize("bad", [-1, -1e-9, NAN, INF, -INF])
@pytest.mark.parametrize("name", ["work", "seconds"])
def test_a_limit_is_a_finite_number_from_zero(name, bad) -> None:
    with pytest.raises(ValueError, match=rf"budget {name}={bad!r}: expected a finite number >= 0"):
        Budget(**{name: bad})


@pytest.mark.parametrize("bad", [NAN, INF, -INF])
def test_a_target_is_a_finite_number(bad) -> None:
    with pytest.raises(ValueError, match=rf"budget target={bad!r}: expected a finite number$"):
        Budget(target=bad)


@pytest.mark.parametrize("name", ["work", "seconds"])
def test_only_the_target_may_be_left_out(name) -> None:
    assert Budget(target=None).target is None
    with pytest.raises(ValueError, match=f"budget {name}=None"):
        Budget(**{name: None})


@pytest.mark.parametrize("limits", [(0, 0, None), (1, 0.5, -3.0), (2.5, 20, 0.0)])
def test_any_finite_limits_will_do(limits) -> None:
    budget = Budget(*limits)
    assert (budget.work, budget.seconds, budget.target) == limits


def test_a_budget_is_the_same_in_whole_numbers() -> None:
    assert repr(Budget(20, 3)) == "Budget(work=20.0, seconds=3.0, target=None)"


def test_a_budget_does_not_change() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Budget().work = 1  # type: ignore[misc] # is to raise


def test_stop_is_not_an_exception_that_libraries_catch() -> None:
    assert issubclass(Stop, BaseException)
    assert not issubclass(Stop, Exception)


def test_a_broken_reference_is_an_ordinary_fault() -> None:
    assert issubclass(BrokenReference, Exception)


def test_a_gradient_is_forward_one_and_backward_two() -> None:
    assert GRADIENT_PRICE == 3


def test_a_new_ledger_is_empty() -> None:
    assert set(dataclasses.astuple(Ledger())) == {0}


def test_cpu_time_is_user_and_system_of_this_process_and_its_children(monkeypatch) -> None:
    monkeypatch.setattr("problems.core.ledger.process_time", lambda: 1.0)
    usage = SimpleNamespace(ru_utime=20.0, ru_stime=300.0)
    monkeypatch.setattr("problems.core.ledger.resource.getrusage", lambda who: usage)
    assert cpu_clock() == 321
