"""From returns to advantages: what a policy gradient subtracts and divides by."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class Baseline:
    """Centres returns, and scales them.

    Parameters
    ----------
    kind : {"leave-one-out", "group", "moving", "none"}
        The mean of the batch's other episodes (Kool, van Hoof and Welling 2019, "Buy
        4 REINFORCE samples, get a baseline for free!"), of all the batch (Shao et al. 2024,
        "DeepSeekMath"), a running mean of past batches, which keeps 0.9 of itself, or zero.
        Where returns are told from each step on, the means are as well.
    normalize : bool
        Divide by the batch's standard deviation, with no baseline by its root mean
        square, where that is not zero. Without it E[advantage × ∇ log π] is the
        gradient of the expected return exactly, except for a moving mean's first batch and,
        as the group's mean holds the episode's own return, (n − 1)/n of it with "group".
    """

    def __init__(self, kind: str, normalize: bool = True) -> None:
        self._kind, self._normalize = kind, normalize
        self._moving: NDArray[np.float64] | None = None

    def advantages(
        self, returns: NDArray[np.float64], played: NDArray[np.bool_] | None = None
    ) -> NDArray[np.float64]:
        """Return the advantages of a batch.

        Parameters
        ----------
        returns : ndarray of shape (n,) or (n, steps)
            Of whole episodes, or from each step on, zero after an episode's end.
        played : ndarray of bool, shape (n, steps), optional
            Which steps exist; the scale is theirs.
        """
        returns = finite(returns)
        centred = self._centre(returns)
        if not self._normalize or centred.size == 1:
            return centred
        if self._kind == "none":
            kept = centred if played is None else centred[played]
            spread = float(np.sqrt(np.mean(kept**2)))
        else:
            spread = returns.std() if played is None else centred[played].std()
        if spread > 1e-12 * max(1.0, float(np.abs(returns).max())):
            centred = centred / spread
        return centred

    def _centre(self, returns: NDArray[np.float64]) -> NDArray[np.float64]:
        n = len(returns)
        if self._kind == "none":
            return returns
        if self._kind == "moving":
            mean = returns.reshape(n, -1).mean(axis=0)
            before = mean if self._moving is None else self._moving
            # Nothing is earned after an episode's end: steps not seen yet count as 0.
            longest = max(len(mean), len(before))
            before, mean = (np.pad(each, (0, longest - len(each))) for each in (before, mean))
            self._moving = 0.9 * before + 0.1 * mean
            past: NDArray[np.float64] = returns - before[: returns[0].size].reshape(
                returns[0].shape
            )
            return past
        centred: NDArray[np.float64] = returns - returns.mean(axis=0)
        return centred if self._kind == "group" else centred * n / (n - 1)


def finite(returns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Replace returns that are no numbers by the worst of the others, 0 without any."""
    good = np.isfinite(returns)
    worst = returns[good].min() if good.any() else 0.0
    return np.where(good, returns, worst)
