"""Files of installed distributions, found without importing the packages."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from problems.naming.extra import MissingExtra, how_to_install

EXTRA = "pretrained"


def installed_file(name: str, path: str) -> Path:
    """Return where a file of an installed distribution is.

    Parameters
    ----------
    name : str
        Of the distribution, as pip calls it.
    path : str
        Within the folder that packages are installed in.

    Raises
    ------
    MissingExtra
        When the distribution is not installed, or has no such file.
    """
    try:
        file = Path(str(distribution(name).locate_file(path)))
    except PackageNotFoundError:
        raise MissingExtra(f"{name} is not installed: {how_to_install(EXTRA)}") from None
    if not file.is_file():
        raise MissingExtra(f"{name} has no file {path}: {how_to_install(EXTRA)}")
    return file
