"""Facts about a run's method and problem, from the results file; nothing is imported."""

from __future__ import annotations

from methods import METHODS
from methods.result import Facts, Run


def facts_of(run: Run) -> Facts:
    """Return the facts that are stored with a run, or else those of the catalogue.

    An older version stored none: then they are what the catalogue says of the method without
    loading it, and the defaults for a method or a problem from a user's file,
    since a name in a results file is no reason to open a file.
    """
    if run.facts is not None:
        return run.facts
    entry = METHODS.named(run.method)
    if entry is None:
        return Facts()
    return Facts(entry.family, entry.seeded, entry.white_box, entry.needs)
