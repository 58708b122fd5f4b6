"""A folder that appears when all its files are written, or not at all."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from itertools import chain, count
from pathlib import Path

from problems.core.usage_error import UsageError


@contextlib.contextmanager
def new_folder(path: str | Path) -> Iterator[Path]:
    """Yield a folder to write into, which becomes `path` when the ``with`` statement ends well.

    Raises
    ------
    UsageError
        When `path` exists, as nothing is overwritten, or cannot be written.
    """
    path = Path(path)
    if os.path.lexists(path):
        raise UsageError(f"{path}: exists already, and an export overwrites nothing")
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        partial.mkdir()
        yield partial
        partial.rename(path)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def file_names(labels: Iterable[str]) -> dict[str, str]:
    """Return a name for a file or folder by label: readable, distinct, safe on every system.

    There is no dot in it, since both readers replace endings anywhere in a path.

    Examples
    --------
    >>> file_names(["adam (rate=0.1)", "adam: rate=0.1"])
    {'adam (rate=0.1)': 'adam_rate=0_1', 'adam: rate=0.1': 'adam_rate=0_1_2'}
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for label in dict.fromkeys(labels):
        stem = re.sub(r"[^A-Za-z0-9=+@-]+", "_", label).strip("_-")[:80] or "unnamed"
        numbered = (f"{stem}_{number}" for number in count(2))
        name = next(name for name in chain([stem], numbered) if name.lower() not in taken)
        names[label] = name
        taken.add(name.lower())
    return names
