"""A quadratic of any size that bends in as few directions as one likes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from problems.continuous.shifted import Differentiable

#: Numbers of Q that are kept: 80 MB.
MOST_NUMBERS = 10_000_000


class Quadratic(Differentiable):
    """f(x) = ½ ‖Q (x − s)‖², Q with `rank` orthonormal rows: minimum 0 at s.

    Its Hessian QᵀQ has `rank` eigenvalues 1, the others are 0: `rank` is its effective rank,
    trace over largest eigenvalue, which decides how many steps an estimate of the gradient
    from values needs, whatever the number of variables (Malladi et al. 2023, "Fine-tuning
    language models with just forward passes", section 4). Without `rank` Q is the identity;
    a rotation would change nothing. s lies in [−4, 4]ᵈ and Q is random, both seeded by the
    instance.

    Parameters
    ----------
    dimension : int
        d, the number of real variables, each in [−5, 5]; up to a million.
    rank : int, optional
        1 … d; d by default.
    instance : int
    """

    objective = "half the squared distance"
    source = "Malladi et al. (2023), section 4"
    curvature = 1.0
    largest = 1_000_000

    def __init__(self, *, dimension: int = 10, rank: int | None = None, instance: int = 0) -> None:
        self.rank = rank
        super().__init__(dimension=dimension, instance=instance)

    def _rotation(self, rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw Q; the identity, of up to a million rows, is not written down."""
        dimension = self.space.dimension
        if self.rank is None:
            return np.empty((0, dimension))
        most = min(dimension, MOST_NUMBERS // dimension)
        if not 1 <= self.rank <= most:
            raise ValueError(f"rank={self.rank}: expected 1 to {most:,} at dimension={dimension}")
        return np.linalg.qr(rng.standard_normal((dimension, self.rank)))[0].T.copy()

    @property
    def title(self) -> str:
        rank = "isotropic" if self.rank is None else f"effective rank {self.rank}"
        return f"{rank}, {self.space.dimension}-D"

    def turned(self, points: NDArray) -> NDArray[np.float64]:
        """Return Q (x − s) for every row x of `points`, shape (n, rank)."""
        moved = points - self.reference_point
        return moved if self.rank is None else moved @ self.rotation.T

    def turned_back(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        return z if self.rank is None else self.rotation.T @ z

    def raw(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        return 0.5 * np.einsum("ij,ij->i", z, z)

    def slope(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        return z
