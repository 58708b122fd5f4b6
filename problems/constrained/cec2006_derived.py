"""The problems of g01 … g11 of CEC 2006 whose optimum is derived: g01, g03, g06, g07, g11.

Source of the definitions and of the best points: Liang, Runarsson, Mezura-Montes,
Clerc, Suganthan, Coello Coello and Deb (2006), "Problem definitions and evaluation
criteria for the CEC 2006 special session on constrained real-parameter
optimization", section 1. Constraints are not scaled, as in the report,
whose measure of violation is their mean; ours, the sum, orders points alike.
"""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from problems.constrained.constrained import Constrained, WithTolerance
from problems.core.reference import Reference
from problems.core.space import Box


class G01(Constrained):
    """g01: a concave quadratic of 13 variables under 9 linear inequalities.

        f = 5 Σ_{i<=4} x_i − 5 Σ_{i<=4} x_i² − Σ_{i>=5} x_i,
        x_10, x_11, x_12 in [0, 100], all others in [0, 1],
        2 x_1 + 2 x_2 + x_10 + x_11 <= 10, 2 x_1 + 2 x_3 + x_10 + x_12 <= 10,
        2 x_2 + 2 x_3 + x_11 + x_12 <= 10, x_10 <= 8 x_1, x_11 <= 8 x_2, x_12 <= 8 x_3,
        x_10 <= 2 x_4 + x_5, x_11 <= 2 x_6 + x_7, x_12 <= 2 x_8 + x_9.

    The optimum is −15: 5 (x − x²) >= 0 on [0, 1]; the last three inequalities
    bound x_10, x_11 and x_12 by 3 each; and x_5 … x_9 and x_13 are 6 more at most.
    The ceiling is 5 = 4 · 5/4, as x − x² <= 1/4 and the other terms are negative.
    """

    space = Box([0] * 13, [1] * 9 + [100] * 3 + [1])
    ceiling = 5.0
    best_point = (1,) * 9 + (3,) * 3 + (1,)
    best_value = -15.0
    paper_proof = "closed form", "x - x^2 >= 0, g7 to g9 and the bounds, term by term"

    def values(self, points: NDArray) -> NDArray[np.float64]:
        first, rest = points[:, :4], points[:, 4:]
        return 5 * (first - first**2).sum(axis=1) - rest.sum(axis=1)

    def inequalities(self, *x: float) -> list[float]:
        x1, x2, x3, x4, x5, x6, x7, x8, x9, x10, x11, x12, _ = x
        return [
            2 * x1 + 2 * x2 + x10 + x11 - 10,
            2 * x1 + 2 * x3 + x10 + x12 - 10,
            2 * x2 + 2 * x3 + x11 + x12 - 10,
            -8 * x1 + x10,
            -8 * x2 + x11,
            -8 * x3 + x12,
            -2 * x4 - x5 + x10,
            -2 * x6 - x7 + x11,
            -2 * x8 - x9 + x12,
        ]


class G03(WithTolerance):
    """g03: maximise a product on the unit sphere, 10 variables in [0, 1].

        f = −10⁵ Π x_i, subject to Σ x_i² = 1.

    With the equality kept within δ = `tolerance`, the means inequality gives
    Π x_i <= ((1 + δ) / 10)⁵ and hence f >= −(1 + δ)⁵, attained at
    x_i = √((1 + δ) / 10). That is the published −1.0005001 for δ = 1e-4, and −1, the
    exact optimum, for δ = 0. The ceiling is 0, as a product of x_i >= 0 is >= 0.
    """

    space = Box(0, 1, 10)
    limits = ("unit sphere",)
    ceiling = 0.0
    best_point = (
        0.31624357647283069, 0.316243577414338339, 0.316243578012345927,
        0.316243575664017895, 0.316243578205526066, 0.31624357738855069,
        0.316243575472949512, 0.316243577164883938, 0.316243578155920302,
        0.316243576147374916,
    )  # fmt: skip
    best_value = -1.00050010001

    def values(self, points: NDArray) -> NDArray[np.float64]:
        return -(10.0**5) * points.prod(axis=1)

    def equalities(self, *x: float) -> list[float]:
        return [sum(v * v for v in x) - 1]

    @cached_property
    def reference(self) -> Reference:
        source = f"-(1 + tolerance)^5 by the means inequality, tolerance {self.tolerance:g}"
        return Reference(-((1 + self.tolerance) ** 5), "closed form", source)


class G06(Constrained):
    """g06: a cubic on a thin crescent between two circles.

        f = (x_1 − 10)³ + (x_2 − 20)³, x_1 in [13, 100], x_2 in [0, 100],
        (x_1 − 5)² + (x_2 − 5)² >= 100, (x_1 − 6)² + (x_2 − 5)² <= 82.81.

    Subtracting the second from the first gives 2 x_1 − 11 >= 17.19, so
    x_1 >= 14.095; then the second gives x_2 >= 5 − √(82.81 − 8.095²). Both bounds
    are attained at once and f increases in both variables: that is the optimum.
    The ceiling is f at the upper corner of the box, 90³ + 80³.
    """

    space = Box([13, 0], [100, 100])
    limits = ("outside circle at (5, 5)", "inside circle at (6, 5)")
    best_point = (14.09500000000000064, 0.8429607892154795668)
    best_value = -6961.81387558015

    def values(self, points: NDArray) -> NDArray[np.float64]:
        x1, x2 = points.T
        return (x1 - 10) ** 3 + (x2 - 20) ** 3

    def inequalities(self, *x: float) -> list[float]:
        x1, x2 = x
        return [100 - (x1 - 5) ** 2 - (x2 - 5) ** 2, (x1 - 6) ** 2 + (x2 - 5) ** 2 - 82.81]

    @cached_property
    def reference(self) -> Reference:
        x2 = 5 - math.sqrt(82.81 - 8.095**2)
        value = 4.095**3 + (x2 - 20) ** 3
        return Reference(value, "closed form", "least x1 and least x2 at the circles' crossing")


class G07(Constrained):
    """g07: a convex quadratic of 10 variables in [−10, 10] under 8 convex inequalities.

        f = x_1² + x_2² + x_1 x_2 − 14 x_1 − 16 x_2 + (x_3 − 10)² + 4 (x_4 − 5)²
            + (x_5 − 3)² + 2 (x_6 − 1)² + 5 x_7² + 7 (x_8 − 11)² + 2 (x_9 − 10)²
            + (x_10 − 7)² + 45,
        4 x_1 + 5 x_2 − 3 x_7 + 9 x_8 <= 105, 10 x_1 − 8 x_2 − 17 x_7 + 2 x_8 <= 0,
        −8 x_1 + 2 x_2 + 5 x_9 − 2 x_10 <= 12,
        3 (x_1 − 2)² + 4 (x_2 − 3)² + 2 x_3² − 7 x_4 <= 120,
        5 x_1² + 8 x_2 + (x_3 − 6)² − 2 x_4 <= 40,
        x_1² + 2 (x_2 − 2)² − 2 x_1 x_2 + 14 x_5 − 6 x_6 <= 0,
        (x_1 − 8)² / 2 + 2 (x_2 − 4)² + 3 x_5² − x_6 <= 30,
        −3 x_1 + 6 x_2 + 12 (x_9 − 8)² − 7 x_10 <= 0.

    The problem is convex, so a point with multipliers (Karush, Kuhn and Tucker) is
    optimal: the least value of the Lagrangian at the multipliers of the published
    point, a convex quadratic, bounds every feasible value from below and meets the
    published 24.30620906818 to 1e-9. The ceiling is f at the lower corner of the box:
    f is convex, so some corner is worst, and each of its terms is largest there.
    """

    space = Box(-10, 10, 10)
    best_point = (
        2.17199634142692, 2.3636830416034, 8.77392573913157, 5.09598443745173,
        0.990654756560493, 1.43057392853463, 1.32164415364306, 9.82872576524495,
        8.2800915887356, 8.3759266477347,
    )  # fmt: skip
    best_value = 24.30620906818
    paper_proof = "certified", "Liang et al. (2006), g07; convex, and the Lagrangian bound meets it"

    def __init__(self) -> None:
        self.ceiling = self.value(self.space.low)

    def values(self, points: NDArray) -> NDArray[np.float64]:
        x1, x2, x3, x4, x5, x6, x7, x8, x9, x10 = points.T
        pair = x1**2 + x2**2 + x1 * x2 - 14 * x1 - 16 * x2
        early = (x3 - 10) ** 2 + 4 * (x4 - 5) ** 2 + (x5 - 3) ** 2 + 2 * (x6 - 1) ** 2
        late = 5 * x7**2 + 7 * (x8 - 11) ** 2 + 2 * (x9 - 10) ** 2 + (x10 - 7) ** 2
        return pair + early + late + 45

    def inequalities(self, *x: float) -> list[float]:
        x1, x2, x3, x4, x5, x6, x7, x8, x9, x10 = x
        return [
            -105 + 4 * x1 + 5 * x2 - 3 * x7 + 9 * x8,
            10 * x1 - 8 * x2 - 17 * x7 + 2 * x8,
            -8 * x1 + 2 * x2 + 5 * x9 - 2 * x10 - 12,
            3 * (x1 - 2) ** 2 + 4 * (x2 - 3) ** 2 + 2 * x3**2 - 7 * x4 - 120,
            5 * x1**2 + 8 * x2 + (x3 - 6) ** 2 - 2 * x4 - 40,
            x1**2 + 2 * (x2 - 2) ** 2 - 2 * x1 * x2 + 14 * x5 - 6 * x6,
            0.5 * (x1 - 8) ** 2 + 2 * (x2 - 4) ** 2 + 3 * x5**2 - x6 - 30,
            -3 * x1 + 6 * x2 + 12 * (x9 - 8) ** 2 - 7 * x10,
        ]


class G11(WithTolerance):
    """g11: the point of a parabola nearest to (0, 1); x_1, x_2 in [−1, 1].

        f = x_1² + (x_2 − 1)², subject to x_2 − x_1² = 0.

    With the equality kept within δ = `tolerance`, x_1² >= x_2 − δ and hence
    f >= x_2 − δ + (x_2 − 1)² = (x_2 − 1/2)² + 3/4 − δ >= 3/4 − δ, attained at
    x_2 = 1/2, x_1² = 1/2 − δ. That is the published 0.7499 for δ = 1e-4, and 0.75,
    the exact optimum, for δ = 0. The ceiling is 1 + 4, each term at its largest.
    """

    space = Box(-1, 1, 2)
    limits = ("parabola",)
    ceiling = 5.0
    best_point = (-0.707036070037170616, 0.500000004333606807)
    best_value = 0.7499

    def values(self, points: NDArray) -> NDArray[np.float64]:
        x1, x2 = points.T
        return x1**2 + (x2 - 1) ** 2

    def equalities(self, *x: float) -> list[float]:
        return [x[1] - x[0] ** 2]

    @cached_property
    def reference(self) -> Reference:
        source = f"3/4 - tolerance, by completing the square, tolerance {self.tolerance:g}"
        return Reference(0.75 - self.tolerance, "closed form", source)
