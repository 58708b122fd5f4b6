"""Test functions with many valleys: what makes them hard is to choose one."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from problems.continuous.shifted import Differentiable
from problems.core.frozen import frozen_property


class Rastrigin(Differentiable):
    """A grid of valleys: g(z) = Σ z_i² + 10 (1 − cos 2πz_i), minimum 0 at the origin.

    Source: Rastrigin (1974), Systems of extremal control, in d variables after
    Mühlenbein, Schomisch & Born (1991), The parallel genetic algorithm as function
    optimizer.
    """

    source = "Mühlenbein, Schomisch & Born (1991)"
    curvature = 2 + 40 * np.pi**2

    def raw(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        return (z**2 + 10 * (1 - np.cos(2 * np.pi * z))).sum(axis=1)

    def slope(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        return 2 * z + 20 * np.pi * np.sin(2 * np.pi * z)


class Ackley(Differentiable):
    """A funnel in a rippled plain, minimum 0 at the origin.

    g(z) = 20 (1 − exp(−r/5)) + e − exp(mean cos 2πz_i) with r² = mean z_i². At the
    origin itself g has a corner; the gradient given there is 0, a subgradient.

    Source: Ackley (1987), A connectionist machine for genetic hillclimbing; on the
    usual ±32 (here σ = 6.4).
    """

    source = "Ackley (1987)"
    scale = 6.4

    def raw(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        r = np.sqrt((z**2).mean(axis=1))
        ripple = np.cos(2 * np.pi * z).mean(axis=1)
        # expm1 keeps the digits that a difference of two e's would lose near the minimum.
        return -20 * np.expm1(-0.2 * r) - np.e * np.expm1(ripple - 1)

    def slope(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        d, r = len(z), np.sqrt((z**2).mean())
        funnel = 4 * np.exp(-0.2 * r) * z / (d * r) if r > 0 else np.zeros(d)
        ripple = np.exp(np.cos(2 * np.pi * z).mean()) * 2 * np.pi * np.sin(2 * np.pi * z) / d
        return funnel + ripple


class Griewank(Differentiable):
    """g(z) = Σ z_i² / 4000 + 1 − Π cos(z_i / √i), minimum 0 at the origin.

    Source: Griewank (1981), Generalized descent for global optimization; on the
    usual ±600 (here σ = 120). In many dimensions it gets easier: Locatelli (2003),
    A note on the Griewank test function.
    """

    source = "Griewank (1981)"
    proof = "a sum of squares plus 1 - a product of cosines, both >= 0 and 0 at the shift"
    scale = 120.0

    @frozen_property
    def roots(self) -> NDArray[np.float64]:
        """√i, shape (dimension,)."""
        return np.sqrt(np.arange(1, self.space.dimension + 1))

    def raw(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        return (z**2).sum(axis=1) / 4000 + 1 - np.cos(z / self.roots).prod(axis=1)

    def slope(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        cosines = np.cos(z / self.roots)
        # The product of all others, without dividing by a cosine that may be 0.
        before = np.concatenate([[1.0], np.cumprod(cosines[:-1])])
        after = np.concatenate([np.cumprod(cosines[:0:-1])[::-1], [1.0]])
        return z / 2000 + np.sin(z / self.roots) / self.roots * before * after


class Levy(Differentiable):
    """Waves on a bowl: with w = 1 + (z − 1)/4, minimum 0 at (1, …, 1),

    g(z) = sin²(πw_1) + Σ_{i<d} (w_i − 1)² (1 + 10 sin²(πw_i + 1))
    + (w_d − 1)² (1 + sin²(2πw_d)).

    Source: Levy & Montalvo (1985), The tunneling algorithm for the global minimization
    of functions; in this form in Laguna & Martí (2005), Experimental testing of advanced
    scatter search designs, on ±10 (here σ = 2).
    """

    source = "Levy & Montalvo (1985)"
    scale = 2.0
    minimum_at = 1.0

    def raw(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        # sin²(πw) = sin²(π(w − 1)), which is exactly 0 at the minimum.
        v = (z - 1) / 4
        head, last = v[:, :-1], v[:, -1]
        waves = head**2 * (1 + 10 * np.sin(np.pi * (head + 1) + 1) ** 2)
        end = last**2 * (1 + np.sin(2 * np.pi * last) ** 2)
        return np.sin(np.pi * v[:, 0]) ** 2 + waves.sum(axis=1) + end

    def slope(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        v = (z - 1) / 4
        head, last = v[:-1], v[-1]
        angle = np.pi * (head + 1) + 1
        slope = np.zeros_like(z)
        slope[:-1] = 2 * head * (1 + 10 * np.sin(angle) ** 2)
        slope[:-1] += head**2 * 10 * np.pi * np.sin(2 * angle)
        slope[-1] = 2 * last * (1 + np.sin(2 * np.pi * last) ** 2)
        slope[-1] += last**2 * 2 * np.pi * np.sin(4 * np.pi * last)
        slope[0] += np.pi * np.sin(2 * np.pi * v[0])
        return slope / 4


class StyblinskiTang(Differentiable):
    """2ᵈ valleys of similar depth: g(z) = ½ Σ z_i⁴ − 16 z_i² + 5 z_i.

    Its minimum is −39.16617 d at z_i = −2.903534, the least root of the derivative
    2z³ − 16z + 5/2.

    Source: Styblinski & Tang (1990), Experiments in nonconvex optimization; Jamil &
    Yang (2013), "Styblinski-Tang".
    """

    source = "Styblinski & Tang (1990)"
    proof = "the quartic of one variable at the least root of its derivative, d times"

    @frozen_property
    def raw_point(self) -> NDArray[np.float64]:
        # Viète's three real roots of z³ + pz + q with p = −8, q = 5/4.
        p, q = -8.0, 1.25
        angle = np.arccos(1.5 * q / p * np.sqrt(-3 / p)) / 3
        root = 2 * np.sqrt(-p / 3) * np.cos(angle - 2 * np.pi * np.arange(3) / 3)
        return np.full(self.space.dimension, root.min())

    @cached_property
    def raw_minimum(self) -> float:
        return float(self.raw(self.raw_point[None])[0])

    def raw(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        return 0.5 * (z**4 - 16 * z**2 + 5 * z).sum(axis=1)

    def slope(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        return 2 * z**3 - 16 * z + 2.5
