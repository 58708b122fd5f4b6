"""Ways to spend a budget: one file a family, named after the algorithm.

A method is a callable ``method(oracle, rng, *, option=default, ...)`` that
returns nothing; its keyword-only signature is its configuration.
"""

from __future__ import annotations

from methods.catalogue import METHODS
from methods.result import Run
from methods.run import minimize
from problems.naming.docstrings import keep_docstrings

__all__ = ["METHODS", "Run", "minimize"]

keep_docstrings("cma")
