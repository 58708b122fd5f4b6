"""Test functions of real variables, shifted and rotated, with analytic gradients."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from problems.problem import BoxRelaxation, Minibatch, Problem, Reference, Relaxation
from problems.space import Box


class Sphere(Problem):
    """The easy case: f(x) = ‖R (x − s)‖², minimum 0 at the shift s.

    R is a random rotation and s lies in [−4, 4]ᵈ, both seeded by the instance, so
    that no method profits from an optimum at the origin or along the axes.

    Parameters
    ----------
    dimension : int
        Number of real variables, each in [−5, 5].
    instance : int
        Seeds shift and rotation.
    """

    space: Box
    objective = "squared distance"

    def __init__(self, *, dimension: int = 10, instance: int = 0) -> None:
        if dimension < 1:
            raise ValueError(f"dimension={dimension}: expected a whole number >= 1")
        rng = np.random.default_rng([instance, dimension])
        self.space = Box(-5, 5, dimension)
        self.reference_point = rng.uniform(-4, 4, dimension)
        self.rotation = np.linalg.qr(rng.standard_normal((dimension, dimension)))[0]

    def values(self, points: NDArray) -> NDArray[np.float64]:
        turned = (points - self.reference_point) @ self.rotation.T
        return np.einsum("ij,ij->i", turned, turned)

    @cached_property
    def reference(self) -> Reference:
        # COCO's final target precision, 1e-8, counts as solved (Hansen et al. 2021).
        return Reference(0.0, "closed form", "f >= 0 with equality at the shift", 1e-8)

    def relaxation(self) -> Relaxation:
        return _SphereGradient(self)


class _SphereGradient(BoxRelaxation):
    exact = True
    yields_value = True
    smoothness = 2.0

    def __init__(self, problem: Sphere) -> None:
        super().__init__(problem.space)
        self._problem = problem

    def start(self, rng: np.random.Generator) -> NDArray[np.float64]:
        return self.space.sample(rng, 1)[0]

    def loss_and_gradient(
        self, theta: NDArray[np.float64], rows: Minibatch | None = None
    ) -> tuple[float, NDArray[np.float64]]:
        turned = self._problem.rotation @ (theta - self._problem.reference_point)
        return float(turned @ turned), 2 * self._problem.rotation.T @ turned
