"""What is said of a run's method and problem: what was stored with it, and nothing imported."""

from __future__ import annotations

from methods import METHODS
from methods.result import Facts, Run


def facts_of(run: Run) -> Facts:
    """Return what is known of a run's method and problem.

    Of a run of an older version, which did not store it, that is what the catalogue says
    of its method without loading it; of a method or a problem from a user's file nothing,
    since a name in a results file is no reason to open a file.
    """
    if run.facts is not None:
        return run.facts
    entry = METHODS.named(run.method)
    if entry is None:
        return Facts()
    return Facts(entry.family, entry.seeded, entry.white_box, entry.needs)
