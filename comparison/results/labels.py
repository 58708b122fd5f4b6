"""Names that tell the runs of a results file apart, as short as they can be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def labels(variants: Mapping[str, tuple[str, dict[str, Any]]]) -> dict[str, str]:
    """Name each run by a name and by what differs between the runs of that name.

    Parameters
    ----------
    variants : mapping of str to (str, dict)
        By run: a name, and what it was made with.
    """
    texts = {
        run: (name, {key: _text(value) for key, value in settings.items()})
        for run, (name, settings) in variants.items()
    }
    first: dict[str, dict[str, str]] = {}
    differs: dict[str, set[str]] = {}
    for name, settings in texts.values():
        earlier = first.setdefault(name, settings)
        # What is not set, or was no option yet when the run was made, is empty.
        differs.setdefault(name, set()).update(
            key
            for key in earlier.keys() | settings.keys()
            if earlier.get(key, "") != settings.get(key, "")
        )
    named = {}
    for run, (name, settings) in texts.items():
        shown = [f"{key}={text}" for key, text in settings.items() if text and key in differs[name]]
        named[run] = f"{name} ({', '.join(shown)})" if shown else name
    return named


def _text(value: Any) -> str:
    """Show a setting: a number as short as tells it from any other, what is not set as empty."""
    if value is None:
        return ""
    if isinstance(value, float):
        short = f"{value:g}"
        return short if float(short) == value else repr(value)
    return str(value)
