"""A thing of a library by its name: the closest names where there is none, or why it cannot be."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Mapping
from typing import Any

#: Names that are offered where one is wrong; below as many, all are.
MOST_OFFERED = 5


def require_named(
    option: str, name: str, names: Collection[str], library: str, refused: Mapping[str, str]
) -> None:
    """Raise unless a library has something of that name that can be used.

    Parameters
    ----------
    option : str
        What the user says it by, for the message.
    name : str
    names : collection of str
        Those that can be used.
    library : str
        Whose they are.
    refused : mapping of str to str
        Why others cannot be used, and what can.

    Raises
    ------
    ValueError
        With the reason, or with the closest names.
    """
    if name in refused:
        raise ValueError(f"{option}={name}: {refused[name]}")
    if name not in names:
        usable = {each.lower(): each for each in sorted(names)}
        close = difflib.get_close_matches(name.lower(), usable, n=MOST_OFFERED, cutoff=0.5)
        offered = ", ".join(usable[each] for each in close) if close else ""
        if len(names) <= 4 * MOST_OFFERED:
            expected = f"expected one of {', '.join(sorted(names))}"
            raise ValueError(
                f"{option}={name}: {expected}"
                + (f"; did you mean {usable[close[0]]!r}?" if close else "")
            )
        raise ValueError(
            f"{option}={name}: expected one of the {len(names)} that {library} has"
            + (f"; the closest are {offered}" if offered else f", such as {min(names)}")
        )


def built(option: str, name: str, library: str, make: Callable[[], Any]) -> Any:
    """Return what `make` builds; what the library says against it is an option's error.

    Raises
    ------
    ValueError
    """
    try:
        return make()
    except Exception as error:  # a library raises whatever it likes
        said = " ".join(str(error).split()) or type(error).__name__
        raise ValueError(f"{option}={name}: {library} says: {said}") from error
