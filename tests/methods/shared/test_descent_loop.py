from __future__ import annotations

import numpy as np
import pytest

import problems
from methods import minimize
from methods.adam import adam
from methods.shared.descent_loop import clipped
from problems import Oracle
from tests.methods.examples import Quadratic, run_directly
from tests.problems.toys import Exact

GRADIENT = 3.0  # work of one full gradient


def table(**options):
    return problems.make("next-token-table", corpus="markov:length=2000,symbols=3", **options)


class Watched:
    """What each gradient was asked at and gave, and what share of a pass it touched."""

    def __init__(self, monkeypatch):
        self.thetas, self.gradients, self.shares = [], [], []
        gradient = Oracle.gradient

        def watched(oracle, theta, rows=None):
            loss, slope = gradient(oracle, theta, rows)
            self.thetas.append(np.array(theta))
            self.gradients.append(np.array(slope))
            self.shares.append(1.0 if rows is None else rows.share)
            return loss, slope

        monkeypatch.setattr(Oracle, "gradient", watched)

    @property
    def rates(self):
        """The learning rates of plain gradient descent, read off its steps."""
        moves = np.linalg.norm(np.diff(self.thetas, axis=0), axis=1)
        return moves / np.linalg.norm(self.gradients, axis=1)[: len(moves)]


@pytest.fixture
def watched(monkeypatch):
    return Watched(monkeypatch)


# -------------------------------------------------------------- the time of a schedule


def test_the_time_of_a_schedule_is_the_share_of_the_budget_that_is_spent(watched):
    minimize(table(), "gradient-descent", 10 * GRADIENT, learning_rate=0.5, schedule="triangular")
    expected = [t / 10 if t < 1 else (1 - t / 10) / 0.9 for t in range(1, 10)]
    assert watched.rates == pytest.approx(0.5 * np.array(expected))


def test_of_minibatches_it_is_the_share_of_the_work_that_they_cost(watched):
    options = {"learning_rate": 0.5, "schedule": "triangular", "warmup": 0.0, "batch": 2}
    minimize(table(), "gradient-descent", 60, **options)
    spent = GRADIENT * np.cumsum(watched.shares)[:-1] / 60
    assert len(set(watched.shares)) > 1
    assert watched.rates == pytest.approx(0.5 * (1 - spent))


def test_with_epochs_it_is_their_steps_and_the_evaluation_at_the_end(watched):
    options = {"learning_rate": 0.5, "schedule": "linear-warmup", "warmup": 1.0, "epochs": 4}
    minimize(table(), "gradient-descent", 1000, **options)
    assert watched.rates == pytest.approx(0.5 * np.arange(1, 4) / 5)


@pytest.mark.parametrize("method", ["gradient-descent", "momentum", "nesterov", "adam", "lion"])
def test_no_step_of_a_schedule_is_without_a_move(method, watched):
    minimize(table(), method, 12 * GRADIENT, schedule="triangular")
    assert len(watched.thetas) == 12
    assert (np.abs(np.diff(watched.thetas, axis=0)).max(axis=1) > 0).all()


def test_in_a_chain_it_is_the_share_of_the_methods_own_part(watched):
    name = "gradient-descent@30+random-search"
    options = {"learning_rate": 0.5, "schedule": "triangular", "warmup": 0.0}
    minimize(table(), name, 40, **{f"gradient_descent_{k}": v for k, v in options.items()})
    assert watched.rates == pytest.approx(0.5 * (1 - np.arange(1, 10) / 10))


# --------------------------------------------------------------------------- epochs


def test_epochs_on_all_data_are_steps_and_an_evaluation_at_the_end():
    run = minimize(table(), "adam", 1000, epochs=5)
    assert run.ended == "converged"
    assert (run.ledger.gradients, run.ledger.losses, run.ledger.work) == (5, 1, 5 * GRADIENT + 1)


def test_the_evaluation_at_the_end_is_the_last_value():
    problem = Quadratic([1.0], [8.0])
    run = minimize(problem, "gradient-descent", 100, epochs=2, learning_rate=0.5)
    assert run.last == run.value == pytest.approx(0.5 * 2.0**2)  # 8, 4, 2


def test_an_epoch_of_minibatches_goes_through_as_many_observations_as_there_are():
    problem = table()
    run = minimize(problem, "adam", 10_000, epochs=3, batch=100)
    assert run.ledger.gradients == -(-3 * problem.tokens // 100)
    assert run.ledger.losses == 1
    assert run.trace[-1].kind == "measured"  # the same point, at the end of the run
    assert run.value == problem.value(run.x) == run.last


def test_epochs_that_the_budget_does_not_reach_end_with_it():
    run = minimize(table(), "adam", 10 * GRADIENT, epochs=100)
    assert (run.ended, run.ledger.gradients) == ("budget", 10)


def test_steps_are_made_whatever_the_batch_and_end_with_an_evaluation():
    for batch in (None, 7, 500):
        run = minimize(table(), "adam", 1000, steps=4, batch=batch)
        assert (run.ended, run.ledger.gradients, run.ledger.losses) == ("converged", 4, 1)
    same = {"learning_rate": 0.1, "schedule": "triangular"}
    of_epochs = minimize(table(), "momentum", 1000, epochs=4, **same)
    assert minimize(table(), "momentum", 1000, steps=4, **same).last == of_epochs.last


def test_epochs_need_a_problem_that_tells_how_much_data_it_has():
    with pytest.raises(ValueError, match=r"epochs=2: expected none, .*`tokens`"):
        minimize(Exact(), "adam", 100, epochs=2, batch=4)


# ------------------------------------------------------------------------- clipping


def test_a_long_gradient_is_cut_to_the_norm_and_a_short_one_left():
    long, short = np.array([3.0, 4.0]), np.array([0.3, 0.4])
    assert clipped(long, 1.0) == pytest.approx([0.6, 0.8], abs=1e-6)
    assert clipped(short, 1.0) is short


def test_clipping_bounds_every_step(watched):
    minimize(Quadratic([1.0, 9.0], [8.0, 4.0]), "gradient-descent", 30, clip=0.5, learning_rate=0.1)
    moves = np.linalg.norm(np.diff(watched.thetas, axis=0), axis=1)
    assert moves == pytest.approx(np.full(9, 0.05))


# ------------------------------------------------------------------------ the start


def test_the_relaxations_own_start_is_not_overwritten():
    problem = Quadratic([1.0], [8.0])
    run_directly(adam, problem, 30)
    assert problem.origin.tolist() == [8.0]


# ------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    "method", ["gradient-descent", "momentum", "nesterov", "adam", "adamw", "lion"]
)
@pytest.mark.parametrize(
    "options",
    [
        {"batch": 0},
        {"epochs": 0},
        {"epochs": -2},
        {"steps": 0},
        {"steps": 5, "epochs": 2},
        {"clip": 0},
        {"clip": float("inf")},
        {"learning_rate": 0},
        {"warmup": 0.5},
        {"warmup": 2, "schedule": "cosine"},
        {"schedule": "triangle"},
    ],
    ids=str,
)
def test_nonsense_is_refused_before_the_first_evaluation(method, options):
    problem = Quadratic([1.0], [1.0])
    with pytest.raises(ValueError, match=f"{next(iter(options))}=.*expected"):
        minimize(problem, method, 10, **options)
    assert not problem.visited
