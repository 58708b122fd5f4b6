"""Named comparisons: their methods, problems and budget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from problems.naming.options import UnknownName, closest


@dataclass(frozen=True)
class Suite:
    """A comparison under a name, so that its table can be published and made again.

    Parameters
    ----------
    methods, problems : tuple of str
    settings : mapping
        Other arguments of the command line by name, in place of their defaults.
    """

    methods: tuple[str, ...]
    problems: tuple[str, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)

    def arguments(self) -> dict[str, Any]:
        """Return the command line's arguments."""
        return {**self.settings, "methods": list(self.methods), "problem": list(self.problems)}


#: The published table: all families, on problems of every kind whose data are the same
#: on every machine. Runs end at their budget of work, so that the clock decides nothing.
# fmt: off
REFERENCE = Suite(
    methods=(
        "counting", "gradient-descent", "adam", "l-bfgs-b-gradient", "nelder-mead", "cobyla",
        "differential-evolution", "genetic", "cma-es", "spsa", "hill-climb",
        "simulated-annealing", "adam+hill-climb", "reinforce", "best-of-n", "random-search",
        "integer-programming",
    ),
    problems=(
        "next-token-table", "next-token-rank", "next-token-ternary", "next-token-decode",
        "next-token-mlp", "next-token-reward", "knapsack", "max-cut", "travelling-salesman",
        "welded-beam", "rosenbrock", "rastrigin", "nk-landscape", "cart-pole",
    ),
    settings={
        "default_corpus": "markov", "budget": 5000.0, "seconds": 60.0, "seeds": 15,
        "results": "reference.sqlite",
    },
)
# fmt: on

SUITES = {"reference": REFERENCE}


def suite(name: str) -> Suite:
    """Return the suite of a name.

    Raises
    ------
    UnknownName
        When there is none of that name.
    """
    if name not in SUITES:
        hint = closest(name, SUITES) or f"; known: {', '.join(SUITES)}"
        raise UnknownName(f"unknown suite {name!r}{hint}")
    return SUITES[name]
