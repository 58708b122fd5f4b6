"""The command line in a process of its own, and what its tests read of what it left."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import runner
from comparison.results.store import Store
from tests.comparison.examples import with_traces

RUNNER = Path(runner.__file__)
RESULTS = "results.sqlite"
SMALL = ("--budget", "20", "--seeds", "2", "--results", RESULTS)


def command(*arguments, folder, **more):
    """Run the command line in a process of its own."""
    return subprocess.run(
        [sys.executable, str(RUNNER), *map(str, arguments)],
        cwd=folder,
        text=True,
        **{"capture_output": True, "timeout": 120, **more},
    )


def parsed(text):
    """Read JSON as strictly as any other language would: no NaN, no Infinity."""

    def refuse(constant):
        raise AssertionError(f"{constant} is no JSON")

    return json.loads(text, parse_constant=refuse)


def without_times(rows):
    """Return rows without what another run of the same would not repeat."""
    return [
        {k: v for k, v in row.items() if k not in ("cpu_seconds", "wall_seconds")} for row in rows
    ]


def stored_runs(path):
    """Return every run of a results file, by method and problem, with its trace."""
    if not path.is_file() or not path.stat().st_size:
        return {}
    with closing(sqlite3.connect(path)) as database:
        keys = [key for (key,) in database.execute("SELECT DISTINCT problem_key FROM runs")]
    with Store(path) as store:
        return {(r.method, r.problem): r for r in with_traces(store, keys).values()}


def counts(out):
    """Return how many runs a comparison says that it made, and how many it had."""
    made, stored = re.search(r"^(\d+) runs made, (\d+) found in", out, re.M).groups()
    return int(made), int(stored)
