"""The fields that rows of the analysis share."""

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
