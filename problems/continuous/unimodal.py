"""Test functions with one valley: what makes them hard is its shape."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from problems.continuous.shifted import Differentiable, Shifted
from problems.core.frozen import frozen_property
from problems.core.interval import Interval
from problems.naming.options import checked_options

JAMIL_YANG = "Jamil & Yang (2013), A literature survey of benchmark functions"


class Sphere(Differentiable):
    """The easy case: g(z) = Σ z_i², minimum 0 at the origin.

    Source: De Jong (1975), An analysis of the behavior of a class of genetic adaptive
    systems, function F1; Jamil & Yang (2013), "Sphere".
    """

    objective = "squared distance"
    source = "De Jong (1975), F1"
    curvature = 2.0

    def raw(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.einsum("ij,ij->i", z, z)

    def slope(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        return 2 * z


class Ellipsoid(Differentiable):
    """An ill-conditioned quadratic: g(z) = Σ κ^((i−1)/(d−1)) z_i², minimum 0 at the origin.

    Source: Hansen et al. (2009), f10 without its oscillations, where κ = 10⁶.

    Parameters
    ----------
    condition : float
        κ, the largest over the smallest eigenvalue of the Hessian.
    **shared
        The options of `Shifted`.
    """

    source = "Hansen et al. (2009), f10 without oscillations"

    @checked_options
    def __init__(
        self, *, condition: Annotated[float, Interval(ge=1, le=1e12)] = 1e6, **shared: Any
    ) -> None:
        super().__init__(**shared)
        self.condition = condition
        self.weights = condition ** np.linspace(0, 1, self.space.dimension)

    @property
    def curvature(self) -> float:
        return 2 * float(self.weights.max())

    @property
    def title(self) -> str:
        return f"condition {self.condition:g}, {super().title}"

    def raw(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.einsum("ij,ij,j->i", z, z, self.weights)

    def slope(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        return 2 * self.weights * z


class SchwefelDoubleSum(Differentiable):
    """Schwefel's problem 1.2: g(z) = Σ_i (Σ_{j<=i} z_j)², minimum 0 at the origin.

    Source: Schwefel (1981), Numerical optimization of computer models, problem 1.2;
    Jamil & Yang (2013), "Schwefel 1.2". (Problem 2.26, often called just Schwefel, is
    unbounded off its box and cannot be rotated.)
    """

    source = "Schwefel (1981), problem 1.2"

    @property
    def curvature(self) -> float:
        # 2 ‖C‖² with C the lower triangle of ones, whose norm is 1 / (2 sin(π / (4d + 2))).
        return 0.5 / float(np.sin(np.pi / (4 * self.space.dimension + 2))) ** 2

    def raw(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        partial = np.cumsum(z, axis=1)
        return np.einsum("ij,ij->i", partial, partial)

    def slope(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        return 2 * np.cumsum(np.cumsum(z)[::-1])[::-1]


class DifferentPowers(Differentiable):
    """Ever flatter axes: g(z) = Σ |z_i|^(2 + 10 (i−1)/(d−1)), minimum 0 at the origin.

    Source: Hansen & Ostermeier (2001), Completely derandomized self-adaptation in
    evolution strategies, f_diffpow.
    """

    source = "Hansen & Ostermeier (2001), f_diffpow"

    @frozen_property
    def exponents(self) -> NDArray[np.float64]:
        """2 … 12, shape (dimension,)."""
        return np.linspace(2.0, 12.0, self.space.dimension, dtype=np.float64)

    def raw(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        return (np.abs(z) ** self.exponents).sum(axis=1)

    def slope(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        return self.exponents * np.abs(z) ** (self.exponents - 1) * np.sign(z)


class Zakharov(Differentiable):
    """g(z) = Σ z_i² + u² + u⁴ with u = ½ Σ i z_i, minimum 0 at the origin.

    Source: Jamil & Yang (2013), "Zakharov".
    """

    source = JAMIL_YANG

    @frozen_property
    def halves(self) -> NDArray[np.float64]:
        """i / 2, shape (dimension,)."""
        return np.arange(1, self.space.dimension + 1) / 2

    def raw(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        u = z @ self.halves
        return np.einsum("ij,ij->i", z, z) + u**2 + u**4

    def slope(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        u = z @ self.halves
        return 2 * z + (2 * u + 4 * u**3) * self.halves


class Rosenbrock(Differentiable):
    """The bent valley: g(z) = Σ_{i<d} 100 (z_{i+1} − z_i²)² + (1 − z_i)², minimum 0 at 1.

    From 4 variables on it has a second, local minimum near (−1, 1, …, 1)
    (Shang & Qiu 2006, A note on the extended Rosenbrock function).

    Source: Rosenbrock (1960), An automatic method for finding the greatest or least
    value of a function; Jamil & Yang (2013), "Rosenbrock".
    """

    source = "Rosenbrock (1960)"
    smallest = 2
    minimum_at = 1.0

    def raw(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        head, tail = z[:, :-1], z[:, 1:]
        return (100 * (tail - head**2) ** 2 + (1 - head) ** 2).sum(axis=1)

    def slope(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        head = z[:-1]
        off = z[1:] - head**2
        slope = np.zeros_like(z)
        slope[:-1] = -400 * head * off - 2 * (1 - head)
        slope[1:] += 200 * off
        return slope


class DixonPrice(Differentiable):
    """g(z) = (z_1 − 1)² + Σ_{i>=2} i (2 z_i² − z_{i−1})², minimum 0 at z_i = 2^(2^(1−i) − 1).

    For d >= 2 the mirror image of z* in its last variable is a minimum as well.

    Source: Dixon & Price (1989), Truncated Newton method for sparse unconstrained
    optimization using automatic differentiation; Jamil & Yang (2013), "Dixon & Price".
    """

    source = "Dixon & Price (1989)"
    scale = 2.0

    @frozen_property
    def raw_point(self) -> NDArray[np.float64]:
        return np.exp2(np.exp2(-np.arange(float(self.space.dimension))) - 1)

    @frozen_property
    def factors(self) -> NDArray[np.float64]:
        """2 … d, shape (dimension − 1,)."""
        return np.arange(2.0, self.space.dimension + 1)

    def raw(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        off = 2 * z[:, 1:] ** 2 - z[:, :-1]
        return (z[:, 0] - 1) ** 2 + off**2 @ self.factors

    def slope(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        pull = 2 * self.factors * (2 * z[1:] ** 2 - z[:-1])
        slope = np.zeros_like(z)
        slope[0] = 2 * (z[0] - 1)
        slope[1:] += 4 * z[1:] * pull
        slope[:-1] -= pull
        return slope


class StepEllipsoid(Shifted):
    """Plateaus: g(z) = Σ 100^((i−1)/(d−1)) ⌊z_i + ½⌋², minimum 0 on [−½, ½)ᵈ.

    Its gradient is zero wherever it exists, so it offers none.

    Source: the step function of De Jong (1975) in the squared form of Jamil & Yang
    (2013), "Step 2", with the condition 100 of Hansen et al. (2009), f7.
    """

    source = JAMIL_YANG + ', "Step 2"'

    @frozen_property
    def weights(self) -> NDArray[np.float64]:
        """1 … 100 in equal ratios, shape (dimension,)."""
        return 100 ** np.linspace(0, 1, self.space.dimension)

    def raw(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.floor(z + 0.5) ** 2 @ self.weights
