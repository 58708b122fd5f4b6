"""A problem's measures and score, as they are taken from whatever it says."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np
import pytest

from problems import Box, Problem
from problems.core.answers import MOST_MEASURES, MOST_NAME, Answers

X = np.zeros(2)


class Telling(Problem):
    """Says of every point what it was made with."""

    space = Box(-1, 1, 2)

    def __init__(self, said):
        self.said = said

    def value(self, x):
        return 0.0

    def measures(self, x):
        return self.said() if callable(self.said) else self.said


class Unreadable(Mapping):
    """A mapping whose entries cannot be read."""

    def __getitem__(self, name) -> float:
        raise OSError("gone")

    def __len__(self) -> int:
        return 1

    def __iter__(self) -> Iterator[str]:
        return iter(["drift"])


def told(said):
    """Return the measures and the faults of a problem that says so."""
    answers = Answers(Telling(said))
    return answers.measures(X), answers.faults


def test_measures_are_plain_numbers_by_name():
    said = {"drift": np.float32(0.5), "zeros": np.int64(3), "norm": np.array(2.0), "kept": True}
    measures, faults = told(said)
    assert measures == {"drift": 0.5, "zeros": 3.0, "norm": 2.0, "kept": 1.0}
    assert {type(value) for value in measures.values()} == {float}
    assert list(measures) == list(said)
    assert faults == []


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_measure_that_is_not_finite_is_missing_and_no_fault(value):
    assert told({"drift": value, "norm": 1.0}) == ({"drift": None, "norm": 1.0}, [])


@pytest.mark.parametrize(
    ("said", "kept", "fault"),
    [
        (lambda: 1 / 0, {}, "measures raises ZeroDivisionError: division by zero"),
        (Unreadable(), {}, "measures raises OSError: gone"),
        (None, {}, "measures is None, a NoneType: expected a dictionary"),
        ([("drift", 1.0)], {}, "measures is [('drift', 1.0)], a list: expected a dictionary"),
        (
            {"drift": "0.5", "norm": 1.0},
            {"drift": None, "norm": 1.0},
            "measures['drift'] is '0.5', a str: expected a number",
        ),
        ({"drift": None}, {"drift": None}, "measures['drift'] is None, a NoneType: expected a n"),
        ({"drift": X}, {"drift": None}, "measures['drift'] is array([0., 0.]), a ndarray"),
        ({3: 1.0, "norm": 2.0}, {"norm": 2.0}, "a name in measures is 3, a int: expected text"),
        ({"": 1.0}, {}, "a name in measures is '', a str: expected text of 1 to 40 printable"),
        ({"a\nb": 1.0}, {}, r"a name in measures is 'a\nb', a str: expected text of 1 to 40"),
        ({"\x1b[2J": 1.0}, {}, r"a name in measures is '\x1b[2J', a str"),
        ({(1 + MOST_NAME) * "x": 1.0}, {}, "a name in measures is 'xxx"),
        (dict.fromkeys(map(str, range(1 + MOST_MEASURES)), 0.0), {}, "measures has 21 names"),
    ],
)
def test_what_is_no_measure_is_a_fault_and_the_others_are_kept(said, kept, fault):
    measures, faults = told(said)
    assert measures == kept
    assert len(faults) == 1
    assert faults[0].startswith(fault)
