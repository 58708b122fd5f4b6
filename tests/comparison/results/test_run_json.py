"""A run as plain data."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import numpy as np
import pytest

from comparison.results.run_json import run_from_json, run_to_json
from methods import minimize
from problems import make
from problems.core.ledger import TracePoint
from problems.core.reference import Reference
from tests.comparison.examples import run


def through_json(data):
    return json.loads(json.dumps(data, allow_nan=False))


@pytest.mark.parametrize(
    "x",
    [
        None,
        np.array([1, -2, 3]),
        np.array([0.1, 1 / 3, 1e-300, -0.0]),
        np.array([2.0, 3.0]),
    ],
    ids=["nothing", "whole numbers", "reals", "reals that are whole"],
)
@pytest.mark.parametrize("reference", [None, Reference(0.5, "bound", "why", 1e-6)])
def test_a_run_survives_json(x, reference):
    trace = [TracePoint("value", 0.1, 1.0, 1, 0, 0.01, 0.02), TracePoint("bound", 0, 1, 1, 0, 0, 0)]
    made = run(x=x, reference=reference, trace=trace, last=0.7, bound=0.1, versions={"numpy": "2"})
    made.measures = {"drift": 0.1 + 0.2, "off-task score": None}
    again = run_from_json(through_json(run_to_json(made)))
    assert asdict(replace(again, x=None)) == asdict(replace(made, x=None))
    if x is None:
        assert again.x is None
    else:
        assert again.x.dtype == x.dtype
        assert again.x.tobytes() == x.tobytes()


def test_a_real_run_survives_json():
    made = minimize(make("sphere", dimension=3), "gradient-descent", 30)
    again = run_from_json(through_json(run_to_json(made)))
    assert str(again) == str(made)
    assert again.trace == made.trace
    assert again.ledger == made.ledger


def test_a_run_of_an_older_file_has_no_measures():
    data = run_to_json(run())
    del data["measures"]
    assert run_from_json(through_json(data)).measures == {}


@pytest.mark.parametrize(
    ("measures", "why"),
    [
        ([], "measures=a list of 0: expected an object"),
        ({"drift": "0.5"}, "measures='0.5': expected a finite number"),
        ({"drift": True}, "measures=True: expected a finite number"),
        ({"": 1.0}, "a name in measures='': expected a measure's name, short and printable"),
        ({"\x1b[2J": 1.0}, "a name in measures='.x1b.2J': expected"),
        ({41 * "m": 1.0}, "a name in measures='mmm"),
        (dict.fromkeys(map(str, range(21)), 1.0), "of 21: expected at most 20 measures"),
    ],
)
def test_measures_that_no_run_writes_are_refused(measures, why):
    with pytest.raises((TypeError, ValueError), match=why):
        run_from_json(run_to_json(run()) | {"measures": measures})
