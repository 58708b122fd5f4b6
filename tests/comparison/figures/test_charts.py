"""Every figure: drawn from plain rows, with the names, units and lines that it has to have."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from comparison.figures.bounds import bound_and_incumbent
from comparison.figures.contenders import present
from comparison.figures.critical_difference import critical_difference
from comparison.figures.data_profile import data_profile
from comparison.figures.ecdf import ecdf
from comparison.figures.export import save, specification
from comparison.figures.figure import Frame, Panel
from comparison.figures.heat_map import heat_map
from comparison.figures.performance_profile import performance_profile
from comparison.figures.quality import nearest, quality_against_compute
from comparison.figures.unit_flips import segments, unit_flips
from tests.comparison.figures import rows

S = rows.STYLES


def texts(chart, folder, styles=S):
    """Return all text that is drawn, in order."""
    svg = save(specification(chart), folder / "chart.svg", styles).read_text(encoding="utf-8")
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def marks(chart, role, folder):
    """Return the SVG elements of one kind of mark."""
    svg = save(specification(chart), folder / "chart.svg", S).read_text(encoding="utf-8")
    groups = re.findall(rf'<g class="mark-{role} role-mark[^>]*[^/]>(.*?)</g>', svg, flags=re.S)
    return [element for group in groups for element in re.findall(r"<(?:path|line)[^>]*>", group)]


FRAME = Frame(S, cost="evaluations", value="error")
CHARTS = {
    "quality": lambda: quality_against_compute(rows.quality(), FRAME),
    "gap": lambda: quality_against_compute(rows.quality(), replace(FRAME, height="gap")),
    "ecdf": lambda: ecdf(Panel({"shares": rows.shares("cost")}), FRAME),
    "performance profile": lambda: performance_profile(
        Panel({"shares": rows.shares("ratio")}), FRAME
    ),
    "data profile": lambda: data_profile(Panel({"shares": rows.shares("budget")}), FRAME),
    "ranks": lambda: critical_difference(rows.ranking(), FRAME),
    "heat map": lambda: heat_map(Panel({"cells": rows.cells()}), FRAME),
    "bounds": lambda: bound_and_incumbent(rows.bounds(), FRAME),
    "unit flips": lambda: unit_flips(Panel({"ranks": rows.flips()}), FRAME),
}
AXES = {
    "quality": ["evaluations", "error"],
    "gap": ["evaluations", "error: gap to the reference"],
    "ecdf": ["evaluations", "targets reached"],
    "performance profile": ["evaluations ÷ the cheapest", "targets reached"],
    "data profile": ["work / (dimension + 1)", "targets reached"],
    "ranks": ["mean rank (1 is best)"],
    "bounds": ["seconds", "error"],
}


@pytest.mark.parametrize("name", CHARTS)
def test_it_names_its_axes_and_every_contender(name, tmp_path):
    drawn = texts(CHARTS[name](), tmp_path)
    assert set(AXES.get(name, [])) <= set(drawn)
    if name not in ("bounds", "unit flips"):
        assert set(rows.FAMILIES) <= set(drawn)


@pytest.mark.parametrize("name", CHARTS)
def test_no_configuration_and_no_colour_is_written_into_it(name):
    spec = specification(CHARTS[name]())
    assert "config" not in spec
    assert spec["params"][0] == {"name": "isolated", "value": []}
    assert spec["description"]


def test_a_title_heads_it(tmp_path):
    chart = ecdf(Panel({"shares": rows.shares("cost")}), Frame(S, title="a heading"))
    assert "a heading" in texts(chart, tmp_path)


def test_a_page_has_its_own_legend(tmp_path):
    chart = ecdf(Panel({"shares": rows.shares("cost")}), Frame(S, legend=False))
    assert "adam" not in texts(chart, tmp_path)


def test_a_proven_optimum_is_a_solid_line_and_a_bound_a_dashed_one(tmp_path):
    def line(proven):
        reference = {**rows.REFERENCE, "proven": proven}
        chart = quality_against_compute(rows.quality(reference=[reference]), FRAME)
        (rule,) = marks(chart, "rule", tmp_path)
        return rule

    assert 'stroke-dasharray="1,0"' in line(True)
    assert 'stroke-dasharray="4,3"' in line(False)


def test_the_reference_is_named_with_its_value(tmp_path):
    assert "certified optimum 0.72" in texts(CHARTS["quality"](), tmp_path)


def test_without_a_reference_there_is_no_line(tmp_path):
    chart = quality_against_compute(rows.quality(reference=[]), FRAME)
    assert marks(chart, "rule", tmp_path) == []


def test_the_gap_ends_at_a_third_of_the_least_one():
    assert nearest([{"value": None}, {"value": 2.0}, {"value": 3.5}], 2.0) == 0.5
    assert nearest([], 2.0) == pytest.approx(1e-12)


def test_present_keeps_the_order_of_the_styles():
    styles = present(S, [{"contender": "genetic"}, {"contender": "adam"}])
    assert [style.contender for style in styles] == ["adam", "genetic"]


def test_ranks_are_drawn_best_first_with_a_bar_a_clique(tmp_path):
    shuffled = rows.ranking(rows.ranks()[::-1], cliques=[*rows.CLIQUES, ["adam"]])
    chart = critical_difference(shuffled, FRAME)
    drawn = texts(chart, tmp_path)
    assert [text for text in drawn if text in rows.FAMILIES] == list(rows.FAMILIES)
    assert "CD = 3.10" in drawn
    bars = specification(chart)["datasets"]["cliques"]
    assert [(round(bar["low"], 2), round(bar["high"], 2)) for bar in bars] == [
        (1.2, 4.05),
        (4.05, 5.95),
        (6.9, 9.75),
    ]


def test_a_cell_that_is_unsupported_is_a_frame_and_not_a_bad_number(tmp_path):
    drawn = texts(CHARTS["heat map"](), tmp_path)
    assert drawn.count("—") == 2
    assert drawn.count("&lt; 0") == 5


def test_heat_map_puts_the_best_contender_on_top():
    few = [
        {"contender": "bad", "problem": "p", "quality": 0.1},
        {"contender": "never ran", "problem": "p", "quality": None},
        {"contender": "good", "problem": "p", "quality": 0.9},
    ]
    layer = specification(heat_map(Panel({"cells": few}), FRAME))["layer"][0]
    assert layer["encoding"]["y"]["sort"] == ["good", "bad", "never ran"]


def winners(*by_unit):
    """Return rows of one problem: the contenders of rank 1, by unit."""
    return [
        {"problem": "p", "unit": f"unit {i}", "contender": name, "rank": 1, "value": 0.0}
        for i, names in enumerate(by_unit)
        for name in names
    ]


def strips(*by_unit):
    drawn = segments(winners(*by_unit))
    return [(each["contender"], each["start"], each["end"]) for each in drawn]


def test_a_strip_is_cut_where_the_winner_changes():
    assert strips(["a"], ["a"], ["b"], ["a"]) == [("a", 0, 2), ("b", 2, 3), ("a", 3, 4)]


def test_a_tie_is_no_cut():
    assert strips(["a", "b"], ["b"], ["b", "c"], ["c"]) == [("b", 0, 3), ("c", 3, 4)]
    assert segments(winners(["a", "b"]))[0]["label"] == "a = 1 more"


def test_a_contender_without_a_value_wins_nothing():
    lost = [{"problem": "p", "unit": "u", "contender": "a", "rank": 1, "value": None}]
    assert segments(lost) == []


def test_a_long_name_takes_two_lines_or_is_cut():
    (strip,) = segments(winners(["differential-evolution"]))
    assert (strip["label"], strip["more"]) == ("differential-", "evolution")
    (strip,) = segments(winners(["averyverylongname(option=0.123456789)"]))
    assert strip["label"] == "averyverylong"
    assert strip["more"].endswith("…")
    assert len(strip["more"]) == 13
    (strip,) = segments(winners(["adam+hill-climb"]), 10)
    assert (strip["label"], strip["more"]) == ("adam+hill-", "climb")


def test_a_name_can_be_anything(tmp_path):
    name = "<script>'\"\\ {cost}"
    strange = [{**row, "contender": name} for row in rows.flips()]
    quoted = [{**row, "unit": f"'{row['unit']}\""} for row in strange]
    assert texts(unit_flips(Panel({"ranks": quoted}), FRAME), tmp_path)
    alone = rows.ranking([{"contender": name, "rank": 1.0}], 1.0, [])
    ranked = critical_difference(alone, FRAME)
    assert "&lt;script&gt;'\"\\ {cost}" in texts(ranked, tmp_path)
