"""What studies are made of: rows, costs, curves, and the finding's page."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from comparison.charts.export import specification
from comparison.trace import as_array
from studies import laboratory as lab
from studies.laboratory.finding import Finding, finite, number_text
from studies.laboratory.markdown import as_markdown
from studies.laboratory.page import MOST_ROWS, render
from tests.comparison.evidence.small import step

ROWS = [
    {"way": "a", "seed": 0, "x": 1.0},
    {"way": "a", "seed": 1, "x": 3.0},
    {"way": "a", "seed": 2, "x": None},
    {"way": "b", "seed": 0, "x": 5.0},
]


def test_rows_are_chosen_and_summarised():
    assert lab.where(ROWS, way="b") == [ROWS[3]]
    assert lab.median(ROWS, "x", way="a") == 3.0  # what never came counts as infinite
    assert lab.median(ROWS[2:3], "x") == math.inf
    assert lab.summary(ROWS, "x", ["way"]) == [
        {"way": "a", "x": 2.0, "low": 1.0, "high": 3.0, "n": 2},
        {"way": "b", "x": 5.0, "low": 5.0, "high": 5.0, "n": 1},
    ]
    assert lab.wide(ROWS, "x", ["seed"], "way") == [
        {"seed": 0, "a": 1.0, "b": 5.0},
        {"seed": 1, "a": 3.0, "b": None},
        {"seed": 2, "a": math.inf, "b": None},
    ]
    assert lab.medians(ROWS, "x", ["way"]) == [{"way": "a", "x": 3.0}, {"way": "b", "x": 5.0}]
    quarters = lab.summary(ROWS, "x", ["way"], ends=(0.25, 0.75))
    assert (quarters[0]["low"], quarters[0]["high"]) == (1.5, 2.5)


def test_the_cost_of_a_target_is_read_from_the_trace():
    trace = as_array(
        [step(1, 9.0), step(4, 5.0), step(6, 1.0, kind="measured"), step(9, 2.0), step(20, 1.5)]
    )
    assert lab.cost_to_reach(trace, 5.0) == 4
    assert lab.cost_to_reach(trace, 2.0) == 9  # what was measured off the clock was not found
    assert lab.cost_to_reach(trace, 2.0, "cpu_seconds") == pytest.approx(0.9)
    assert lab.cost_to_reach(trace, 1.0) is None


def test_a_trace_is_thinned_evenly_in_the_logarithm_of_work():
    trace = as_array([step(work, 1000.0 - work) for work in range(1, 1001)])
    found = lab.thinned(trace, 4)
    assert [point["work"] for point in found] == [1, 10, 100, 1000]
    assert lab.thinned(trace[:0], 4) == []


def test_numbers_are_written_plainly():
    assert finite({"a": np.float64(2.0), "b": np.int64(3), "c": math.nan, "d": "x"}) == {
        "a": 2.0,
        "b": 3,
        "c": None,
        "d": "x",
    }
    assert number_text(math.inf) == "—"
    assert number_text(True) == "True"


def test_an_exponent_has_students_interval_and_each_curve_its_own():
    rows = [
        {"way": w, "x": 2.0**i, "y": 2.0 ** (p * i)}
        for w, p in (("a", 2), ("b", -1))
        for i in range(4)
    ]
    rows += [{"way": "b", "x": 5.0, "y": None}, {"way": "b", "x": 6.0, "y": math.inf}]
    found = lab.exponents(rows, "x", "y", ["way"])
    assert [row["exponent"] for row in found] == pytest.approx([2, -1])
    noisy = [{"x": math.e**x, "y": math.e**y} for x, y in ((0, 0.1), (1, 0.9), (2, 2.1), (3, 2.9))]
    p, low, high = lab.exponent(noisy, "x", "y")
    # Slope 4.8 / 5, residual variance 0.032 / 2, Student's 4.302653 with 2 degrees of freedom.
    half = 4.302653 * math.sqrt(0.032 / 2 / 5)
    assert (p, low, high) == pytest.approx((0.96, 0.96 - half, 0.96 + half), rel=1e-6)
    assert all(math.isnan(number) for number in lab.exponent(noisy[:1], "x", "y"))
    assert lab.exponent(noisy[:2], "x", "y") == pytest.approx((0.8, -math.inf, math.inf))


def test_a_minimum_is_found_between_the_points_but_not_beyond_them():
    rows = [{"x": 2.0**i, "y": (i - 1.25) ** 2} for i in range(4)]
    assert lab.minimum_between(rows[::-1], "x", "y") == pytest.approx(2**1.25)
    assert lab.minimum_between(rows[2:], "x", "y") == 4
    rows[2]["y"] = None  # beside the lowest: no parabola
    assert lab.minimum_between(rows, "x", "y") == 2


def test_curves_are_told_by_colour_and_dash_in_one_legend():
    x, y = lab.Axis("seed", "seed"), lab.Axis("x", "cost (work)", "log", (0.1, 10))
    spec = specification(lab.curves(ROWS, x, y, "way", names=["b", "a"]))
    line = next(layer for layer in spec["layer"] if layer["mark"]["type"] == "line")["encoding"]
    assert line["color"]["scale"]["domain"] == ["b", "a"]
    assert line["strokeDash"]["scale"]["domain"] == ["b", "a"]
    assert line["strokeDash"]["scale"]["range"][0] != line["strokeDash"]["scale"]["range"][1]
    assert line["y"]["title"] == "cost (work)"
    assert line["y"]["scale"]["domain"] == [0.1, 10]


def test_marks_are_hollow_where_a_column_says_that_they_are_not_solid():
    x, y = lab.Axis("seed", "seed"), lab.Axis("x", "x")
    marks = specification(lab.curves(ROWS, x, y, "way", solid="known"))["layer"][-1]["encoding"]
    assert marks["fillOpacity"]["condition"] == {"test": "datum['known']", "value": 1}
    assert marks["fillOpacity"]["value"] == 0
    assert marks["stroke"]["field"] == marks["fill"]["field"] == "curve"
    assert "fillOpacity" not in specification(lab.curves(ROWS, x, y))["layer"][-1]["encoding"]


@pytest.mark.parametrize(("most", "named"), [(50, True), (5000, False)])
def test_a_short_logarithmic_axis_names_2_and_5_also_in_a_panel(most, named):
    rows = [{"x": 10, "y": 1}, {"x": most, "y": 2}]
    spec = specification(lab.curves(rows, lab.Axis("x", "x", "log"), lab.Axis("y", "y")))
    label = spec["layer"][0]["encoding"]["x"]["axis"]["labelExpr"]
    assert ("true &&" in label) is named
    assert "domain" not in label


def test_panels_share_their_colours_or_do_not():
    x, y = lab.Axis("seed", "seed"), lab.Axis("x", "x")
    drawn = lab.curves(ROWS, x, y, "way")
    shared = specification(lab.panels(drawn, drawn))
    apart = specification(lab.panels(drawn, drawn, shared_legend=False))
    assert shared["resolve"]["scale"]["color"] == "shared"
    assert apart["resolve"]["scale"]["color"] == "independent"


def test_a_level_is_solid_where_it_is_proven():
    solid = specification(lab.level(2.0, "optimum"))["layer"][0]
    dashed = specification(lab.level(2.0, "theory", "x", proven=False))["layer"][0]
    assert solid["mark"]["strokeDash"] == [1, 0]
    assert "y" in solid["encoding"]
    assert dashed["mark"]["strokeDash"] == [4, 3]
    assert "x" in dashed["encoding"]


def finding(**changes):
    x, y = lab.Axis("seed", "seed"), lab.Axis("x", "x")
    default = {
        "name": "trial",
        "title": "What <it> shows.",
        "text": "First.\n\nSecond.",
        "criterion": "It is so.",
        "claim": "Somebody said so.",
        "source": "Anon (1900)",
        "quick": False,
        "verdict": lab.Verdict(False, "It is <not> so.", {"how much": 0.123456}),
        "tables": {"all": [{"seed": i, "x": i / 7} for i in range(MOST_ROWS + 5)]},
        "origin": [{"what": "runs", "value": "4"}, {"what": "seeds", "value": "2"}],
        "specification": specification(lab.curves(ROWS, x, y, "way")),
        "seconds": 75.0,
    }
    return Finding(**{**default, **changes})


def test_the_page_has_it_all_and_loads_nothing():
    page = render(finding())
    markup = re.sub(r"(<script[^>]*>).*?</script>", r"\1", page, flags=re.S)
    assert "It is &lt;not&gt; so." in markup
    assert "Criterion not met." in markup
    assert "0.1235" in markup
    assert "<p>Second.</p>" in markup
    assert "and 5 more rows" in markup
    assert "default-src &#39;none&#39;" in markup
    assert not re.search(r"<(?:link|img|iframe|script[^>]*\ssrc)\b", markup)


def test_the_quick_page_says_so():
    assert "too little to conclude from" in render(finding(quick=True))
    assert "too little to conclude from" in finding(quick=True).lines[-1]


def test_markdown_tells_criterion_numbers_source_and_command():
    page = as_markdown([finding()])
    assert "**It is <not> so.**" in page
    assert "- Criterion **not met**: It is so." in page
    assert "how much 0.1235." in page
    assert "Somebody said so. (Anon (1900))" in page
    assert "All:\n\n| seed | x |\n| --- | --- |\n| 0 | 0 |\n| 1 | 0.1429 |\n" in page
    assert "`python runner.py study trial` in 75 s: 4 runs, 2 seeds, no corpus." in page
