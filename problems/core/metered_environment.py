"""A problem's environment as methods see it: episodes are charged and steps are counted."""

from __future__ import annotations

from typing import Any

import gymnasium

from problems.core.record import Record


class MeteredEnvironment(gymnasium.Wrapper[Any, Any, Any, Any]):
    """An environment whose use a run's record counts.

    Parameters
    ----------
    environment : gymnasium.Env
    record : Record
        The run's.
    """

    def __init__(self, environment: gymnasium.Env[Any, Any], record: Record) -> None:
        super().__init__(environment)
        self._record = record

    def reset(self, **options: Any) -> Any:
        """Charge an episode as the problem's `rollout_work`, and begin it."""
        self._record.charge(self._record.problem.rollout_work)
        return self.env.reset(**options)

    def step(self, action: Any) -> Any:
        """Count a step and make it."""
        self._record.check_clock()
        self._record.counts.steps += 1
        return self.env.step(action)
