"""Independent Gaussians over the parameters of a box, which learn by REINFORCE."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from problems.core.space import Space

#: Bounds of log σ, σ in widths of the box.
NARROWEST, WIDEST = -30.0, 0.0


class GaussianPolicy:
    """N(μ, σ²) for each latent variable of a space; a draw is a solution.

    The Gaussian units of Williams (1992), over parameters instead of actions as in
    parameter-exploring policy gradients (Sehnke et al. 2010). A draw beyond the box
    stands for the member that it decodes to, and the gradient is that of the draw.
    Variables are measured in widths of their box.

    Parameters
    ----------
    space : Space
        Real boxes are searched directly, all else through the latent box.
    start : ndarray of shape (dimension,)
        The member that the mean begins at.
    sigma : float or ndarray of shape (latent_dimension,)
        Standard deviation at first, in widths of the box.
    """

    def __init__(
        self,
        space: Space,
        start: NDArray,
        sigma: float | NDArray[np.float64],
        rng: np.random.Generator,
    ) -> None:
        self._space, self._rng = space, rng
        self._low = space.latent.low
        self._width = space.latent.high - space.latent.low
        offset = space.encode(start) - self._low
        self.mean = np.divide(offset, self._width, out=np.zeros_like(offset), where=self._width > 0)
        self.log_sigma = np.full(len(self.mean), np.log(sigma))

    def draw(self, n: int) -> tuple[NDArray, NDArray[np.float64]]:
        """Return `n` members and the standard normal numbers behind them."""
        noise = self._rng.standard_normal((n, len(self.mean)))
        z = self._low + self._width * (self.mean + np.exp(self.log_sigma) * noise)
        return self._space.decode(z), noise

    def ascend(
        self,
        noise: NDArray[np.float64],
        weights: NDArray[np.float64],
        sigma_weights: NDArray[np.float64],
        entropy: float = 0.0,
    ) -> None:
        """Add weight × ∇ log π of every draw, σ² times that for the means.

        With ε the noise, ∂ log π/∂μ = ε/σ and ∂ log π/∂ log σ = ε² − 1. The factor σ²,
        which makes a step independent of the box's scale, is that of PyBrain's PGPE, by
        Sehnke and Schaul. The mean stays in the box, σ within its width.

        Parameters
        ----------
        noise : ndarray of shape (n, latent_dimension)
        weights, sigma_weights : ndarray of shape (n,)
            For μ and for log σ.
        entropy : float
            Weight of ∇ H(π): 1 for every log σ, 0 for every μ.
        """
        # A step that overflows would leave no number to go on from.
        up = np.exp(self.log_sigma) * (weights @ noise)
        wider = sigma_weights @ (noise**2 - 1.0) + entropy
        up, wider = (np.where(np.isfinite(step), step, 0.0) for step in (up, wider))
        self.mean = np.clip(self.mean + up, 0.0, 1.0)
        self.log_sigma = np.clip(self.log_sigma + wider, NARROWEST, WIDEST)
