"""Rows on a page: small, and safe to stand in HTML."""

from __future__ import annotations

import json

import pytest

from comparison.report.packing import SharedColumns, rounded
from comparison.report.self_contained import for_html


def test_no_rows_are_no_columns():
    assert SharedColumns().pack([]) == {}


def test_every_text_is_said_once_and_none_stays_none():
    shared = SharedColumns()
    assert shared.pack([{"method": "a"}, {"method": None}, {"method": "a"}]) == {"method": 0}
    assert shared.columns == [{"of": ["a", None], "at": [0, 1, 0]}]


def test_equal_columns_of_several_tables_are_written_once():
    shared = SharedColumns()
    first = shared.pack([{"cost": 1.0, "value": 0.5}, {"cost": 2.0, "value": None}])
    second = shared.pack([{"spent": 1.0, "value": 0.25}, {"spent": 2.0, "value": None}])
    assert first["cost"] == second["spent"]
    assert [shared.columns[second[name]] for name in ("spent", "value")] == [[1, 2], [0.25, None]]
    assert len(shared.columns) == 3


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
def test_a_number_that_json_does_not_have_is_refused(number):
    with pytest.raises(ValueError, match="JSON"):
        for_html([number])
