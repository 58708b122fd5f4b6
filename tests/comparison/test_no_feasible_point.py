"""Runs that met no feasible point: what the contract and the table make of them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from comparison.analysis.footnotes import footnotes
from comparison.analysis.rows import rows
from comparison.contract import method_checks
from tests.comparison.examples import comparison, run
from tests.problems.toys import Constrained, Toy

CHECKS = [method_checks.best_is_real, method_checks.interruptible]


@pytest.mark.parametrize("check", CHECKS)
def test_a_constrained_problem_may_keep_its_feasible_points_hidden(check) -> None:
    check("random-search", lambda: Constrained(lambda x: np.ones(1)))


@pytest.mark.parametrize("check", CHECKS)
def test_an_unconstrained_problem_must_give_a_point(check) -> None:
    with pytest.raises(AssertionError, match=r"no point was found|swallowed"):
        check("random-search", lambda: Toy(lambda x: math.nan))


def _notes(value: float | None, score: float | None) -> str:
    return "\n".join(footnotes(rows(comparison(run("random-search", value, score=score)))))


def test_the_table_says_why_there_is_no_value_and_blames_no_held_out_text() -> None:
    nothing = _notes(None, None)
    assert "no evaluation met the constraints" in nothing
    assert "probability zero" not in nothing
    infinite = _notes(1.0, None)
    assert "no evaluation met the constraints" not in infinite
    assert "probability zero" in infinite
