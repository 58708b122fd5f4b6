"""Where a process keeps the problem that it is asked about, so that copies of it find it built."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import numpy as np

from comparison.running import memory
from comparison.running.random_value import random_value
from comparison.running.task import Task
from problems import Problem, make
from problems.core.verification import misvalued


class Workplace:
    """A task's problem, built when it is asked for.

    Attributes
    ----------
    problem : Problem
    held : int
        The bytes that the process held, of shared pages its part, when it had built it.
    """

    def __init__(self) -> None:
        self._key: tuple[str, int, str] | None = None
        self.problem: Problem
        self.held = 0

    def build(self, task: Task) -> Problem:
        """Return the task's problem; what all runs read of it is computed, but once."""
        key = task.problem, task.instance, json.dumps(task.problem_options, sort_keys=True)
        if key != self._key:
            self.problem = make(task.problem, instance=task.instance, **task.problem_options)
            # What they raise a run will raise again, and say.
            with contextlib.suppress(Exception):
                self.problem.reference, self.problem.anchors  # noqa: B018
            self._key, self.held = key, memory.proportional()
        return self.problem

    def warm(self) -> float | None:
        """Return the random value: looks at points fill what the problem keeps of them."""
        return random_value(self.problem)

    def tell(self, request: dict[str, Any]) -> dict[str, Any]:
        """Answer what a template is asked itself: to be warmed, or what a point is worth."""
        if request["do"] == "warm":
            return {"random value": self.warm()}
        # A point or a batch that is none is told as such elsewhere, where answers are checked.
        with contextlib.suppress(Exception), np.errstate(all="ignore"):
            batch = request["batch"] and tuple(map(int, request["batch"]))
            x, v = np.array(request["x"]), float(request["value"])
            return {"misvalued": misvalued(self.problem, x, v, batch)}
        return {}
