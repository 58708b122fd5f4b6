"""Texts become symbols, contexts and counts, each checked by hand or by a plain loop."""

import contextlib
import os
import re
from collections import Counter
from itertools import pairwise
from pydoc_data.topics import topics

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import problems
from problems.naming.options import OptionError
from problems.next_token import corpus as corpus_module
from problems.next_token.corpus import CorpusError, read_corpus
from tests.problems.next_token.texts import as_dict, pairs, write

TEXT = "The cat, the CAT!\nA hat."


def spelt(corpus) -> str:
    return "".join(corpus.symbols[t] for t in corpus.tokens)


# ----------------------------------------------------------------------- alphabets


def test_letters_lower_the_case_and_collapse_the_rest_to_one_separator(tmp_path) -> None:
    corpus = read_corpus(write(tmp_path, TEXT))
    assert spelt(corpus) == "the cat the cat a hat"
    assert corpus.symbols == tuple(" abcdefghijklmnopqrstuvwxyz")
    assert corpus.boundary is None
    assert corpus.starts.tolist() == [0]


def test_characters_keep_every_character_that_occurs(tmp_path) -> None:
    corpus = read_corpus(write(tmp_path, "naïve\n€!"), "characters")
    assert spelt(corpus) == "naïve\n€!"
    assert corpus.symbols == tuple("\n!aenvï€")


def test_bytes_keep_every_byte_that_occurs(tmp_path) -> None:
    corpus = read_corpus(write(tmp_path, "aï€a"), "bytes")
    found = [ord(corpus.symbols[t]) for t in corpus.tokens]
    assert found == list("aï€a".encode())
    assert [ord(s) for s in corpus.symbols] == sorted(set("aï€a".encode()))


@pytest.mark.parametrize(
    ("alphabet", "text", "symbol"),
    [
        ("letters", "the cat the cat |a hat |", " "),
        ("characters", "The cat, the CAT!\n|A hat.\n|", "\n"),
        ("bytes", "The cat, the CAT!\n|A hat.\n|", "\n"),
    ],
)
def test_each_line_is_a_document_that_ends_in_the_boundary(
    tmp_path, alphabet, text, symbol
) -> None:
    corpus = read_corpus(write(tmp_path, TEXT), alphabet, "lines")
    first, second, _ = text.split("|")
    assert spelt(corpus) == first + second
    assert corpus.starts.tolist() == [0, len(first)]
    assert corpus.symbols[corpus.boundary] == symbol


def test_lines_without_symbols_are_no_documents(tmp_path) -> None:
    name = write(tmp_path, "\n\nab\n...\n  \r\nba\n")
    assert spelt(read_corpus(name, documents="lines")) == "ab ba "
    assert spelt(read_corpus(name, "characters", "lines")) == "ab\n...\n  \nba\n"


def test_line_ends_of_any_system_make_the_same_documents(tmp_path) -> None:
    corpora = [
        read_corpus(write(tmp_path, text, f"{i}.txt"), "characters", "lines")
        for i, text in enumerate(("ab\nba", "ab\r\nba\r\n", "ab\rba"))
    ]
    assert len({corpus.fingerprint for corpus in corpora}) == 1


@pytest.mark.parametrize("alphabet", ["letters", "characters", "bytes"])
def test_a_byte_order_mark_is_no_text(tmp_path, alphabet) -> None:
    marked = read_corpus(write(tmp_path, "\ufeffabba".encode(), "marked.txt"), alphabet)
    plain = read_corpus(write(tmp_path, "abba"), alphabet)
    assert spelt(marked) == "abba"
    assert marked.fingerprint == plain.fingerprint


# -------------------------------------------------------------------------- counts


@pytest.mark.parametrize(
    ("k", "expected"),
    [
        (0, {("", "a"): 3, ("", "b"): 2, ("", "c"): 1}),
        (1, {("a", "a"): 1, ("a", "b"): 2, ("b", "a"): 1, ("b", "c"): 1}),
        (2, {("aa", "b"): 1, ("ab", "a"): 1, ("ab", "c"): 1, ("ba", "b"): 1}),
        (3, {("aab", "a"): 1, ("aba", "b"): 1, ("bab", "c"): 1}),
    ],
)
def test_counts_of_aababc(tmp_path, k, expected) -> None:
    corpus = read_corpus(write(tmp_path, "aababc"), "characters")
    counts = corpus.counts(k)
    assert as_dict(corpus, counts) == expected
    assert counts.contexts.shape == (len({c for c, _ in expected}), k)
    assert counts.held_out.shape == counts.train.shape
    assert counts.held_out.sum() == 0


@pytest.mark.parametrize(
    ("k", "expected"),
    [
        (0, {("", " "): 2, ("", "a"): 2, ("", "b"): 2}),
        (
            1,
            {(" ", "a"): 1, ("a", "b"): 1, ("b", " "): 1}
            | {(" ", "b"): 1, ("b", "a"): 1, ("a", " "): 1},
        ),
        (
            2,
            {("  ", "a"): 1, (" a", "b"): 1, ("ab", " "): 1}
            | {("  ", "b"): 1, (" b", "a"): 1, ("ba", " "): 1},
        ),
        (
            3,
            {("   ", "a"): 1, ("  a", "b"): 1, (" ab", " "): 1}
            | {("   ", "b"): 1, ("  b", "a"): 1, (" ba", " "): 1},
        ),
    ],
)
def test_counts_of_two_documents_start_at_the_boundary_and_never_meet(
    tmp_path, k, expected
) -> None:
    corpus = read_corpus(write(tmp_path, "ab\nba"), documents="lines")
    assert as_dict(corpus, corpus.counts(k)) == expected


@settings(deadline=None, derandomize=True, max_examples=40, database=None)
@given(
    st.text("abcd", min_size=4, max_size=60).filter(lambda t: len(set(t)) > 1), st.integers(0, 3)
)
def test_counts_equal_a_plain_loop(tmp_path_factory, text, k) -> None:
    corpus = read_corpus(write(tmp_path_factory.mktemp("texts"), text), "characters")
    counts = corpus.counts(k)
    assert as_dict(corpus, counts) == pairs(text, k)


def test_training_contexts_are_in_radix_order_oldest_symbol_first(tmp_path) -> None:
    corpus = read_corpus(write(tmp_path, "cabbacbcabcacabbcaacbb"), "characters")
    contexts = corpus.counts(2).contexts.tolist()
    assert contexts == sorted(contexts)
    assert len(contexts) == len({tuple(c) for c in contexts})


def test_counts_are_kept(tmp_path) -> None:
    corpus = read_corpus(write(tmp_path, "abba" * 30), "characters")
    assert corpus.counts(1, 0.1, 0) is corpus.counts(1, 0.1, 0)


# ------------------------------------------------------------------------ held out


@pytest.fixture(scope="module")
def distinct(tmp_path_factory) -> str:
    """A text of 200 different characters, whose counts tell where each was."""
    text = "".join(chr(0x4E00 + i) for i in range(200))
    return write(tmp_path_factory.mktemp("distinct"), text)


def hidden_of(corpus, held_out: float, instance: int = 0) -> np.ndarray:
    """Tell from counts without context which tokens of a text of distinct ones are hidden."""
    counts = corpus.counts(0, held_out, instance)
    assert (counts.train[0] + counts.held_out[0]).tolist() == [1] * len(corpus.symbols)
    return counts.held_out[0].astype(bool)


@pytest.mark.parametrize(("held_out", "blocks"), [(0.02, 1), (0.1, 5), (0.5, 25), (0.98, 49)])
def test_held_out_text_is_whole_blocks_a_fiftieth_of_a_short_text(
    distinct, held_out, blocks
) -> None:
    hidden = hidden_of(read_corpus(distinct, "characters"), held_out).reshape(50, 4)
    assert (hidden.all(axis=1) == hidden.any(axis=1)).all()
    assert hidden.all(axis=1).sum() == blocks


def test_held_out_text_is_blocks_of_a_thousand_characters_of_a_long_text(tmp_path) -> None:
    text = "".join(chr(0x10000 + i) for i in range(60_000))
    hidden = hidden_of(read_corpus(write(tmp_path, text), "characters"), 0.1).reshape(60, 1000)
    assert (hidden.all(axis=1) == hidden.any(axis=1)).all()
    assert hidden.all(axis=1).sum() == 6


def test_held_out_blocks_are_drawn_by_the_instance(distinct) -> None:
    corpus = read_corpus(distinct, "characters")
    chosen = {tuple(np.flatnonzero(hidden_of(corpus, 0.1, i))) for i in range(20)}
    assert len(chosen) == 20


def test_the_same_instance_holds_out_the_same_blocks(distinct, tmp_path) -> None:
    corpus = read_corpus(distinct, "characters")
    again = read_corpus(write(tmp_path, spelt(corpus)), "characters")
    assert again is not corpus
    assert np.array_equal(hidden_of(again, 0.1, 3), hidden_of(corpus, 0.1, 3))


def test_held_out_blocks_are_not_the_tail(distinct) -> None:
    corpus = read_corpus(distinct, "characters")
    times = sum(hidden_of(corpus, 0.1, i) for i in range(200))
    assert times.min() > 0  # any block may be held out


@pytest.mark.parametrize("k", [0, 1, 2, 3])
@pytest.mark.parametrize("held_out", [0.1, 0.5])
def test_the_two_parts_hold_every_prediction_whose_context_is_on_its_own_side(
    distinct, k, held_out
) -> None:
    corpus = read_corpus(distinct, "characters")
    text, hidden = spelt(corpus), hidden_of(corpus, held_out)
    expected = {"train": {}, "held_out": {}}
    lost = 0
    for i in range(k, len(text)):
        window = hidden[i - k : i + 1]
        if window.all() or not window.any():
            expected["held_out" if window.all() else "train"][text[i - k : i], text[i]] = 1
        else:
            lost += 1
    counts = corpus.counts(k, held_out)
    assert as_dict(corpus, counts, "train") == expected["train"]
    assert as_dict(corpus, counts, "held_out") == expected["held_out"]
    assert counts.train.sum() + counts.held_out.sum() == len(text) - k - lost
    assert (lost > 0) is (k > 0)


def test_contexts_that_only_the_held_out_text_has_come_last(distinct) -> None:
    corpus = read_corpus(distinct, "characters")
    counts = corpus.counts(1, 0.2)
    seen, unseen = np.split(counts.contexts[:, 0], [len(counts.train)])
    assert seen.tolist() == sorted(seen)
    assert unseen.tolist() == sorted(unseen)
    assert not set(seen) & set(unseen)
    hidden = hidden_of(corpus, 0.2)
    assert len(unseen) == (hidden[1:] & hidden[:-1]).sum()  # the first of a run has no context
    assert counts.held_out.shape == (len(seen) + len(unseen), 200)
    assert counts.held_out[: len(seen)].sum() == 0
    assert (counts.held_out[len(seen) :].sum(axis=1) == 1).all()
    assert (counts.train.sum(axis=1) > 0).all()


def test_a_document_is_held_out_as_a_whole(tmp_path) -> None:
    letters = [chr(0x4E00 + i) for i in range(300)]
    text = "\n".join("".join(letters[i : i + 5]) for i in range(0, 300, 5))
    corpus = read_corpus(write(tmp_path, text), "characters", "lines")
    counts = corpus.counts(2, 0.2)
    held = counts.held_out.sum(axis=0).astype(bool)
    held = np.array([held[corpus.symbols.index(c)] for c in letters]).reshape(60, 5)
    assert (held.all(axis=1) == held.any(axis=1)).all()
    assert 0 < held.all(axis=1).sum() < 60
    # Nothing is lost at an edge: every document brings its own boundary.
    assert counts.train.sum() + counts.held_out.sum() == len(corpus.tokens) == 360


def test_of_long_lines_too_about_the_share_is_held_out_that_was_asked_for(tmp_path) -> None:
    text = "\n".join("ab cd ef gh " * 300 for _ in range(10))
    corpus = read_corpus(write(tmp_path, text), documents="lines")
    parts = [corpus.counts(1, 0.1, instance) for instance in range(20)]
    shares = [p.held_out.sum() / (p.held_out.sum() + p.train.sum()) for p in parts]
    assert min(shares) >= 0.05  # a line of the ten, perhaps two
    assert max(shares) <= 0.2


@pytest.mark.parametrize("length", [50, 60, 99])
def test_what_is_held_out_of_a_short_text_is_not_nothing(tmp_path, length) -> None:
    short = read_corpus(write(tmp_path, ("abbcabacbc" * 10)[:length]), "characters")
    for instance in range(10):
        with contextlib.suppress(ValueError):  # to refuse it is as good
            assert short.counts(1, 0.1, instance).held_out.sum() > 0


def test_a_text_of_a_few_symbols_is_read_without_held_out_text(tmp_path) -> None:
    corpus = read_corpus(write(tmp_path, "ab"), "characters")
    assert as_dict(corpus, corpus.counts(1)) == {("a", "b"): 1}


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize("held_out", [-0.1, 1.0, 1.5, float("nan")])
def test_the_held_out_share_is_below_one(distinct, held_out) -> None:
    with pytest.raises(ValueError, match=r"held_out=.*: expected a share in \[0, 1\)"):
        read_corpus(distinct, "characters").counts(1, held_out)


@pytest.mark.parametrize(
    ("held_out", "text"), [(0.001, "abcd" * 50), (0.1, "ab"), (0.999, "ab" * 40)]
)
def test_a_share_that_is_no_block_or_all_blocks_is_refused(tmp_path, held_out, text) -> None:
    corpus = read_corpus(write(tmp_path, text), "characters")
    with pytest.raises(ValueError, match=r"has only \d+ blocks of \d+ characters .*held_out=0 or"):
        corpus.counts(1, held_out)


def test_a_text_no_longer_than_its_context_is_too_short(tmp_path) -> None:
    corpus = read_corpus(write(tmp_path, "abc"), "characters")
    assert corpus.counts(2).train.sum() == 1
    with pytest.raises(
        ValueError, match=r"too short for context=3, held_out=0: 0 predictions to learn from"
    ):
        corpus.counts(3)


@pytest.mark.parametrize(
    ("k", "expected"),
    [(-1, "expected 0 to 13"), (14, "expected at most 13"), (1000, "expected at most 13")],
)
def test_a_context_is_as_long_as_its_code_fits_a_word(tmp_path, k, expected) -> None:
    corpus = read_corpus(write(tmp_path, "ab"))  # 27 symbols: 27**13 < 2**62 < 27**14
    with pytest.raises(ValueError, match=f"context={k}: {expected}$"):
        corpus.counts(k)


def test_the_longest_context_that_is_offered_is_accepted(tmp_path) -> None:
    corpus = read_corpus(write(tmp_path, "abbabaab" * 10), "characters")
    with pytest.raises(ValueError, match="expected at most") as error:
        corpus.counts(1000)
    longest = int(str(error.value).rpartition(" ")[2])
    assert corpus.counts(longest).train.sum() == 80 - longest
    with pytest.raises(ValueError, match="expected at most"):
        corpus.counts(longest + 1)


def test_a_table_that_is_too_large_asks_for_a_smaller_one(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(corpus_module, "MOST_CELLS", 8)
    corpus = read_corpus(write(tmp_path, "aabbccab"), "characters")
    assert corpus.counts(0).train.size == 3
    with pytest.raises(
        ValueError, match=r"context=1: 3 contexts × 3 symbols are more than 8 counts"
    ):
        corpus.counts(1)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"123 ...", "is empty"),
        (b"aaaa", "has a single symbol"),
        (b"ab\xff", "is not UTF-8 text: byte 2 is 0xff, in line 1"),
        (b"a\r\nb\nc\xe9\n", "is not UTF-8 text: byte 6 is 0xe9, in line 3"),
        ("ab".encode("utf-16"), "is not UTF-8 text: byte 0 is 0xff"),
        (b"ab\0c", "is a binary file: it has NUL characters, the first at 2, in line 1"),
        ("é\nb\0".encode(), "is a binary file: it has NUL characters, the first at 3, in line 2"),
        (b"\x7fELF\x02\x01\x01\x00\x00", "is a binary file"),
    ],
)
def test_a_file_that_is_no_text_says_what_is_wrong(tmp_path, content, complaint) -> None:
    name = write(tmp_path, content)
    with pytest.raises(CorpusError) as error:
        read_corpus(name)
    assert complaint in str(error.value)
    assert name in str(error.value)


@pytest.mark.parametrize("alphabet", ["characters", "bytes"])
def test_one_symbol_is_nothing_to_predict(tmp_path, alphabet) -> None:
    with pytest.raises(CorpusError, match=f"a single symbol in alphabet={alphabet}: nothing to"):
        read_corpus(write(tmp_path, "\n\n\n"), alphabet)


@pytest.mark.parametrize("alphabet", ["letters", "characters", "bytes"])
@pytest.mark.parametrize("content", ["", "\n", "\n\n\n"])
def test_a_file_of_empty_lines_is_empty(tmp_path, alphabet, content) -> None:
    with pytest.raises(CorpusError, match="is empty"):
        read_corpus(write(tmp_path, content), alphabet, "lines")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("no/such/file.txt", "corpus 'no/such/file.txt': No such file or directory"),
        ("python-dcos", "No such file or directory; did you mean 'python-docs'?"),
        ("markvo", "did you mean 'markov'?"),
        ("", "corpus '': "),
        ("markov:ordr=2", "markov has no option 'ordr'; did you mean 'order'?"),
        ("markov:order=two", "markov.order=two: expected a whole number"),
        ("markov:order", "markov.order=: expected a whole number"),
        ("markov:length=0", "length=0: expected 1 to 10,000,000"),
        ("markov:length=10000001", "length=10000001: expected 1 to 10,000,000"),
        ("markov:length=1", "has a single symbol"),
    ],
)
def test_a_corpus_that_does_not_exist_says_so(name, message) -> None:
    with pytest.raises(CorpusError) as error:
        read_corpus(name)
    assert message in str(error.value)


def test_a_folder_is_no_corpus(tmp_path) -> None:
    with pytest.raises(CorpusError, match="Is a directory"):
        read_corpus(str(tmp_path))


@pytest.mark.parametrize("fault", [FileNotFoundError, PermissionError])
def test_a_file_that_cannot_be_read_says_why(tmp_path, monkeypatch, fault) -> None:
    def refuse(self):
        raise fault(1, "the reason why")

    name = write(tmp_path, "abba")
    monkeypatch.setattr("pathlib.Path.read_bytes", refuse)
    with pytest.raises(CorpusError, match="the reason why"):
        read_corpus(name)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"alphabet": "leters"},
            "alphabet=leters: expected one of letters, characters, bytes; did you mean 'letters'?",
        ),
        (
            {"documents": "line"},
            "documents=line: expected one of whole, lines; did you mean 'lines'?",
        ),
    ],
)
def test_a_misspelt_option_offers_the_closest(options, message) -> None:
    with pytest.raises(OptionError) as error:
        read_corpus("markov", **options)
    assert str(error.value) == message


def test_a_corpus_error_is_a_value_error() -> None:
    assert issubclass(CorpusError, ValueError)


# ------------------------------------------------------------- reading and caching


def test_a_corpus_is_read_once(tmp_path) -> None:
    name = write(tmp_path, "abba")
    assert read_corpus(name) is read_corpus(name)
    assert read_corpus("markov:length=500") is read_corpus("markov:length=500")


def test_a_file_that_has_changed_is_read_again(tmp_path) -> None:
    name = write(tmp_path, "abba")
    first = read_corpus(name)
    write(tmp_path, "abbac")
    second = read_corpus(name)
    assert spelt(second) == "abbac"
    assert first.fingerprint != second.fingerprint


def test_a_change_of_the_same_size_is_noticed_by_its_time(tmp_path) -> None:
    name = write(tmp_path, "abba")
    os.utime(name, ns=(1, 1))
    first = read_corpus(name)
    write(tmp_path, "baab")
    os.utime(name, ns=(2, 2))
    assert spelt(first) == "abba"
    assert spelt(read_corpus(name)) == "baab"


def test_a_fingerprint_is_that_of_the_symbols_whatever_the_file_is_called(tmp_path) -> None:
    names = [write(tmp_path, text, f"{i}") for i, text in enumerate(["Ab, ba", "ab ba", "ab bb"])]
    prints = [read_corpus(name).fingerprint for name in names]
    assert prints[0] == prints[1] != prints[2]
    assert len({read_corpus(names[1], a).fingerprint for a in ("letters", "characters")}) == 2
    whole, lines = (read_corpus(names[1], documents=d).fingerprint for d in ("whole", "lines"))
    assert whole != lines


def test_a_bad_byte_after_a_byte_order_mark_is_counted_from_the_start_of_the_file(tmp_path) -> None:
    with pytest.raises(CorpusError, match="byte 4 is 0xff"):
        read_corpus(write(tmp_path, b"\xef\xbb\xbfa\xff"))


# --------------------------------------------------------------------------- markov


def test_a_markov_corpus_knows_its_source() -> None:
    corpus = read_corpus("markov:order=2,symbols=4,seed=3,length=600")
    assert (corpus.source.order, corpus.source.symbols) == (2, 4)
    assert 590 <= len(corpus.tokens) <= 600
    assert read_corpus("python-docs").source is None


def test_markov_options_may_be_spaced_and_parsed() -> None:
    one, other = (read_corpus(f"markov:{o}") for o in ("length=5e2, seed=1", "seed=1,length=500"))
    assert one.fingerprint == other.fingerprint


# ----------------------------------------------------------------------- python-docs


def test_python_docs_optimum_is_that_of_a_plain_count() -> None:
    """The text differs between Python versions; how it is counted does not."""
    text = "\n".join(topics[key] for key in sorted(topics)).lower()
    text = re.sub("[^a-z]+", " ", text).strip()
    best: Counter[str] = Counter()
    for (context, _), times in pairs(text, 1).items():
        best[context] = max(best[context], times)
    error = 1 - sum(best.values()) / (len(text) - 1)
    problem = problems.make("next-token-rank", corpus="python-docs", held_out=0)
    assert problem.reference.value == pytest.approx(error, abs=1e-12)


def test_python_docs_optimum_is_about_the_published_one() -> None:
    problem = problems.make("next-token-rank", corpus="python-docs", held_out=0)
    assert problem.reference.value == pytest.approx(0.7276, abs=0.002)
    if problem.fingerprint == "5ecbeac1ba99":  # CPython 3.11.7
        assert problem.tokens == 375_755
        assert problem.reference.value == 273_388 / 375_755


def test_python_docs_can_be_read_in_every_alphabet() -> None:
    sizes = [len(read_corpus("python-docs", a).symbols) for a in ("letters", "characters", "bytes")]
    assert sizes[0] == 27
    assert 60 < sizes[1] <= sizes[2]


def test_blocks_of_python_docs_are_a_tenth_of_it() -> None:
    counts = read_corpus("python-docs").counts(1, 0.1, 0)
    share = counts.held_out.sum() / (counts.train.sum() + counts.held_out.sum())
    assert share == pytest.approx(0.1, abs=0.003)
    assert len(counts.contexts) == 27


def test_contexts_grow_with_their_length() -> None:
    corpus = read_corpus("markov:length=3000")
    rows = [len(corpus.counts(k).train) for k in range(4)]
    assert rows[0] == 1
    assert all(a < b for a, b in pairwise(rows))
