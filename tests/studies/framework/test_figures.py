"""What figures are made of."""

from __future__ import annotations

import numpy as np
import pytest

from comparison.figures.export import specification
from studies import framework as fw
from tests.studies.framework.small import ROWS


def test_a_path_has_a_ring_where_it_starts_and_a_dot_where_it_ends():
    rows = [{"x": i, "y": -i, "way": way, "t": i} for way in "ab" for i in (2, 0, 1)]
    x, y = fw.Axis("x", "x"), fw.Axis("y", "y")
    *_, ring, dot = specification(fw.curves(rows, x, y, "way", order="t"))["layer"]
    assert [row["x"] for row in ring["data"]["values"]] == [0, 0]
    assert [(row["x"], row["way"]) for row in dot["data"]["values"]] == [(2, "a"), (2, "b")]
    assert "fill" not in ring["encoding"]


def test_a_surface_has_as_many_points_of_each_shade():
    rows = [{"x": i, "y": j, "z": 10.0 ** (4 * i + j)} for i in range(4) for j in range(4)]
    x, y = fw.Axis("x", "x"), fw.Axis("y", "y")
    cells = specification(fw.surface(rows, x, y, "z", levels=4))["data"]["values"]
    assert np.bincount([cell["shade"] for cell in cells]).tolist() == [4, 4, 4, 4]
    assert (cells[0]["left"], cells[0]["right"]) == (-0.5, 0.5)


def test_theory_is_told_apart_under_the_pointer_only():
    rows = [{"x": 1, "y": 1, "way": "a"}, {"x": 2, "y": 4, "way": "a"}]
    spec = specification(fw.theory(rows, fw.Axis("x", "x"), fw.Axis("y", "y"), "way"))
    assert spec["encoding"]["detail"]["field"] == "way"
    assert "color" not in spec["encoding"]
    assert "axis" not in spec["encoding"]["x"]  # the curves' own, with which it would conflict


def test_curves_are_told_by_colour_and_dash_in_one_legend():
    x, y = fw.Axis("seed", "seed"), fw.Axis("x", "cost (work)", "log", (0.1, 10))
    spec = specification(fw.curves(ROWS, x, y, "way", names=["b", "a"]))
    line = next(layer for layer in spec["layer"] if layer["mark"]["type"] == "line")["encoding"]
    assert line["color"]["scale"]["domain"] == ["b", "a"]
    assert line["strokeDash"]["scale"]["domain"] == ["b", "a"]
    assert line["strokeDash"]["scale"]["range"][0] != line["strokeDash"]["scale"]["range"][1]
    assert line["y"]["title"] == "cost (work)"
    assert line["y"]["scale"]["domain"] == [0.1, 10]


def test_marks_are_hollow_where_a_column_says_that_they_are_not_solid():
    x, y = fw.Axis("seed", "seed"), fw.Axis("x", "x")
    marks = specification(fw.curves(ROWS, x, y, "way", solid="known"))["layer"][-1]["encoding"]
    assert marks["fillOpacity"]["condition"] == {"test": "datum['known']", "value": 1}
    assert marks["fillOpacity"]["value"] == 0
    assert marks["stroke"]["field"] == marks["fill"]["field"] == "curve"
    assert "fillOpacity" not in specification(fw.curves(ROWS, x, y))["layer"][-1]["encoding"]


@pytest.mark.parametrize(("most", "named"), [(50, True), (5000, False)])
def test_a_short_logarithmic_axis_names_2_and_5_also_in_a_panel(most, named):
    rows = [{"x": 10, "y": 1}, {"x": most, "y": 2}]
    spec = specification(fw.curves(rows, fw.Axis("x", "x", "log"), fw.Axis("y", "y")))
    label = spec["layer"][0]["encoding"]["x"]["axis"]["labelExpr"]
    assert ("true &&" in label) is named
    assert "domain" not in label


def test_panels_share_their_colours_or_do_not():
    x, y = fw.Axis("seed", "seed"), fw.Axis("x", "x")
    drawn = fw.curves(ROWS, x, y, "way")
    shared = specification(fw.panels(drawn, drawn))
    apart = specification(fw.panels(drawn, drawn, shared_legend=False))
    assert shared["resolve"]["scale"]["color"] == "shared"
    assert apart["resolve"]["scale"]["color"] == "independent"


def test_a_level_is_solid_where_it_is_proven():
    solid = specification(fw.level(2.0, "optimum"))["layer"][0]
    dashed = specification(fw.level(2.0, "theory", proven=False))["layer"][0]
    assert solid["mark"]["strokeDash"] == [1, 0]
    assert dashed["mark"]["strokeDash"] == [4, 3]
    assert (
        solid["encoding"] == dashed["encoding"] == {"y": {"field": "level", "type": "quantitative"}}
    )
