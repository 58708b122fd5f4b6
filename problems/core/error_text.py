"""What an error says, as text that can be printed and stored, whatever the error is."""

from __future__ import annotations

#: Characters of a message, and of a description, that are kept.
MOST_MESSAGE, MOST_DESCRIPTION = 2_000, 100_000


def cut(text: str, most: int) -> str:
    """Return text of at most so many characters; an ellipsis stands for the rest.

    Examples
    --------
    >>> cut("a tour of many cities", 7)
    'a tour…'
    """
    return text if len(text) <= most else text[: most - 1] + "…"


def message_of(error: object) -> str:
    """Return an error's message in one line, cut; one that has none to give says so.

    Examples
    --------
    >>> message_of(ValueError("two\\nlines"))
    'two lines'
    """
    try:
        # Cut before it is split: it may be as long as memory allows.
        return cut(" ".join(str(error)[: 2 * MOST_MESSAGE].split()), MOST_MESSAGE)
    except BaseException as another:  # of a user's `__str__`
        return f"its message cannot be read: __str__ raises {type(another).__name__}"


def one_line(error: BaseException) -> str:
    """Return the type and the message of an error."""
    return f"{type(error).__name__}: {message_of(error)}".strip()
