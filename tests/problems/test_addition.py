"""A problem is added by one file and one line."""

import json

from tests.tracked_copy import TrackedCopy

PROBLEM = '''"""The cone, whose slope is the same everywhere."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from problems.core.interval import Count
from problems.core.problem import Problem
from problems.core.reference import Reference
from problems.core.space import Box


class Cone(Problem):
    """f(x) = ‖x‖ in [-1, 2] to the power of `dimension`."""

    def __init__(self, *, dimension: Count = 4) -> None:
        self.space = Box(-1, 2, dimension)

    def value(self, x: NDArray) -> float:
        return float(np.linalg.norm(x))

    @cached_property
    def reference(self) -> Reference:
        return Reference(0.0, "closed form", "a norm is at least 0")
'''


def test_a_problem_is_one_file_and_one_line(tmp_path):
    copy = TrackedCopy(tmp_path)
    copy.add("problems/continuous/cone.py", PROBLEM)
    copy.add_line(
        "problems/naming/catalogue.py",
        '("cone", "cone:Cone", "Box", {"dimension": 2}),',
        before='("sphere",',
    )
    listed = copy.run("list", "cone", "hill-climb", "spsa", "adam")
    assert listed.split().count("native") == 2
    assert "it has no differentiable relaxation" in listed
    made = copy.run(
        *("hill-climb", "--problem", "cone", "--budget", "20", "--seeds", "1"),
        *("--option", "cone.dimension=3", "--format", "json"),
    )
    (row,) = json.loads(made)
    assert (row["problem"], row["values"], row["reference"]) == ("cone", 20, 0)
