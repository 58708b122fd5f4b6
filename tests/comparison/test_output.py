"""Standard output that lacks characters: what is shown in their place."""

from __future__ import annotations

import io

import pytest

from comparison.output import HANDLER, PLAIN, printable


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("ascii", "a - 1 ... 2 <= ? ? x *|"),
        ("latin-1", "a - 1 ... 2 <= ? ß × *|"),
        ("utf-8", "a — 1 … 2 ≤ 中 ß × ⠉│"),
    ],
)
def test_what_an_encoding_lacks_is_shown_by_what_looks_alike(encoding, shown):
    text = "a — 1 … 2 ≤ 中 ß × ⠉│"
    assert printable(text, encoding) == shown
    raw = io.BytesIO()
    with io.TextIOWrapper(raw, encoding=encoding, errors=HANDLER) as stream:
        stream.write(text)
        stream.flush()
        assert raw.getvalue().decode(encoding) == shown


def test_half_of_a_pair_is_a_question_mark():
    assert printable("a\udce9b", "utf-8") == "a?b"


def test_what_stands_for_a_character_is_ascii():
    assert all(plain.isascii() for plain in PLAIN.values())


def test_an_error_of_reading_is_none_of_its_business():
    with pytest.raises(UnicodeDecodeError):
        b"\xff".decode("utf-8", HANDLER)
