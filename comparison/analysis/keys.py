"""The fields that rows of the analysis share."""

from __future__ import annotations

from typing import TypedDict


class OnInstance(TypedDict):
    """A row about an instance of a problem, by the problem's label."""

    problem: str
    instance: int


class OfContender(OnInstance):
    """A row about a contender on an instance."""

    contender: str
