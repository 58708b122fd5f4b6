"""How much memory there is, and how much a process and its children hold."""

from __future__ import annotations

import os
from pathlib import Path

from comparison.running.guard import children

#: The share of the machine's memory that all runs may hold together.
SHARE = 0.8

#: Where a container's limit stands: control groups of version 2, and of version 1.
LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)


def share(jobs: int) -> float:
    """Return the bytes that one of `jobs` runs may hold by default."""
    return SHARE * available() / jobs


def available() -> int:
    """Return the bytes of memory that this machine, or the container, has."""
    limits = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for path in LIMITS:
        try:
            limits.append(int(path.read_text()))
        except (OSError, ValueError):  # there is none, or it is "max"
            continue
    return min(limits)


class Watch:
    """Measures now and then what the children of a process hold, all that they start included.

    To count shared pages in parts the kernel walks all pages, so it is asked for that only
    when the resident memory, which is at least as much, has grown.

    Attributes
    ----------
    peak : int
        The most bytes that were seen, 0 where the system does not tell.
    """

    def __init__(self) -> None:
        self.peak = 0
        self._grown = 0.0

    def measure(self, pid: int, limit: float) -> float:
        """Return the bytes that the children of a process hold; 0 if these have not grown."""
        processes = [process for child in children(pid) for process in family(child)]
        most = sum(map(resident, processes))
        if most > min(self._grown, limit):
            self._grown = 1.05 * most
            held = sum(map(proportional, processes))
            self.peak = max(self.peak, held)
            return held
        return 0.0


def family(pid: int) -> list[int]:
    """Return the numbers of a process and its descendants."""
    family, waiting = [], [pid]
    while waiting:
        family.append(waiting.pop())
        waiting += children(family[-1])
    return family


def resident(pid: int | str) -> int:
    """Return a process's resident bytes, shared ones in full, 0 where the system does not tell."""
    return _bytes_in_proc(pid, "status", b"VmRSS:")


def proportional(pid: int | str = "self") -> int:
    """Return a process's proportional set size in bytes, 0 where the system does not tell.

    See ``/proc/PID/smaps_rollup`` in proc_pid_smaps(5): the process's own pages, and an nth of
    the pages that n processes share.
    """
    return _bytes_in_proc(pid, "smaps_rollup", b"Pss:")


def forget_peak() -> int | None:
    """Make `grown` count from now on and return the resident bytes; None where that fails.

    See proc_pid_clear_refs(5): the kernel has to be built with it.
    """
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return None
    return resident("self")


def grown(before: int) -> int:
    """Return by how many bytes the peak since `forget_peak` exceeds what was resident before.

    The peak is ``VmHWM`` of proc_pid_status(5): resource.getrusage's ``ru_maxrss`` would begin
    with what the parent held when it started the process.
    """
    return max(0, _bytes_in_proc("self", "status", b"VmHWM:") - before)


def _bytes_in_proc(pid: int | str, file: str, name: bytes) -> int:
    """Return the bytes that a line of a process's file in ``/proc`` tells, 0 if it is not there.

    Parameters
    ----------
    pid : int or str
        A process that has ended meanwhile has no such file.
    file : str
    name : bytes
        How the line begins; no text, as a process may be called by bytes that are none.
    """
    try:
        lines = (Path("/proc") / str(pid) / file).read_bytes().splitlines()
    except OSError:
        return 0
    return sum(1024 * int(line.split()[1]) for line in lines if line.startswith(name))
