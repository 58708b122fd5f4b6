"""A statistic, a counter and a format of exports are an entry each, and show everywhere.

They are added to a copy of the repository, whose command line is then run.
"""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from tests.tracked_copy import TrackedCopy

#: By file, the line that is added and the line that it is put before.
ADDED = {
    "comparison/analysis/columns.py": (
        '    Column("worst", lambda row: max(r.value for r in row.made), hint="the worst seed"),',
        '_of_seeds("ended"',
    ),
    "problems/core/ledger.py": ("    visits: int = 7", "cpu_seconds: float = 0.0"),
    "comparison/export/__init__.py": (
        '    "values": "comparison.export.values:write_values",',
        '"parquet":',
    ),
}
FORMAT = """
def write_values(results, folder):
    (folder / "values.txt").write_text("\\n".join(str(run.value) for run in results))
    return [f"values.txt: {len(results)} runs"]
"""
#: What is run in the copy, and where its output goes.
RUN = ["hill-climb", "--problem", "onemax", "--budget", "20", "--seeds", "2"]
COMMANDS = {
    **{name: [*RUN, "--format", name] for name in ("table", "csv", "json", "markdown", "latex")},
    "page": ["report"],
    "csv export": ["export", "--format", "csv"],
    "values export": ["export", "--format", "values"],
}
SCRIPT = """
import contextlib, json, runner, sys
for name, command in json.loads(sys.argv[1]).items():
    with open(name + ".txt", "w", encoding="utf-8") as file, contextlib.redirect_stdout(file):
        assert runner.main(command) == 0, name
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Return a folder with the output of every command."""
    copy = TrackedCopy(tmp_path_factory.mktemp("copy"))
    for name, (line, before) in ADDED.items():
        copy.add_line(name, line, before)
    copy.add("comparison/export/values.py", FORMAT)
    copy.python("-c", SCRIPT, json.dumps(COMMANDS))
    return copy.folder


def printed(folder: Path, command: str) -> str:
    return (folder / f"{command}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["table", "markdown", "latex"])
@pytest.mark.parametrize("column", ["worst", "visits"])
def test_a_table_of_text_has_the_new_column(folder, command, column):
    assert re.search(rf"\b{column}\b", printed(folder, command))


def test_the_data_hold_the_new_columns(folder):
    (row,) = json.loads(printed(folder, "json"))
    assert row["worst"] >= row["value"]
    assert row["visits"] == 7
    (line,) = csv.DictReader(printed(folder, "csv").splitlines())
    assert (float(line["worst"]), float(line["visits"])) == (row["worst"], 7)


def test_the_page_shows_the_new_columns_with_their_hint(folder):
    page = (folder / "report.html").read_text(encoding="utf-8")
    data = json.loads(re.search(r'id="data"[^>]*>(.*?)</script>', page, re.S).group(1))
    hints = {column["name"]: column["hint"] for column in data["columns"]}
    assert hints["worst"] == "the worst seed"
    assert "visits" in hints
    (row,) = json.loads(printed(folder, "json"))
    shown = {name: data["shared"][place] for name, place in data["summary"].items()}
    assert (shown["worst"], shown["visits"]) == ([row["worst"]], [7])


def test_an_export_holds_the_new_columns(folder):
    tables = folder / "comparison-csv"
    (row,) = csv.DictReader((tables / "summary.csv").read_text().splitlines())
    assert float(row["worst"]) >= float(row["value"])
    assert float(row["visits"]) == 7
    runs = csv.DictReader((tables / "runs.csv").read_text().splitlines())
    assert [run["visits"] for run in runs] == ["7", "7"]


def test_a_new_format_is_written_by_the_command_line(folder):
    assert "values.txt: 2 runs" in printed(folder, "values export")
    values = (folder / "comparison-values" / "values.txt").read_text().split()
    (row,) = json.loads(printed(folder, "json"))
    assert max(map(float, values)) == row["worst"]
