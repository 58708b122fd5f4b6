"""Where a method's settings are drawn from when it is tuned: the same ranges on every problem.

One range serves all problems, as the external tuning ruleset of AlgoPerf asks (Dahl et al.
2023, "Benchmarking neural network training algorithms"). They were set before any run: what a
user would try who knows what an option means, and has not seen the problem.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from math import log
from typing import Any

import numpy as np

#: Draws an option's value.
Range = Callable[[np.random.Generator], Any]


def between(low: float, high: float) -> Range:
    """Return the uniform distribution."""
    return lambda rng: _short(rng.uniform(low, high))


def scale(low: float, high: float, *, below_one: bool = False) -> Range:
    """Return the log-uniform distribution, or that of 1 − such a number."""

    def draw(rng: np.random.Generator) -> float:
        drawn = np.exp(rng.uniform(log(low), log(high)))
        return _short(1 - drawn if below_one else drawn)

    return draw


def count(low: int, high: int) -> Range:
    """Return the log-uniform distribution, rounded to whole numbers."""
    return lambda rng: round(float(np.exp(rng.uniform(log(low), log(high)))))


def one_of(*values: Any) -> Range:
    """Return the uniform distribution over a few values."""
    return lambda rng: values[rng.integers(len(values))]


SPACES: dict[str, dict[str, Range]] = {
    "gradient-descent": {
        "learning_rate": scale(1e-5, 10),
        "schedule": one_of("constant", "triangular", "cosine"),
    },
    "adam": {
        "learning_rate": scale(1e-3, 10),
        "beta1": scale(0.01, 0.5, below_one=True),
        "beta2": scale(0.001, 0.2, below_one=True),
        "schedule": one_of("constant", "triangular", "cosine"),
    },
    "genetic": {
        "population": count(8, 250),
        "crossover_rate": between(0, 1),
        "mutation_rate": between(0, 1),
        "variable_rate": scale(0.01, 0.5),
        "tournament_size": count(2, 8),
        "step": scale(0.003, 0.5),
    },
    "evolution-strategy": {
        "scheme": one_of("(1+1)", "(mu+lambda)", "(mu,lambda)"),
        "parents": count(1, 8),
        "offspring": count(9, 60),
        "recombination": one_of("intermediate", "none"),
        "step": scale(0.01, 1),
    },
    "cma-es": {
        "restarts": one_of("none", "ipop", "bipop"),
        "sigma0": scale(0.02, 1),
        "population": count(4, 60),
        "covariance": one_of("full", "diagonal"),
    },
    "spsa": {
        "c": scale(1e-4, 0.1),
        "first_step": scale(0.001, 0.3),
        "stability": scale(0.01, 1),
        "alpha": between(0.602, 1),
        "gamma": between(0.05, 1 / 6),
    },
    "hill-climb": {
        "mutation": one_of("heavy-tailed", "at-least-one", "standard", "one"),
        "exponent": between(1.1, 3),
        "smallest": scale(1e-5, 0.01),
        "largest": scale(0.01, 1),
    },
    "reinforce": {
        "batch": count(4, 64),
        "learning_rate": scale(0.03, 10),
        "sigma": scale(0.02, 0.5),
        "sigma_learning_rate": scale(0.01, 1),
    },
}


def settings(method: str, n: int) -> list[dict[str, Any]]:
    """Return settings of a method, drawn independently and always the same ones.

    Parameters
    ----------
    method : str
        One of `SPACES`.
    n : int
        The first n of them, however many there are.

    Examples
    --------
    >>> settings("adam", 3)[:2] == settings("adam", 2)
    True
    """
    rng = np.random.default_rng(zlib.crc32(method.encode()))
    return [{name: draw(rng) for name, draw in SPACES[method].items()} for _ in range(n)]


def _short(number: float) -> float:
    """Keep four digits: a setting is to be read, and typed again."""
    return float(f"{number:.4g}")
