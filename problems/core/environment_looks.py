"""Looks through a problem's environment: episodes that are charged and steps that are counted."""

from __future__ import annotations

from abc import abstractmethod
from time import perf_counter
from typing import TYPE_CHECKING, Any

from numpy.typing import ArrayLike

from problems.core.meter import Pay
from problems.core.problem import Problem, has_view
from problems.core.record import Record
from problems.core.views import Policy

if TYPE_CHECKING:
    import gymnasium


class EnvironmentLooks:
    """The part of an `Oracle` that methods which act in an environment use."""

    record: Record
    _pay: Pay
    _problem: Problem

    @abstractmethod
    def value(self, x: ArrayLike) -> float:
        """Return the objective at `x`, see `Oracle`."""

    def environment(self) -> gymnasium.Env[Any, Any]:
        """Return the problem's environment; its steps are counted.

        Its rewards are looks, or the world's own; then an episode is charged as
        the problem's `rollout_work` when it begins.
        """
        import gymnasium

        record = self.record

        share, pay = self._problem.rollout_work, self._pay

        class Metered(gymnasium.Wrapper[Any, Any, Any, Any]):
            def reset(self, **options: Any) -> Any:
                record.charge(share)
                pay(share, 0)
                return self.env.reset(**options)

            def step(self, action: Any) -> Any:
                if perf_counter() > record.deadline:
                    record.exhausted()
                record.counts.steps += 1
                return self.env.step(action)

        return Metered(self._problem.environment(self.value))

    def policy(self) -> Policy | None:
        """Return the problem's parametrised policy for its environment, if it has one."""
        return self._problem.policy() if has_view(self._problem, "policy") else None
