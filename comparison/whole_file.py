"""A file that is written whole or not at all, at whatever stands at its path."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import sys
from pathlib import Path

#: Names of standard output; what it leads to, a file perhaps, is the caller's to replace.
STANDARD_OUTPUT = ("-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")

#: Whether the system can tell what this process may do, rather than who started it.
EFFECTIVE = os.access in os.supports_effective_ids


def write_whole(path: str | Path, content: str | bytes) -> None:
    """Write a file as a shell's ``>`` does, but leave what was there until all is written.

    A link is followed, and stays one. What is there keeps its permissions, and is refused
    where they forbid to write. A pipe or a device is written to, and ``-`` is standard
    output. A folder that does not exist is not made.

    Parameters
    ----------
    path : str or Path
    content : str or bytes
        Text is written as UTF-8.

    Raises
    ------
    OSError
        When it cannot be written; its `strerror` says why.
    """
    name = os.fspath(path)
    data = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    if name in STANDARD_OUTPUT:
        _print(data)
        return
    if not name or "\0" in name:
        raise OSError(0, f"expected the name of a file, not {name!r}")
    place = os.path.realpath(name)
    try:
        mode = os.stat(place).st_mode
    except FileNotFoundError:
        mode = None
    if mode is not None and stat.S_ISDIR(mode):
        raise IsADirectoryError(0, "it is a folder, not a file")
    if mode is None and not os.path.isdir(os.path.dirname(place)):
        folder = os.path.dirname(name) or os.path.dirname(place)
        raise FileNotFoundError(0, f"No such file or directory: there is no folder {folder}")
    if mode is not None and not os.access(place, os.W_OK, effective_ids=EFFECTIVE):
        raise PermissionError(0, "it may not be written to")
    if (mode is not None and not stat.S_ISREG(mode)) or name.startswith(("/dev/", "/proc/")):
        with open(name, "ab") as file:
            file.write(data)
        return
    _replace(place, data, mode)


def _replace(place: str, data: bytes, mode: int | None) -> None:
    """Write a file beside, and put it in the place of what was there."""
    beside = os.path.join(os.path.dirname(place), f".{secrets.token_hex(6)}.part")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    except PermissionError:
        if mode is None:
            raise
        # Nothing can be made in its folder, but the file itself may be written to.
        Path(place).write_bytes(data)
        return
    try:
        with os.fdopen(descriptor, "wb") as file:
            if mode is not None:
                with contextlib.suppress(OSError):  # some file systems have no permissions
                    os.chmod(beside, stat.S_IMODE(mode))
            file.write(data)
        os.replace(beside, place)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(beside)
        raise


def _print(data: bytes) -> None:
    """Write to standard output, also where a test or a notebook has put another one there."""
    sys.stdout.flush()
    binary = getattr(sys.stdout, "buffer", None)
    if binary is None:
        sys.stdout.write(data.decode())
    else:
        binary.write(data)
    sys.stdout.flush()
