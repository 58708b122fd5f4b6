"""An instance's scale of quality, so that instances of all problems can be pooled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comparison.statistics.tolerance import no_worse


@dataclass(frozen=True)
class Scale:
    """Quality is 0 at what a random point is worth and 1 at the reference.

    Parameters
    ----------
    random : float
        The value of a median random point; where most are infeasible, the median of
        the first feasible values that the runs on the instance paid for.
    best : float
        The reference's value; the best that any run found where there is none.
    slack : float
        How near counts as there.
    """

    random: float
    best: float
    slack: float = 0.0

    def regret(self, values: NDArray[np.float64] | float) -> NDArray[np.float64]:
        """Return (value − best) / (random − best): 1 minus the quality.

        It is 0 within the slack, and inf where there is no value.
        """
        values = np.asarray(values, float)
        regret = (values - self.best) / (self.random - self.best)
        return np.where(no_worse(values, self.best, self.slack), 0.0, regret)

    def quality(self, values: NDArray[np.float64] | float) -> NDArray[np.float64]:
        """Return 1 − regret: −inf where there is no value."""
        return 1.0 - self.regret(values)

    def values(self, regrets: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the values at which regrets are reached."""
        return self.best + np.maximum(regrets * (self.random - self.best), self.slack)
