"""Costs of a run on each axis, repriced or not, against arithmetic."""

from __future__ import annotations

import pytest

from comparison.analysis.axis import AXES, parse_gradient_price, work_at
from comparison.results.trace import as_array
from tests.comparison.analysis.small import made, step

DESCENT = made("adam", step(4, 5.0, gradients=1), step(10, 2.0, gradients=3), gradients=30)
TRACE = as_array(DESCENT.trace)


@pytest.mark.parametrize(
    ("name", "costs", "spent"),
    [
        ("work", [4, 10], 100),
        ("cpu", [0.4, 1.0], 10),
        ("wall", [0.8, 2.0], 20),
        ("tokens", [400, 1000], 10_000),
        ("values", [1, 1], 10),
    ],
)
def test_each_axis_reads_its_own_count(name, costs, spent):
    assert AXES[name].costs(DESCENT, TRACE).tolist() == costs
    assert AXES[name].spent(DESCENT) == spent


@pytest.mark.parametrize(
    ("price", "costs", "spent"),
    [
        (3, [4, 10], 100),
        (1, [2, 4], 40),  # 1 value and 1 gradient; 1 and 3; 10 and 30
        (0, [1, 1], 10),
        ("dimension", [1 + 9, 1 + 27], 10 + 270),
    ],
)
def test_work_is_repriced_after_the_run(price, costs, spent):
    axis = work_at(price)
    assert axis.costs(DESCENT, TRACE) == pytest.approx(costs)
    assert axis.spent(DESCENT) == pytest.approx(spent)


def test_work_says_its_price_of_gradients():
    assert work_at(3) is AXES["work"]
    assert "dimension" in work_at("dimension").label
    assert "a gradient is 1" in work_at(1).label


@pytest.mark.parametrize(("text", "price"), [("3", 3.0), ("0.5", 0.5), ("dimension", "dimension")])
def test_a_price_is_read(text, price):
    assert parse_gradient_price(text) == price


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("dimensoin", "did you mean 'dimension'"),
        ("-1", ">= 0"),
        ("nan", "finite"),
        ("inf", "finite"),
        ("", "expected a number"),
    ],
)
def test_what_is_no_price_is_refused(text, why):
    with pytest.raises(ValueError, match=why):
        parse_gradient_price(text)
