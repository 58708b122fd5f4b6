"""The job shop's format: machine and duration of each step, one job a line."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from problems.combinatorial.instance_file import read_lines

#: Taillard's largest instances have 100 jobs on 20 machines; the same limit holds a file.
MOST_OPERATIONS = 2000
#: Longest duration of a file.
LONGEST_READ = 10**9


def read_job_shop(path: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return machine and duration of every step, each of shape (jobs, machines).

    Raises
    ------
    FormatError
        Naming file and line, where the file does not follow the format.
    """
    head, *rows = read_lines(path, comments="#")
    if len(head.words) != 2:
        head.fail(f"expected 'jobs machines', not {head.text[:40]!r}")
    n = head.whole(head.words[0], 1, MOST_OPERATIONS)
    m = head.whole(head.words[1], 1, MOST_OPERATIONS // n)
    if len(rows) < n:
        (rows or [head])[-1].fail(f"the file ends after {len(rows)} of {n} jobs")
    if len(rows) > n:
        rows[n].fail(f"expected the end of the file after {n} jobs")
    machine, duration = np.empty((2, n, m), dtype=np.int64)
    for j, row in enumerate(rows):
        if len(row.words) != 2 * m:
            row.fail(f"expected {m} pairs of machine and duration, not {len(row.words)} words")
        machine[j] = [row.whole(word, 0, m - 1) for word in row.words[::2]]
        duration[j] = [row.whole(word, 0, LONGEST_READ) for word in row.words[1::2]]
        if len(set(machine[j].tolist())) < m:
            row.fail("a job visits every machine once")
    return machine, duration
