"""A results file of schema 1, written as the version before schema 2 wrote it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

from comparison.results.store import APPLICATION_ID

TABLES = (
    f"PRAGMA application_id={APPLICATION_ID}",
    "PRAGMA user_version=1",
    "CREATE TABLE runs "
    "(key TEXT PRIMARY KEY, problem_key TEXT, run TEXT, trace TEXT) WITHOUT ROWID",
    "CREATE INDEX by_problem ON runs (problem_key)",
)

#: Three full gradients and two looks, over 100 observations each.
TRACE = [
    ["value", 2.5, 1.0, 1, 0, 0.01, 0.02],
    ["measured", 2.0, 4.0, 1, 1, 0.02, 0.03],
    ["value", 1.5, 11.0, 2, 3, 0.03, 0.04],
]


def record(seed=0, **changes):
    """Return a run as schema 1 had it: without its dimension, provenance and fingerprint."""
    return {
        "method": "adam",
        "problem": "next-token-table",
        "instance": 0,
        "seed": seed,
        "method_options": {"learning_rate": 0.1, "batch": None},
        "problem_options": {"corpus": "markov:length=200,symbols=4"},
        "budget": {"work": 11.0, "seconds": 20, "target": None},
        "x": [0.5, -1.0],
        "value": 1.5,
        "last": 2.0,
        "score": 1.75,
        "bound": None,
        "ended": "budget",
        "message": "",
        "description": "a",
        "title": "a table",
        "anchors": {"unigram": 3.0, "unknown": "nan"},
        "reference": {
            "value": 0.25,
            "kind": "bound",
            "source": "an argument",
            "tolerance": 1e-09,
            "uncertainty": 0.0,
        },
        "ledger": {
            "work": 11.0,
            "values": 2,
            "gradients": 3,
            "losses": 0,
            "passes": 0,
            "rows": 20,
            "tokens": 500,
            "steps": 0,
            "restarts": 0,
            "samples": 0,
            "nodes": 0,
            "iterations": 0,
            "invalid": 0,
            "cpu_seconds": 0.03,
            "wall_seconds": 0.05,
        },
        "versions": {"python": "3.11.7", "beyond-gradient": "0.1.0"},
        "best_of_n": [[1, 2.5, 1.5, 3.5]],
        **changes,
    }


def write(path, runs=3, trace=TRACE):
    """Write a file of so many runs; the last has no trace, as one that found nothing."""
    with closing(sqlite3.connect(path)) as database:
        for statement in TABLES:
            database.execute(statement)
        for seed in range(runs):
            points = json.dumps(trace if seed < runs - 1 else [])
            row = (f"key {seed}", f"problem {seed % 2}", json.dumps(record(seed)), points)
            database.execute("INSERT INTO runs VALUES (?, ?, ?, ?)", row)
        database.commit()


def rows_of(path):
    """Return the version of a file and all of its rows, as the version before read it."""
    with closing(sqlite3.connect(path)) as database:
        (version,) = database.execute("PRAGMA user_version").fetchone()
        rows = database.execute("SELECT key, problem_key, run, trace FROM runs").fetchall()
        return version, rows
