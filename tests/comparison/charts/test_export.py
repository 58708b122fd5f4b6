"""Pictures without a browser."""

from __future__ import annotations

import struct

import pytest

from comparison.charts.ecdf import ecdf
from comparison.charts.export import save
from tests.comparison.charts import rows

CHART = ecdf(rows.shares("cost"), rows.STYLES)


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
