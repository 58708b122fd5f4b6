"""Optional dependencies: what to say when one is needed and not there."""

from __future__ import annotations

import importlib.util

from problems.core.usage_error import UsageError


class MissingExtra(ImportError, UsageError):  # noqa: N818 - a script's failed import, a user's bad name
    """An optional dependency is not installed; the message says what to type."""


def require_extra(name: str, extra: str, module: str = "") -> None:
    """Raise unless the module that `extra` installs can be imported.

    Parameters
    ----------
    name : str
        What needs it, for the message.
    extra : str
        An extra of this package; empty where nothing is needed.
    module : str
        What it installs; by default that is called like the extra.

    Raises
    ------
    MissingExtra
    """
    module = module or extra
    if extra and importlib.util.find_spec(module) is None:
        raise MissingExtra(f"{name} needs {module}: {how_to_install(extra)}")


def how_to_install(extra: str) -> str:
    """Return what to type, in the folder of the suite, which no registry has."""
    return f"pip install -e '.[{extra}]'"
