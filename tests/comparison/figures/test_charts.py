"""Every figure: drawn from plain rows, with the names, units and lines that it has to have."""

from __future__ import annotations

import re

import pytest

from comparison.figures.bounds import bound_and_incumbent
from comparison.figures.contenders import present
from comparison.figures.critical_difference import critical_difference
from comparison.figures.ecdf import ecdf
from comparison.figures.export import save, specification
from comparison.figures.heat_map import heat_map
from comparison.figures.profile import data_profile, performance_profile
from comparison.figures.quality import nearest, quality_against_compute
from comparison.figures.unit_flips import segments, unit_flips
from tests.comparison.figures import rows

S = rows.STYLES


def texts(chart, folder, styles=S):
    """Return all text that is drawn, in order."""
    svg = save(chart, folder / "chart.svg", styles).read_text(encoding="utf-8")
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def marks(chart, role, folder):
    """Return the SVG elements of one kind of mark."""
    svg = save(chart, folder / "chart.svg", S).read_text(encoding="utf-8")
    groups = re.findall(rf'<g class="mark-{role} role-mark[^>]*[^/]>(.*?)</g>', svg, flags=re.S)
    return [element for group in groups for element in re.findall(r"<(?:path|line)[^>]*>", group)]


CHARTS = {
    "quality": lambda: quality_against_compute(
        rows.curves(), S, runs=rows.runs(), reference=rows.REFERENCE, cost="looks", value="error"
    ),
    "gap": lambda: quality_against_compute(
        rows.curves(), S, reference=rows.REFERENCE, cost="looks", value="error", height="gap"
    ),
    "ecdf": lambda: ecdf(rows.shares("cost"), S, cost="looks"),
    "performance profile": lambda: performance_profile(rows.shares("ratio"), S, cost="looks"),
    "data profile": lambda: data_profile(rows.shares("budget"), S),
    "ranks": lambda: critical_difference(rows.ranks(), 3.1, rows.CLIQUES, S),
    "heat map": lambda: heat_map(rows.cells()),
    "bounds": lambda: bound_and_incumbent(rows.progress(), S, value="error"),
    "unit flips": lambda: unit_flips(rows.flips(), S),
}
AXES = {
    "quality": ["looks", "error"],
    "gap": ["looks", "error: gap to the reference"],
    "ecdf": ["looks", "targets reached"],
    "performance profile": ["looks ÷ the cheapest", "targets reached"],
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
    found = specification(CHARTS[name]())
    assert "config" not in found
    assert found["params"][0] == {"name": "isolated", "value": []}
    assert found["description"]


def test_a_title_heads_it(tmp_path):
    chart = ecdf(rows.shares("cost"), S, title="a heading")
    assert "a heading" in texts(chart, tmp_path)


def test_a_page_has_its_own_legend(tmp_path):
    assert "adam" not in texts(ecdf(rows.shares("cost"), S, legend=False), tmp_path)


def test_a_proven_optimum_is_a_solid_line_and_a_bound_a_dashed_one(tmp_path):
    def line(proven):
        reference = {**rows.REFERENCE, "proven": proven}
        chart = quality_against_compute(rows.curves(), S, reference=reference)
        (rule,) = marks(chart, "rule", tmp_path)
        return rule

    assert 'stroke-dasharray="1,0"' in line(True)
    assert 'stroke-dasharray="4,3"' in line(False)


def test_the_reference_is_named_with_its_value(tmp_path):
    assert "certified optimum 0.72" in texts(CHARTS["quality"](), tmp_path)


def test_without_a_reference_there_is_no_line(tmp_path):
    assert marks(quality_against_compute(rows.curves(), S), "rule", tmp_path) == []


def test_the_gap_ends_at_a_third_of_the_least_one():
    assert nearest([{"value": None}, {"value": 2.0}, {"value": 3.5}], 2.0) == 0.5
    assert nearest([], 2.0) == pytest.approx(1e-12)


def test_present_keeps_the_order_of_the_styles():
    found = present(S, [{"contender": "genetic"}, {"contender": "adam"}])
    assert [style.contender for style in found] == ["adam", "genetic"]


def test_ranks_are_drawn_best_first_with_a_bar_a_clique(tmp_path):
    shuffled = rows.ranks()[::-1]
    chart = critical_difference(shuffled, 3.1, [*rows.CLIQUES, ["adam"]], S)
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
    layer = specification(heat_map(few))["layer"][0]
    assert layer["encoding"]["y"]["sort"] == ["good", "bad", "never ran"]


def winners(*by_unit):
    """Return rows of one problem: who has rank 1, by unit; None for a unit without ranks."""
    return [
        {"problem": "p", "unit": f"unit {i}", "contender": name, "rank": 1, "value": 0.0}
        for i, names in enumerate(by_unit)
        for name in names
    ]


def strips(*by_unit):
    found = segments(winners(*by_unit))
    return [(each["contender"], each["start"], each["end"]) for each in found]


def test_a_strip_is_cut_where_the_winner_changes():
    assert strips(["a"], ["a"], ["b"], ["a"]) == [("a", 0, 2), ("b", 2, 3), ("a", 3, 4)]


def test_a_tie_is_no_cut():
    assert strips(["a", "b"], ["b"], ["b", "c"], ["c"]) == [("b", 0, 3), ("c", 3, 4)]
    assert segments(winners(["a", "b"]))[0]["label"] == "a = 1 more"


def test_who_found_no_value_wins_nothing():
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
    flipped = unit_flips([{**row, "unit": f"'{row['unit']}\""} for row in strange], S)
    assert texts(flipped, tmp_path)
    ranked = critical_difference([{"contender": name, "rank": 1.0}], 1.0, [], S)
    assert "&lt;script&gt;'\"\\ {cost}" in texts(ranked, tmp_path)
