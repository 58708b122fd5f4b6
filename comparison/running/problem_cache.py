"""Where a process keeps the problem that it was asked for, so that copies of it find it built."""

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


class ProblemCache:
    """Builds a task's problem where it is not the one that was built before.

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

    def build(self, task: Task, instance: int) -> Problem:
        """Return an instance of the task's problem, with its reference and anchors computed."""
        key = task.problem, instance, json.dumps(task.problem_options, sort_keys=True)
        if key != self._key:
            self.problem = make(task.problem, instance=instance, **task.problem_options)
            # If they raise here, a run raises again and reports it.
            with contextlib.suppress(Exception):
                self.problem.reference, self.problem.anchors  # noqa: B018
            self._key, self.held = key, memory.proportional()
        return self.problem

    def random_value(self) -> float | None:
        """Return the random value; a problem keeps what it computes for these evaluations."""
        return random_value(self.problem)

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        """Answer what a template is asked itself: its random value, or what a point is worth."""
        if "x" not in question:
            return {"random value": self.random_value()}
        # What is no point or no batch is refused elsewhere, where answers are checked.
        with contextlib.suppress(Exception), np.errstate(all="ignore"):
            batch = question["batch"] and tuple(map(int, question["batch"]))
            x, v = np.array(question["x"]), float(question["value"])
            return {"misvalued": misvalued(self.problem, x, v, batch)}
        return {}
