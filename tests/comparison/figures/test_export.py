"""Pictures without a browser."""

from __future__ import annotations

import html
import json
import re
import struct
from dataclasses import replace

import pytest
import vl_convert

from comparison.figures.bounds import bound_and_incumbent
from comparison.figures.ecdf import ecdf
from comparison.figures.export import save, specification
from comparison.figures.figure import Frame, Panel
from comparison.figures.heat_map import heat_map
from comparison.figures.quality import quality_against_compute
from comparison.harmless import for_terminal, in_all_texts
from tests.comparison.figures import rows

SHARES = Panel({"shares": rows.shares("cost")})
CHART = specification(ecdf(SHARES, Frame(rows.STYLES)))


def test_a_png_has_the_resolution_of_print(tmp_path):
    data = save(CHART, tmp_path / "chart.png", rows.STYLES).read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, _ = struct.unpack(">II", data[16:24])
    assert 900 < width < 1300  # 3.3 inches at 300 dots


def test_a_pdf_is_one(tmp_path):
    assert save(CHART, tmp_path / "chart.pdf", rows.STYLES).read_bytes()[:5] == b"%PDF-"


@pytest.mark.parametrize(("scheme", "paper"), [("light", "#ffffff"), ("dark", "#14171a")])
def test_an_svg_is_light_or_dark(scheme, paper, tmp_path):
    text = save(CHART, tmp_path / "chart.svg", rows.STYLES, scheme=scheme).read_text("utf-8")
    assert text.startswith("<svg")
    assert paper in text


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"chart\.gif: expected a name that ends in \.png"):
        save(CHART, tmp_path / "chart.gif", rows.STYLES)


@pytest.mark.parametrize(
    "text",
    [
        r"\xi loss",
        'a \\" + 1 + "',
        "\\",
        "${x} `y` '\\u0027'",
        "two\nlines\u2028three",
        "</script><!-- {value}",
        "größer \\u{1}",
    ],
)
def test_titles_and_names_are_shown_as_they_are_and_end_no_expression(tmp_path, text):
    """Vega-Lite writes some into expressions, where it escapes no backslash."""
    first, *others = rows.cells()
    named = [{**first, "problem": text, "contender": text}, *others]
    frame = Frame(rows.STYLES, cost=text, value=text, title=text)
    charts = {
        "value": quality_against_compute(rows.quality(reference=[]), frame),
        "gap": quality_against_compute(rows.quality(reference=[]), replace(frame, height="gap")),
        "share": ecdf(SHARES, frame),
        "bounds": bound_and_incumbent(rows.bounds(), frame),
        "heat map": heat_map(Panel({"cells": named}), frame),
    }
    for chart in charts.values():
        svg = save(specification(chart), tmp_path / "chart.svg", rows.STYLES).read_text("utf-8")
        drawn = [html.unescape(each) for each in re.findall(r"<text[^>]*>([^<]*)</text>", svg)]
        assert any(" ".join(in_all_texts(text).split()) in " ".join(each.split()) for each in drawn)
    vega = vl_convert.vegalite_to_vega(specification(charts["share"]))
    tooltip = next(
        mark["encode"]["update"]["tooltip"]["signal"]
        for mark in vega["marks"]
        if "tooltip" in mark["encode"]["update"]
    )
    assert f"{json.dumps(for_terminal(text), ensure_ascii=False)}: format" in tooltip
