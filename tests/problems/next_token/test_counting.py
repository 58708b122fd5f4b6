"""A text in pieces of any size gives what it gives whole: symbols, counts, words, refusals."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from problems.next_token import corpus as corpus_module
from problems.next_token import counting, text
from problems.next_token import words as words_module
from problems.next_token.corpus import CorpusError, read_corpus
from problems.next_token.text import lowered
from problems.next_token.words import count_words
from tests.problems.next_token import plain
from tests.problems.next_token.texts import as_dict, spelt, write

#: Characters of one byte to four, white space that is none in ASCII, two whose lower case is
#: part a letter of ``letters``, and lines that end in each way.
CHARACTERS = "abcXY .\n\r\x1c\x85\xa0éİ\u212aσΣ中🎉"


@contextmanager
def in_pieces(piece: int, places: int = counting.MOST_PLACES) -> Iterator[None]:
    """Read, count and look for words so many at a time."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (corpus_module, counting, words_module):
            patch.setattr(module, "PIECE", piece)
        patch.setattr(text, "PIECE", max(4, piece))  # the bytes of a character
        patch.setattr(counting, "MOST_PLACES", places)
        yield


@settings(deadline=None, derandomize=True, max_examples=200, database=None)
@given(
    st.text(CHARACTERS, min_size=30, max_size=300),
    st.sampled_from([1, 2, 3, 7, 64, 10**6]),
    st.sampled_from(["letters", "characters", "bytes"]),
    st.sampled_from(["whole", "lines"]),
    st.integers(0, 4),
    st.sampled_from([0.0, 0.1, 0.4]),
    st.sampled_from([0, 1 << 24]),
)
def test_pieces_give_what_the_whole_gives(
    tmp_path_factory, content, piece, alphabet, documents, k, held_out, places
) -> None:
    name = write(tmp_path_factory.mktemp("texts"), content)
    with in_pieces(piece, places):
        try:
            corpus = read_corpus(name, alphabet, documents)
            counts = corpus.counts(k, held_out, 3)
        except ValueError:  # a text of too little: what is refused is tested elsewhere
            return
        words = count_words(corpus, held_out, 3)
    read = plain.plain(content, alphabet, documents)
    assert spelt(corpus) == read.text
    assert corpus.starts.tolist() == read.starts
    parts = corpus.split(held_out, 3).of(0, len(corpus.tokens)).tolist()
    train, held = plain.counts(read, parts, k)
    assert as_dict(corpus, counts, "train") == train
    assert as_dict(corpus, counts, "held_out") == held
    rows = len(counts.train)
    for some in (counts.contexts[:rows].tolist(), counts.contexts[rows:].tolist()):
        assert some == sorted(some)
    expected = plain.words(corpus, parts)
    for counted, right in zip((words.train, words.held_out), expected, strict=True):
        assert list(counted.items()) == list(right.items())


@settings(deadline=None, derandomize=True, max_examples=200, database=None)
@given(
    st.lists(st.sampled_from([b"ab", "é中🎉".encode(), b"\x80", b"\xe9", b"\xf0\x9f", b"\0"])),
    st.sampled_from([4, 5, 6, 7]),
)
def test_a_fault_is_where_it_is_in_the_whole_text(tmp_path_factory, content, piece) -> None:
    name = write(tmp_path_factory.mktemp("texts"), b"".join(content))

    def refused(piece: int) -> str:
        with in_pieces(piece):
            try:
                return read_corpus(name, "characters").fingerprint
            except CorpusError as error:
                return str(error)

    assert refused(piece) == refused(10**6)


def test_every_letter_whose_lower_case_is_a_to_z_is_known() -> None:
    """All characters of Unicode: those that the alphabet ``letters`` keeps, and those lost."""
    surrogates = range(0xD800, 0xE000)
    for code in (c for c in range(0x80, sys.maxunicode + 1) if c not in surrogates):
        character = chr(code)
        lower, bytewise = character.lower(), lowered(character.encode()).decode()
        letters = [
            [c for c in some if c in "abcdefghijklmnopqrstuvwxyz"] for some in (lower, bytewise)
        ]
        assert letters[0] == letters[1], character
        lost = [sum(c.isalpha() for c in some if not c.isascii()) for some in (lower, bytewise)]
        assert lost[0] == lost[1], character


@pytest.mark.parametrize(
    ("alphabet", "size", "narrowest"),
    [("letters", 27, np.uint8), ("characters", 256, np.uint8), ("characters", 300, np.uint16)],
)
def test_a_token_takes_no_more_bytes_than_it_needs(tmp_path, alphabet, size, narrowest) -> None:
    """Of 100 million tokens each byte more is 100 MB."""
    content = "".join(chr(0x4E00 + i) for i in range(size)) if size > 27 else "abba"
    corpus = read_corpus(write(tmp_path, content), alphabet)
    assert len(corpus.symbols) == size
    assert corpus.tokens.dtype == narrowest


def test_contexts_are_refused_as_soon_as_they_are_too_many(tmp_path, monkeypatch) -> None:
    """Not once all are collected, which would take the memory that the limit is to spare."""
    monkeypatch.setattr(counting, "MOST_CELLS", 100)
    name = write(tmp_path, "".join(map(chr, np.random.default_rng(0).integers(97, 107, 5000))))
    corpus = read_corpus(name, "characters")
    with (
        in_pieces(10, places=0),
        pytest.raises(
            ValueError,
            match=r"context=3: \d\d or more contexts × 10 symbols are more than 100 counts",
        ),
    ):
        corpus.counts(3)
