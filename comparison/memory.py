"""How much memory there is, and how much a process and its children hold."""

from __future__ import annotations

import os
from pathlib import Path

#: What the runs of a comparison may hold together, of the machine's memory.
SHARE = 0.8

#: Where a container's limit stands: control groups of version 2, and of version 1.
LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)


def share(jobs: int) -> float:
    """Return the bytes that one of `jobs` runs may hold, if nothing else is said."""
    return SHARE * available() / jobs


def available() -> int:
    """Return the bytes of memory that this machine, or the container, has."""
    found = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for path in LIMITS:
        try:
            found.append(int(path.read_text()))
        except (OSError, ValueError):  # there is none, or it is "max"
            continue
    return min(found)


def held(pid: int) -> int:
    """Return the bytes that a process and its descendants hold, 0 where that cannot be told.

    It is their resident memory, as address space costs nothing; Linux tells it in
    ``/proc``. Pages that they share count for each.
    """
    total, waiting = 0, [pid]
    while waiting:
        folder = Path("/proc") / str(waiting.pop())
        try:
            pages = int((folder / "statm").read_text().split()[1])
            for thread in (folder / "task").iterdir():
                waiting += map(int, (thread / "children").read_text().split())
        except (OSError, ValueError):  # it has ended meanwhile
            continue
        total += pages * os.sysconf("SC_PAGE_SIZE")
    return total
