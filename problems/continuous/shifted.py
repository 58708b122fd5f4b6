"""What every test function shares: a seeded shift and rotation, and the chain rule."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from problems.core.frozen import frozen_property
from problems.core.problem import Problem
from problems.core.reference import Reference
from problems.core.space import Box
from problems.core.views import BoxRelaxation, Minibatch, Relaxation

#: A rotation is a dense matrix: its build and every evaluation cost the square of the dimension.
LARGEST = 1000


class Shifted(Problem):
    """f(x) = g(z* + σ R (x − s)) on [−5, 5]ᵈ: a published g, its minimum moved to s.

    R is a random rotation and s lies in [−4, 4]ᵈ, both seeded by the instance, so
    that no method profits from an optimum at the origin or along the axes. z* is the
    published minimum of g over all of ℝᵈ, so turning it cannot uncover a better one;
    σ stretches the box over the published domain.

    Parameters
    ----------
    dimension : int
        Number of real variables, each in [−5, 5].
    instance : int
        Seeds shift and rotation.

    Attributes
    ----------
    reference_point : ndarray of shape (dimension,)
        The minimum s.
    rotation : ndarray of shape (dimension, dimension)
        R, an orthogonal matrix.
    smallest, largest : int
        The least dimension that g is defined for, and the greatest that is accepted.
    scale : float
        σ.
    minimum_at : float
        Every coordinate of z*, where all are the same.
    source : str
        Where g and its minimum are published.
    proof : str
        Why nothing is lower.
    """

    space: Box
    objective = "function value"
    smallest: int = 1
    largest: int = LARGEST
    scale: float = 1.0
    minimum_at: float = 0.0
    source: str = ""
    proof: str = "a sum of terms >= 0, all 0 at the shift"

    def __init__(self, *, dimension: int = 10, instance: int = 0) -> None:
        if not self.smallest <= dimension <= self.largest:
            raise ValueError(
                f"dimension={dimension}: expected a whole number from {self.smallest} to "
                f"{self.largest:,}"
            )
        rng = np.random.default_rng([instance, dimension])
        self.space = Box(-5, 5, dimension)
        self.reference_point = rng.uniform(-4, 4, dimension)
        self.rotation = self._rotation(rng)

    def _rotation(self, rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw R."""
        return np.linalg.qr(rng.standard_normal((self.space.dimension,) * 2))[0]

    def raw(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the published function g of every row of `z`, shape (n, dimension)."""
        raise NotImplementedError  # each function has its own

    @frozen_property
    def raw_point(self) -> NDArray[np.float64]:
        """The published minimum z*, shape (dimension,)."""
        return np.full(self.space.dimension, self.minimum_at)

    @cached_property
    def raw_minimum(self) -> float:
        """The published g(z*); 0 unless overridden."""
        return 0.0

    def turned(self, points: NDArray) -> NDArray[np.float64]:
        """Return z* + σ R (x − s) for every row x of `points`, shape (n, dimension)."""
        moved = (points - self.reference_point) @ self.rotation.T
        return self.raw_point + self.scale * moved

    def turned_back(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return σ Rᵀ z: a gradient of g, shape (dimension,), as one of f."""
        back: NDArray[np.float64] = self.scale * self.rotation.T @ z
        return back

    def values(self, points: NDArray) -> NDArray[np.float64]:
        return self.raw(self.turned(points))

    @cached_property
    def reference(self) -> Reference:
        # COCO's final target precision, 1e-8, counts as solved (Hansen et al. 2021).
        return Reference(self.raw_minimum, "closed form", f"{self.proof}; {self.source}", 1e-8)

    @property
    def title(self) -> str:
        return f"{self.space.dimension}-D, shifted and rotated"

    def describe(self, x: NDArray) -> str:
        distance = float(np.linalg.norm(np.asarray(x) - self.reference_point))
        return f"{super().describe(x)}, {distance:.3g} from the minimum"


class Differentiable(Shifted):
    """A shifted function with an analytic gradient.

    Attributes
    ----------
    curvature : float or None
        A Lipschitz constant of ∇g, where there is one.
    """

    @property
    def curvature(self) -> float | None:
        return None

    def slope(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return ∇g at `z`, shape (dimension,)."""
        raise NotImplementedError  # those with a slope have their own

    def relaxation(self) -> Relaxation:
        return _Gradient(self)


class _Gradient(BoxRelaxation):
    """∇f(x) = σ Rᵀ ∇g(z) at the point of the box nearest to the parameters.

    Inside the box that is the gradient there. Outside it is lazily projected descent
    (Zinkevich 2003, Online convex programming), whose gradients stay bounded where a
    quartic's would carry a long step off to infinity.
    """

    exact = True
    yields_value = True

    def __init__(self, problem: Differentiable) -> None:
        super().__init__(problem.space)
        self._problem = problem
        if problem.curvature is not None:
            self.smoothness = problem.scale**2 * problem.curvature

    def start(self, rng: np.random.Generator) -> NDArray[np.float64]:
        return self.space.sample(rng, 1)[0]

    def loss_and_gradient(
        self, theta: NDArray[np.float64], rows: Minibatch | None = None
    ) -> tuple[float, NDArray[np.float64]]:
        problem = self._problem
        z = problem.turned(self.decode(theta)[None])
        return float(problem.raw(z)[0]), problem.turned_back(problem.slope(z[0]))
