"""The alphabet of byte pairs: what its symbols are, what they spell, and what it refuses."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import problems
from problems.core.usage_error import UsageError
from problems.naming.options import OptionError
from problems.next_token import byte_pair_symbols
from problems.next_token.byte_pair import merge_words
from problems.next_token.byte_pair_symbols import encode_pairs, symbols_asked
from problems.next_token.corpus import CorpusError, read_corpus
from tests.problems.next_token.texts import spelt, write

ENGLISH = "the cat and the hat sat there, then the rat ate that.\n" * 60


def test_the_merges_of_a_text_done_by_hand() -> None:
    # Words "aab", " aab", " ab": the pairs are ab 3 times, aa and " a" 2 and 2 times.
    symbols, tokens = encode_pairs(b"aab aab ab", 5)
    assert symbols == [" ", "a", "b", "ab", "aab"]
    assert [symbols[token] for token in tokens] == ["aab", " ", "aab", " ", "ab"]


@settings(deadline=None, derandomize=True, max_examples=100, database=None)
@given(
    st.text("abc \n\r\x85é中", min_size=40, max_size=400),
    st.integers(16, 40),
    st.sampled_from([1, 5, 1000]),
)
def test_the_symbols_spell_the_text_whatever_the_pieces(text, size, piece) -> None:
    content = text.encode()
    symbols, tokens = encode_pairs(content, size)
    assert "".join(symbols[token] for token in tokens) == content.decode("latin-1")
    assert len(set(symbols)) == len(symbols) <= size
    assert not any(
        space in symbol[1:] or symbol in ("\n ", " \n") for symbol in symbols for space in " \n\r"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(byte_pair_symbols, "PIECE", piece)
        again, others = encode_pairs(content, size)
    assert again == symbols
    assert np.array_equal(others, tokens)


def test_rare_words_are_spelled_by_the_merges_of_frequent_ones(monkeypatch) -> None:
    monkeypatch.setattr(byte_pair_symbols, "MOST_WORDS", 1)
    symbols, tokens = encode_pairs(b"ab ab ab ba ba abba", 8)
    assert symbols == [" ", "a", "b", " a", " ab"]
    spelled = [symbols[token] for token in tokens]
    assert spelled == ["a", "b", " ab", " ab", " ", "b", "a", " ", "b", "a", " ab", "b", "a"]


def test_the_merges_are_replayed_as_they_were_learned() -> None:
    rng = np.random.default_rng(0)
    words = {"".join(rng.choice(list("aab"), n)): int(n) for n in rng.integers(1, 12, 200)}
    merges, spelled = merge_words(words, 30)
    symbols = list(dict.fromkeys(["a", "b", *map("".join, merges)]))
    flat, lengths = byte_pair_symbols._spell([word.encode() for word in words], symbols, merges)
    assert lengths.tolist() == [len(parts) for parts in spelled]
    assert [symbols[token] for token in flat] == [part for parts in spelled for part in parts]


def test_every_document_ends_in_a_newline_of_its_own(tmp_path) -> None:
    corpus = read_corpus(write(tmp_path, "\n\nabab ab\r\nab\n\n"), "bpe:6", "lines")
    assert spelt(corpus) == "abab ab\nab\n"
    assert corpus.symbols[corpus.boundary] == "\n"
    documents = np.split(corpus.tokens, corpus.starts[1:])
    assert [[corpus.symbols[t] for t in one] for one in documents] == [
        ["ab", "ab", " ab", "\n"],
        ["ab", "\n"],
    ]


def test_a_unit_of_bits_does_not_depend_on_what_a_token_is(tmp_path) -> None:
    """Where every token is as likely as it is often, bits a character are bits / characters."""
    text = "où est-il né, là où l'été naît ? " * 100
    problem = problems.make(
        "next-token-table", corpus=write(tmp_path, text), alphabet="bpe:60", context=0, held_out=0
    )
    by_token = problem.counts.train[0]
    assert any(len(symbol) > 2 for symbol in problem.symbols)
    share = by_token[by_token > 0] / by_token.sum()
    bits = -(by_token[by_token > 0] * np.log2(share)).sum() / len(text)
    nats = problem.reference.value
    assert problem.bits_per_character(nats, by_token) == pytest.approx(bits)
    assert nats / math.log(2) > 2 * bits  # a token has more than two characters


def test_byte_pairs_shorten_a_text_and_keep_its_words_as_they_are(tmp_path) -> None:
    corpus = read_corpus(write(tmp_path, ENGLISH), "bpe:64")
    assert len(corpus.tokens) < len(ENGLISH) / 3
    assert " the" in corpus.symbols
    assert spelt(corpus) == ENGLISH


@pytest.mark.parametrize("name", ["table", "rank", "ternary", "mlp", "decode", "vote"])
def test_problems_take_byte_pairs(tmp_path, name) -> None:
    options = {"corpus": write(tmp_path, ENGLISH), "alphabet": "bpe:30", "held_out": 0.2}
    for instance in (0, 1):
        problem = problems.make(f"next-token-{name}", instance=instance, **options)
        x = problem.space.sample(np.random.default_rng(0), 1)[0]
        assert len(problem.symbols) == 30
        assert problem.value(x) >= problem.reference.value
        assert problem.describe(x)


@pytest.mark.parametrize("name", ["reward", "vocabulary"])
def test_problems_on_spelled_words_refuse_byte_pairs(tmp_path, name) -> None:
    with pytest.raises(
        UsageError, match=r"alphabet=bpe:40: .* spelled in single symbols; expected"
    ):
        problems.make(f"next-token-{name}", corpus=write(tmp_path, ENGLISH), alphabet="bpe:40")


def test_the_entropy_of_a_source_is_of_its_letters_and_not_told_of_byte_pairs() -> None:
    made = [
        problems.make("next-token-table", corpus="markov", alphabet=alphabet, instance=1)
        for alphabet in ("letters", "bpe:100")
    ]
    assert [len(problem.anchors) for problem in made] == [3, 2]
    # It is another source all the same, and its whole text.
    assert made[1].predicted_tokens > 0.8 * len(made[1].corpus.tokens)


@pytest.mark.parametrize(
    "alphabet",
    ["bpe", "bpe:", "bpe:x", "bpe:2", "bpe:0512", "bpe:4097", "bpe:-5", "bpe:5e2", "bpe:٣"],
)
def test_a_size_that_is_none_says_what_one_is(alphabet) -> None:
    with pytest.raises(OptionError) as error:
        problems.make("next-token-table", alphabet=alphabet)
    assert str(error.value) == (
        f"alphabet={alphabet}: expected bpe:SIZE, such as bpe:512, "
        "SIZE a whole number from 3 to 4,096"
    )
    assert symbols_asked("bpe:512") == 512
    assert symbols_asked("bytes") == 0


def test_a_size_that_has_no_room_for_a_merge_says_what_has(tmp_path) -> None:
    name = write(tmp_path, "abcabc")
    with pytest.raises(CorpusError, match="the text has 3 different bytes, expected 4 symbols or"):
        read_corpus(name, "bpe:3")
    assert read_corpus(name, "bpe:4").symbols == ("a", "b", "c", "ab")
