"""A curve in plain text."""

from __future__ import annotations

import pytest

from comparison.terminal.braille import step_curve


def dots(line):
    """Return a line's Braille characters as bits, blanks as 0."""
    return [ord(sign) - 0x2800 if sign != " " else 0 for sign in line.partition("┤")[2]]


def test_nothing_is_drawn_of_nothing():
    assert step_curve([], []) == []
    assert step_curve([1.0], [float("inf")]) == []


def test_it_has_a_scale_on_both_axes():
    lines = step_curve([1, 100], [3.0, 1.0], across="evaluations", width=20, height=4)
    assert lines[0].startswith("3.0000 ┤")
    assert lines[3].startswith("1.0000 ┤")
    assert lines[-1] == "evaluations"
    assert lines[-2].split() == ["1", "100"]
    assert len(lines) == 4 + 3


def test_the_axis_is_logarithmic():
    """From 1 to 100, 10 is in the middle: the curve falls in the tenth of twenty columns."""
    first, *_ = step_curve([1, 10, 100], [2.0, 1.0, 1.0], width=20, height=2)
    assert len(first.partition("┤")[2]) in (10, 11)


def test_a_reference_below_is_dotted():
    *lines, _, _, _ = step_curve([1, 100], [3.0, 1.0], reference=0.5, width=10, height=4)
    assert lines[-1].startswith("0.5000 ┤")
    assert sum(bits > 0 for bits in dots(lines[-1])) >= 5


@pytest.mark.parametrize("far", [-1e9, 5.0])
def test_a_reference_far_off_does_not_flatten_the_curve(far):
    lines = step_curve([1, 100], [3.0, 1.0], reference=far, width=10, height=4)
    assert lines[3].startswith("1.0000 ┤")


def test_one_point_and_a_cost_of_zero_can_be_drawn():
    assert dots(step_curve([0], [2.0], width=5, height=1)[0])[0] != 0
    assert step_curve([0, 5], [2.0, 1.0], width=5, height=1)
