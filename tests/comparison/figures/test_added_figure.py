"""A figure is added by one file, and its name in the catalogue: the report and the page have it."""

from __future__ import annotations

import json
import re

from tests.comparison.analysis.small import made, stored
from tests.tracked_copy import TrackedCopy

FILE = '''
"""How many runs of each contender have ended."""

from collections import Counter

from comparison.figures.contenders import by_contender, data
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
        **by_contender(frame.styles, "color"),
    )
    return frame.chart([bars], panel.rows, 80, "Bars, one a method.")


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


def test_one_file_and_a_line_of_the_catalogue_make_a_figure(tmp_path):
    copy = TrackedCopy(tmp_path)
    copy.add("comparison/figures/run_count.py", FILE.lstrip())
    copy.add_line("comparison/figures/catalogue.py", '    "run_count",', before='"unit_flips"')
    # Runs without a curve, so that few other figures are drawn.
    runs = [
        made(method, ended="unsupported", seed=seed)
        for method in ("random-search", "hill-climb")
        for seed in range(2)
    ]
    path = stored(tmp_path, *runs).path
    copy.run("report", path, "--figures", "figures", "--figure-format", "svg")
    picture = (tmp_path / "figures/run-count-sphere.svg").read_text(encoding="utf-8")
    assert {"random-search", "hill-climb", "sphere"} <= set(
        re.findall(r">([^<>]+)</text>", picture)
    )

    page = (tmp_path / "report.html").read_text(encoding="utf-8")
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
