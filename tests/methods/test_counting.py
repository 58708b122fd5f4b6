from __future__ import annotations

from math import log

import numpy as np
import pytest

import problems
from methods import minimize
from problems import PROBLEMS, Unsupported
from problems.core.problem import has_view
from tests.installed import installed

FLOOR = -30.0


@pytest.fixture
def aabab(tmp_path):
    """Two symbols; a is followed by a, b, b and b by a."""
    text = tmp_path / "aabab.txt"
    text.write_text("aabab")

    def build():
        return problems.make(
            "next-token-table", corpus=str(text), alphabet="characters", held_out=0
        )

    return build


def test_a_text_counted_by_hand(aabab):
    run = minimize(aabab(), "counting", 10)
    np.testing.assert_allclose(run.x, [log(1 / 3), log(2 / 3), 0.0, FLOOR])
    assert run.value == pytest.approx((log(3) + 2 * log(3 / 2)) / 4)


def test_smoothing_adds_to_every_count(aabab):
    run = minimize(aabab(), "counting", 10, smoothing=1)
    np.testing.assert_allclose(run.x, np.log([2 / 5, 3 / 5, 2 / 3, 1 / 3]))


def test_it_costs_one_pass_and_one_evaluation_and_meets_the_closed_form(aabab):
    run = minimize(aabab(), "counting", 10)
    assert (run.ended, run.ledger.work, run.ledger.values) == ("optimal", 2, 1)
    assert run.value == pytest.approx(run.reference.value, abs=1e-9)


def test_smoothed_counting_returns_by_itself(aabab):
    assert minimize(aabab(), "counting", 10, smoothing=0.5).ended == "converged"


def test_without_smoothing_unseen_held_out_text_has_no_score_and_with_it_has_one():
    options = {"corpus": "markov:length=300,symbols=12", "held_out": 0.3}
    table = problems.make("next-token-table", **options)
    bare, smooth = (minimize(table, "counting", 10, smoothing=s) for s in (0, 1))
    assert bare.score is None
    assert smooth.score > smooth.value


@pytest.mark.parametrize("work", [0, 1])
def test_a_budget_too_small_for_both_steps_finds_nothing(aabab, work):
    run = minimize(aabab(), "counting", work)
    assert (run.ended, run.value, run.ledger.work) == ("budget", None, work)


@pytest.mark.parametrize("smoothing", [-0.1, float("inf"), float("nan")])
def test_impossible_smoothing_is_refused(aabab, smoothing):
    with pytest.raises(ValueError, match="smoothing="):
        minimize(aabab(), "counting", 10, smoothing=smoothing)


@pytest.mark.parametrize(
    "name",
    [installed(n) for n in PROBLEMS.names() if not has_view(PROBLEMS.entry(n).load(), "count")],
)
def test_elsewhere_there_is_nothing_to_count(name):
    with pytest.raises(Unsupported, match=r"^there is nothing to count$"):
        minimize(problems.make(name), "counting", 10)


def test_the_pass_that_counts_is_in_the_ledger():
    problem = problems.make("next-token-table", corpus="markov:length=5000,symbols=5")
    ledger = minimize(problem, "counting", 10).ledger
    assert (ledger.work, ledger.values, ledger.passes) == (2, 1, 1)
    assert ledger.tokens == 2 * problem.tokens
