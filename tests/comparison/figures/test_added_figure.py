"""A figure is added by one file, and its name in the catalogue: the report and the page have it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.comparison.analysis.small import made, stored

ROOT = Path(__file__).resolve().parents[3]

FILE = '''
"""How many runs of each contender have ended."""

from collections import Counter

from comparison.figures.contenders import colour, data, layered
from comparison.figures.figure import Figure, Panel


def panels(sources):
    for place in sources.places:
        ended = Counter(sources.evidence.results.contender(run) for run in place.runs)
        rows = [{"contender": name, "runs": number} for name, number in ended.items()]
        yield Panel({"bars": rows}, {"problem": place.name})


def draw(panel, frame):
    import altair as alt

    bars = alt.Chart(data("bars")).mark_bar().encode(
        x=alt.X("runs:Q", title=f"runs to lessen the {frame.value}"),
        y=alt.Y("contender:N"),
        color=colour(frame.styles, legend=False),
    )
    return layered([bars]).properties(
        title=frame.title, width=frame.width, height=80, datasets=dict(panel.rows)
    )


FIGURE = Figure(
    name="run-count",
    title="Runs by method",
    caption="How many runs of each method have ended.",
    rows=panels,
    draw=draw,
    absent="No run has ended.",
    by=("problem",),
)
'''


@pytest.fixture
def copy(tmp_path):
    """A copy of the repository's own files, with a figure added."""
    folder = tmp_path / "copy"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if listed.returncode:
        pytest.skip("these files are no git repository")
    for name in filter(None, listed.stdout.split("\0")):
        if name.endswith((".py", ".js", ".css", ".html")) and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    (folder / "comparison/figures/run_count.py").write_text(FILE.lstrip(), encoding="utf-8")
    catalogue = folder / "comparison/figures/catalogue.py"
    before = catalogue.read_text(encoding="utf-8")
    after = before.replace('    "unit_flips",\n', '    "unit_flips",\n    "run_count",\n')
    assert len(after.splitlines()) == len(before.splitlines()) + 1
    catalogue.write_text(after, encoding="utf-8")
    return folder


def test_one_file_and_a_line_of_the_catalogue_make_a_figure(copy):
    # Runs without a curve, so that few other figures are drawn.
    runs = [
        made(method, ended="unsupported", seed=seed)
        for method in ("random-search", "hill-climb")
        for seed in range(2)
    ]
    path = stored(copy, *runs).path
    report = [sys.executable, "runner.py", "report", path, "--figures", "figures"]
    done = subprocess.run(
        [*report, "--figure-format", "svg"], cwd=copy, env={}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    picture = (copy / "figures/run-count-sphere.svg").read_text(encoding="utf-8")
    assert {"random-search", "hill-climb", "sphere"} <= set(
        re.findall(r">([^<>]+)</text>", picture)
    )

    page = (copy / "report.html").read_text(encoding="utf-8")
    section = re.search(r'<section aria-labelledby="run-count-title">.*?</section>', page, re.S)
    assert "Runs by method</h2>" in section.group()
    assert '<figure data-chart="run-count">' in section.group()
    data = json.loads(re.search(r'<script[^>]* id="data">(.*?)</script>', page, re.S).group(1))
    figure = data["figures"]["run-count"]
    assert figure["by"] == ["problem"]
    (layer,) = figure["specifications"]["value"]["layer"]
    assert layer["encoding"]["x"]["title"] == "runs to lessen the {value}"
    panel = figure["panels"]["sphere"]
    assert panel["caption"] == "How many runs of each method have ended."
    assert data["shared"][panel["rows"]["bars"]["runs"]] == [2, 2]
