"""The small PNG files are read again by another library, which sees the same pixels."""

from __future__ import annotations

import io

import numpy as np
import pytest
import vl_convert

from comparison.figures.ecdf import ecdf
from comparison.figures.export import specification
from comparison.figures.figure import Frame, Panel
from comparison.figures.png import compact
from tests.comparison.figures import rows

Image = pytest.importorskip("PIL.Image")

CHART = specification(ecdf(Panel({"shares": rows.shares("cost")}), Frame(rows.STYLES)))


def pixels(png):
    return np.array(Image.open(io.BytesIO(png)).convert("RGBA"))


def drawn(**options):
    return vl_convert.vegalite_to_png(CHART, scale=2.5, **options)


def written(mode, **options):
    file = io.BytesIO()
    Image.new(mode, (3, 2), 7).save(file, "PNG", **options)
    return file.getvalue()


def test_the_pixels_of_a_chart_stay_and_the_bytes_go():
    large = drawn()
    small = compact(large)
    assert len(small) < 0.4 * len(large)
    assert np.array_equal(pixels(small), pixels(large))
    assert Image.open(io.BytesIO(small)).info["dpi"] == Image.open(io.BytesIO(large)).info["dpi"]


def test_a_chart_that_one_sees_through_stays():
    clear = drawn(config={"background": "transparent"})
    assert pixels(clear)[..., 3].min() < 255
    assert compact(clear) == clear


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA"])
def test_another_kind_of_file_stays(mode):
    assert compact(written(mode)) == written(mode)


def test_what_is_small_is_made_no_smaller():
    small = compact(drawn())
    assert compact(small) == small
