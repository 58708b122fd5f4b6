"""Problems whose solutions an episode builds, one variable a step."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from problems.core.problem import Problem

if TYPE_CHECKING:
    import gymnasium


class Constructible(Problem):
    """A problem on a discrete space with the environment `Construction`."""

    def environment(self, value: Callable[[NDArray], float]) -> gymnasium.Env[Any, Any]:
        """Return the environment whose episode builds one x; its reward is -value(x)."""
        from problems.core.environment import Construction

        return Construction(self.space, value)
