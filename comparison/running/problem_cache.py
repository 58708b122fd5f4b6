"""A process keeps the problem that it has built, so that its copies need not build it."""

from __future__ import annotations

import contextlib
import json

import numpy as np

from comparison.running import memory
from comparison.running.random_value import random_value
from comparison.running.task import Answer, Request, Task
from problems import Problem, make
from problems.core.verification import misvalued


class ProblemCache:
    """Builds a task's problem, unless it is the one that was built last.

    Attributes
    ----------
    problem : Problem
    held : int
        The proportional bytes that the process held when it had built it.
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
                self.problem.reference, self.problem.anchors  # noqa: B018 - asked once, to be kept
            self._key, self.held = key, memory.proportional()
        return self.problem

    def answer(self, question: Request) -> Answer:
        """Answer a question to a template: its random value, or whether a point has a value."""
        if "x" not in question:
            return {"random value": random_value(self.problem)}
        # An invalid point or batch is refused where answers are checked.
        with contextlib.suppress(Exception), np.errstate(all="ignore"):
            batch = question["batch"] and tuple(map(int, question["batch"]))
            x, v = np.array(question["x"]), float(question["value"])
            return {"misvalued": misvalued(self.problem, x, v, batch)}
        return {}
