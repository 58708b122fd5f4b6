"""Ways to spend a budget: one file a family, named after the algorithm.

A method is a callable ``method(oracle, rng, *, option=default, ...)`` that
returns nothing; its keyword-only signature is its configuration.
"""

from __future__ import annotations

from methods.run import Run, minimize
from problems.registry import Entry, Registry

__all__ = ["METHODS", "Run", "minimize"]

METHODS = Registry(
    "method",
    [
        Entry(
            "counting",
            "methods.counting:counting",
            family="closed form",
            needs=("count",),
            seeded=False,
        ),
        Entry(
            "gradient-descent",
            "methods.gradient_descent:gradient_descent",
            family="gradient descent",
            aliases=("gd", "sgd"),
            needs=("relaxation",),
        ),
        Entry(
            "adam",
            "methods.gradient_descent:adam",
            family="gradient descent",
            needs=("relaxation",),
        ),
        Entry(
            "differential-evolution",
            "methods.differential_evolution:differential_evolution",
            family="scipy.optimize",
            aliases=("de",),
            native=("Box",),
        ),
        Entry(
            "genetic",
            "methods.genetic:genetic",
            family="genetic",
            aliases=("ga", "genetic-algorithm"),
        ),
        Entry(
            "hill-climb",
            "methods.hill_climb:hill_climb",
            family="local search",
            aliases=("hc",),
        ),
        Entry(
            "reinforce",
            "methods.reinforce:reinforce",
            family="reinforce",
            aliases=("rl",),
            needs=("environment",),
        ),
        Entry(
            "best-of-n",
            "methods.best_of_n:best_of_n",
            family="best-of-n",
            aliases=("bon",),
        ),
        Entry(
            "integer-programming",
            "methods.integer_programming:integer_programming",
            family="integer programming",
            aliases=("ip", "mip", "milp"),
            needs=("linear_model",),
            seeded=False,
            white_box=True,
        ),
        Entry(
            "random-search",
            "methods.random_search:random_search",
            family="sampling",
            aliases=("rs", "random"),
        ),
    ],
)
