"""What ends a run and is none of its doing: such a run is made again by the same command."""

from __future__ import annotations

from errno import EAGAIN, EDQUOT, EIO, EMFILE, ENFILE, ENOMEM, ENOSPC
from pathlib import Path

from problems.core.error_text import message_of

#: What the machine had none of: open files, processes, memory for one, room on a disk.
_SCARCE = {EMFILE, ENFILE, ENOSPC, EDQUOT, EAGAIN, ENOMEM, EIO}

#: How `tempfile` begins where every folder that it knows of is full or closed to it.
_NO_ROOM = "No usable temporary directory"


class Accident(Exception):  # noqa: N818 - reads as what happened
    """Something failed for a reason that may be gone the next time; the message says which."""


def accidental(error: BaseException | None) -> bool:
    """Whether an error, or one that it came of, is the machine's and not the run's."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, OSError) and (error.errno in _SCARCE or _NO_ROOM in message_of(error)):
            return True
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return False


def present(name: str) -> bool:
    """Whether the file of ``path/to/file.py:thing`` is there."""
    return Path(name.rpartition(":")[0]).expanduser().is_file()
