"""Ways to spend a budget: one file a family, named after the algorithm.

A method is a callable ``method(oracle, rng, *, option=default, ...)`` that
returns nothing; its keyword-only signature is its configuration.
"""

from __future__ import annotations

from methods.catalogue import ENTRIES
from methods.chain import parse_chain
from methods.result import Run
from methods.run import minimize
from problems.naming.docstrings import keep_docstrings
from problems.naming.registry import Entry, Registry

__all__ = ["METHODS", "Run", "minimize"]

keep_docstrings("cma")


class Methods(Registry):
    """The methods by name, and chains of them: ``adam@500+hill-climb``."""

    def named(self, name: str) -> Entry | None:
        """Look up a name, an alias or a chain of those, and no file."""
        if "+" not in name:
            return super().named(name)
        try:
            return parse_chain(name, self._part)
        except ValueError:
            return None

    def _part(self, name: str) -> Entry:
        found = super().named(name)
        if found is None:
            raise ValueError(f"{name!r} is no name of a method")
        return found

    def entry(self, name: str) -> Entry:
        """Look up a name, an alias, ``path/to/file.py:function`` or a chain of those."""
        return parse_chain(name, super().entry) if "+" in name else super().entry(name)


METHODS = Methods("method", ENTRIES)
