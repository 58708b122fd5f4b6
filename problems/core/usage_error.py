"""The error of whoever asked, as opposed to a fault of the code that was asked."""

from __future__ import annotations


class UsageError(ValueError):
    """What was asked for cannot be done; the message is for the person who asked.

    It says what was wrong, what was expected and what to type. The command line shows it
    in one line and exits with 2; any other error is a fault of the suite or of a user's
    code, and exits with 1.
    """


def shown(returned: object) -> str:
    """Return what a user's function returned, and its type, in one line that is not long."""
    text = " ".join(repr(returned).split())
    text = text if len(text) <= 60 else f"{text[:57]}..."
    return f"{text} of type {type(returned).__name__}"
