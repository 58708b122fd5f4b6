"""The fields that rows of the analysis share, and how a sentence names an instance."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class OnInstance:
    """A row about an instance of a problem, by the problem's label."""

    problem: str
    instance: int


@dataclass(frozen=True)
class OfContender(OnInstance):
    """A row about a contender on an instance."""

    contender: str


def place_name(problem: str, instance: int) -> str:
    """Return an instance as a sentence names it: the first by its problem alone."""
    return problem if instance == 0 else f"{problem} (instance {instance})"
