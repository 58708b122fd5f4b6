"""Rows as solvers are given them."""

from __future__ import annotations

import math

import pytest

from methods.shared.row_scaling import UnsuitedRow, scaled_row


@pytest.mark.parametrize(
    ("weights", "limit", "row"),
    [
        ([3, -5], 7, ([3, -5], 7)),
        ([4, 6], 9.5, ([2, 3], 4.75)),
        ([-5 / 3, 1 / 3, 7 / 3], 0.9999999999999998, ([-5, 1, 7], 3)),
        ([0.1 * 3, 0.1], 0.7, ([3, 1], 7)),
        ([0.7231231231, 2], 1.5, ([0.7231231231, 2], 1.5)),
        ([2.0**40, 2.0**30], 2.0**41, ([512, 0.5], 1024)),
        ([2.0**-20, 2.0**-21], 0, ([512, 256], 0)),
        ([], 3, ([], 3)),
    ],
)
def test_fractions_become_whole_and_sizes_moderate(weights, limit, row):
    scaled, to, looser = scaled_row(weights, limit, [1.0] * len(weights))
    assert (scaled, looser) == (pytest.approx(row[0], rel=1e-12), 0.0)
    assert to == pytest.approx(row[1], rel=1e-12)
    if all(number == round(number) for number in row[0]):
        assert all(number == round(number) for number in scaled)


def test_what_a_solver_takes_for_nothing_is_left_out_and_the_row_looser_by_as_much():
    scaled, _, looser = scaled_row([2.0**40, 1e-3], 1.0, [1.0, 100.0])
    assert scaled == [512.0, 0.0]
    assert looser == pytest.approx(0.1 / 2**31)


def test_what_matters_is_not_left_out():
    with pytest.raises(UnsuitedRow, match=r"1e-10 and 1 are too far apart.*scale the variables"):
        scaled_row([1.0, 1e-10], 1.0, [1.0, 1e9])
    with pytest.raises(UnsuitedRow, match="inf is no coefficient"):
        scaled_row([1.0, math.inf], 1.0, [1.0, 1.0])
