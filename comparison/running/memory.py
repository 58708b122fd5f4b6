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


def forget_peak() -> bool:
    """Make `peak` count from now on, for this process; return whether it does.

    Linux takes it by proc_pid_clear_refs(5), where the kernel was built with that.
    """
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return False
    return True


def peak() -> int | None:
    """Return the most bytes that this process has held, None where that cannot be told.

    It is ``VmHWM`` of proc_pid_status(5): resource.getrusage's ``ru_maxrss`` begins
    with what the parent held when it started the process.
    """
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return None
    found = [line.split() for line in lines if line.startswith("VmHWM:")]
    return 1024 * int(found[0][1]) if found else None
