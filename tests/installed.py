"""Parameters of a test that are skipped where they need an extra that is not installed."""

from __future__ import annotations

import pytest

from methods import METHODS
from problems import PROBLEMS


def installed(*names: str):
    """Return names of methods and problems as a parameter that knows what they need."""
    entries = [
        registry.entry(name)
        for registry in (METHODS, PROBLEMS)
        for name in names
        if name in registry.names()
    ]
    missing = [entry.missing for entry in entries if entry.missing]
    return pytest.param(*names, marks=pytest.mark.skipif(bool(missing), reason="; ".join(missing)))


EVERY_PROBLEM = [installed(name) for name in PROBLEMS.names()]
INSTALLED_PROBLEMS = [name for name in PROBLEMS.names() if not PROBLEMS.entry(name).missing]
INSTALLED_METHODS = [name for name in METHODS.names() if not METHODS.entry(name).missing]
