"""A method is added by one file and one line."""

import json

from tests.tracked_copy import TrackedCopy

METHOD = '''"""Evaluate the starting points."""

from __future__ import annotations

import numpy as np

from problems.core.interval import Count
from problems.core.oracle import Oracle


def starting_points(oracle: Oracle, rng: np.random.Generator, *, number: Count = 10) -> None:
    """Evaluate as many points as every method may begin from."""
    oracle.values(oracle.start(number))
'''


def test_a_method_is_one_file_and_one_line(tmp_path):
    copy = TrackedCopy(tmp_path)
    copy.add("methods/starting_points.py", METHOD)
    copy.add_line(
        "methods/catalogue.py",
        'Entry("starting-points", "starting_points"),',
        before='Entry("best-of-n"',
    )
    listed = copy.run("list", "starting-points", "sphere", "travelling-salesman")
    assert listed.split().count("native") == 2
    assert "sampling: starting-points, best-of-n" in listed
    made = copy.run(
        *("starting-points", "--problem", "sphere", "--budget", "20", "--seeds", "1"),
        *("--option", "starting-points.number=7", "--format", "json"),
    )
    (row,) = json.loads(made)
    assert (row["method"], row["family"], row["values"]) == ("starting-points", "sampling", 7)
