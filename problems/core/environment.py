"""Gymnasium environments: one whose episode builds a solution, and a counter of their use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from problems.core.permutation import Permutation
from problems.core.record import Record
from problems.core.space import Box, Categorical, Space
from problems.core.views import Unsupported


class Construction(gymnasium.Env[np.int64, np.int64]):
    """Build a member of a discrete space; the reward of the last step is −value(x).

    The observation is the number of variables set so far or, with
    ``remember_last``, that number together with the last action, which lets a
    policy be autoregressive: ``position * actions + last + 1``, 0 at the start.
    ``info["action_mask"]`` marks the legal actions where not all are; an illegal
    one is read as the next legal one, cyclically, so every episode ends in a member.
    ``is_tour`` says that the members are tours, whose value no position bears on.

    Parameters
    ----------
    space : Space
        An integral box whose variables have the same range, categories of the
        same count, or a permutation.
    value : callable
        Takes a solution and returns its value.
    remember_last : bool
        Whether the observation names the last action.
    prior : ndarray of shape (observations, actions), optional
        Logits of the problem's own proposal, from which a policy may start, as a
        language model's does.

    Raises
    ------
    Unsupported
        When the space has real variables or unequal ranges.
    """

    def __init__(
        self,
        space: Space,
        value: Callable[[NDArray], float],
        *,
        remember_last: bool = False,
        prior: NDArray[np.float64] | None = None,
    ) -> None:
        low, actions = _alphabet(space)
        self._space, self._value, self._low = space, value, low
        self._distinct = isinstance(space, Permutation)
        self.is_tour = isinstance(space, Permutation) and space.kind == "tour"
        self.remember_last = remember_last
        self._actions = actions
        steps = space.dimension
        self.action_space = gymnasium.spaces.Discrete(actions)
        self.observation_space = gymnasium.spaces.Discrete(
            steps * actions + 1 if remember_last else steps + 1
        )
        self.prior = prior
        self._chosen: list[int] = []
        self._free = np.ones(actions, dtype=np.int8)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.int64, dict[str, Any]]:
        super().reset(seed=seed)
        self._chosen = []
        self._free = np.ones(self._actions, dtype=np.int8)
        return np.int64(0), self._info()

    def step(self, action: Any) -> tuple[np.int64, float, bool, bool, dict[str, Any]]:
        if len(self._chosen) == self._space.dimension:
            raise gymnasium.error.ResetNeeded("the episode has ended: call reset() first")
        action = int(action)
        if self._distinct:
            while not self._free[action]:
                action = (action + 1) % self._actions
            self._free[action] = 0
        self._chosen.append(action)
        position = len(self._chosen)
        done = position == self._space.dimension
        reward = 0.0
        if done:
            x = np.array(self._chosen, dtype=self._space.dtype) + self._low
            reward = -float(self._value(x))
        before = (position - 1) * self._actions
        observation = before + action + 1 if self.remember_last else position
        return np.int64(observation), reward, done, False, {} if done else self._info()

    def _info(self) -> dict[str, Any]:
        return {"action_mask": self._free.copy()} if self._distinct else {}


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


def _alphabet(space: Space) -> tuple[int, int]:
    """Return the lowest value of a variable and how many values it has."""
    if isinstance(space, Permutation):
        return 0, space.n
    if isinstance(space, Categorical) and (space.counts == space.counts[0]).all():
        return 0, int(space.counts[0])
    if isinstance(space, Box) and space.integral.all():
        low, high = space.low, space.high
        if (low == low[0]).all() and (high == high[0]).all():
            return int(low[0]), int(high[0] - low[0]) + 1
    raise Unsupported(f"its space, {space}, is not built from equal discrete choices")
