"""How fast descent with the best constants goes down a quadratic, by its condition number."""

from __future__ import annotations

from math import log, sqrt

#: The methods that there is a theory of.
DESCENTS = ("gradient-descent", "momentum", "nesterov")


def best_settings(largest: float, least: float) -> dict[str, dict[str, float]]:
    """Return for each method the step and momentum that theory calls best, as its options.

    Parameters
    ----------
    largest, least : float
        The ends L and m of the Hessian's eigenvalues, m > 0.

    Notes
    -----
    Plain descent: η = 2 / (L + m). Heavy ball (Polyak 1964): η = 4 / (√L + √m)²,
    μ = ((√κ − 1) / (√κ + 1))². Nesterov (2004, "Introductory lectures on convex
    optimization", scheme 2.2.11): η = 1 / L, μ = (√κ − 1) / (√κ + 1). κ = L / m.
    """
    root = sqrt(largest / least)
    shrinks = (root - 1) / (root + 1)
    heavy = 4 / (sqrt(largest) + sqrt(least)) ** 2
    return {
        "gradient-descent": {"learning_rate": 2 / (largest + least)},
        "momentum": {"learning_rate": heavy, "momentum": shrinks**2},
        "nesterov": {"learning_rate": 1 / largest, "momentum": shrinks},
    }


def predicted_steps(method: str, condition: float, share: float) -> float:
    """Return the steps after which the value has shrunk to a share of the start's.

    In the worst direction, and in the long run: the distance to the minimum shrinks a step
    by (κ − 1) / (κ + 1), with the heavy ball by (√κ − 1) / (√κ + 1), with Nesterov's method
    by 1 − 1 / √κ, and the value by that squared (Lessard, Recht and Packard 2016, "Analysis
    and design of optimization algorithms via integral quadratic constraints", proposition 1).
    Nesterov's theorem promises half as much, for it holds of all that is strongly convex.

    Parameters
    ----------
    method : str
        One of `DESCENTS`.
    condition : float
        κ > 1.
    share : float
        Between 0 and 1.
    """
    root = sqrt(condition)
    by_step = {
        "gradient-descent": (condition - 1) / (condition + 1),
        "momentum": (root - 1) / (root + 1),
        "nesterov": 1 - 1 / root,
    }
    return log(share) / (2 * log(by_step[method]))
