"""Rows on a page: small, and safe to stand in HTML."""

from __future__ import annotations

import json

import pytest

from comparison.report.packing import for_html, pack, rounded


def test_no_rows_are_no_columns():
    assert pack([]) == {}


def test_every_text_is_said_once_and_none_stays_none():
    packed = pack([{"who": "a"}, {"who": None}, {"who": "a"}])
    assert packed == {"who": {"of": ["a", None], "at": [0, 1, 0]}}


def test_a_dict_becomes_columns_by_its_keys():
    packed = pack([{"cost": {"work": 1.0, "cpu": 0.25}}, {"cost": None}, {"cost": {"work": 2.5}}])
    assert packed == {"cost": {"by": {"work": [1, None, 2.5], "cpu": [0.25, None, None]}}}


@pytest.mark.parametrize(
    ("number", "shown"), [(123456.789, 123460.0), (-0.000012345678, -1.2346e-05), (7, 7)]
)
def test_numbers_keep_their_first_digits(number, shown):
    assert rounded(number) == shown


@pytest.mark.parametrize("text", ["</script>", "<!--", "<script>", "&amp;", "\u2028"])
def test_no_text_ends_a_script_element(text):
    written = for_html({"name": text})
    assert not set("<>&\u2028") & set(written)
    shown = text.replace("\u2028", r"\u2028")
    assert json.loads(written) == {"name": shown}


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_is_no_number_is_not_written(number):
    with pytest.raises(ValueError, match="JSON"):
        for_html([number])
