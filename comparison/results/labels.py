"""The shortest labels that tell the runs of a results file apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def labels(variants: Mapping[str, tuple[str, dict[str, Any]]]) -> dict[str, str]:
    """Label each run by its name and by the settings that differ between runs of that name.

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
        # An option that is not set, or did not exist when the run was made, is empty.
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
    """Show a setting: a number as short as is exact, None as empty."""
    if value is None:
        return ""
    if isinstance(value, float):
        short = f"{value:g}"
        return short if float(short) == value else repr(value)
    return str(value)
