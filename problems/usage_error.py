"""The error of whoever asked, as opposed to a fault of the code that was asked."""

from __future__ import annotations


class UsageError(ValueError):
    """What was asked for cannot be done; the message is for the person who asked.

    It says what was wrong, what was expected and what to type. The command line shows it
    in one line and exits with 2; any other error is a fault of the suite or of a user's
    code, and exits with 1.
    """
