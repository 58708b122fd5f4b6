"""How wide a perturbation is, for methods that compare values: from far to near, never blind.

Two rules, of the perturbation of real variables whose width nobody gave:

- Begun at a random point of a box, a search knows nothing but the range. The perturbation begins
  at a quarter of it, which pycma recommends for the first standard deviation, and shrinks by the
  same factor every step to a hundredth, as evosax and estool shrink the noise of OpenAI's ES
  (`sigma_decay`, `sigma_limit`), here as fast as the budget demands. SPSA and MeZO stay so far
  from the bounds, as in the projection of Sadegh (1997, "Constrained optimization via stochastic
  approximation with a simultaneous perturbation gradient approximation", unread): a pair of which
  one point is brought back to a bound tells the slope at another point. Begun at a problem's
  start, or at the best of a method before, it is the method's own default.
- On a piecewise constant objective a small perturbation sees a plateau: both values of an
  antithetic pair x ± s are equal, and say nothing. Where more than half of the last pairs have
  equal values it is multiplied by four, up to a quarter of the range. Where half the values are
  equal Moré and Wild (2011, "Estimating computational noise") too call an interval too small.
  The pairs that showed nothing are paid for; an objective whose values differ pays for none.
  The rule holds throughout: a search often ends in the middle of a step. The factor four is
  a choice of this suite.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from methods.shared.strides import NEAR
from problems.core.oracle import Oracle

#: By what a perturbation is multiplied, and the share of the range that it never exceeds.
FACTOR, WIDEST = 4.0, NEAR
#: The share to which it shrinks: evosax's and estool's `sigma_limit`.
NEAREST = 0.01


class Width:
    """The sizes of a perturbation, one a variable.

    Parameters
    ----------
    oracle : Oracle
    least, widest : ndarray of shape (n,)
        Between which the sizes stay; a variable for which they are equal keeps its size.
    steps : float
        How many the budget buys; of 0 the sizes do not shrink.

    Attributes
    ----------
    sizes : ndarray of shape (n,)
        Those of the next step.
    shrinks : bool
    """

    def __init__(
        self,
        oracle: Oracle,
        least: NDArray[np.float64],
        widest: NDArray[np.float64],
        steps: float,
    ) -> None:
        random = steps > 0 and oracle.scale is None and oracle.previous is None
        ratio = np.where((least < widest) & random, NEAREST / WIDEST, 1.0)
        self.sizes = np.where(ratio < 1, widest, least)
        self._least, self._widest = ratio * self.sizes, widest
        self._factor = ratio ** (1 / max(1.0, steps))
        self._shrinking = ratio < 1
        self.shrinks = bool(self._shrinking.any())

    @property
    def margin(self) -> NDArray[np.float64]:
        """How far from its bounds each variable stays: the size where it shrinks, 0 else."""
        return np.where(self._shrinking, self.sizes, 0.0)

    def widened(self, differences: Collection[float], pairs: int) -> bool:
        """Widen where more than half of `pairs` differences are zero, whatever the rest will be.

        Shrink otherwise; return whether it is wider now.
        """
        if 2 * sum(d == 0 for d in differences) <= pairs:
            self.sizes = np.maximum(self.sizes * self._factor, self._least)
            return False
        before = self.sizes
        self.sizes = np.minimum(FACTOR * before, self._widest)
        return bool((self.sizes > before).any())
