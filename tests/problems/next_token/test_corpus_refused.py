"""Texts and options of a corpus that are refused, and what is said of them."""

import pytest

from problems.naming.options import OptionError
from problems.next_token import counting
from problems.next_token.corpus import CorpusError, read_corpus
from tests.problems.next_token.texts import write


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
    monkeypatch.setattr(counting, "MOST_CELLS", 8)
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
            "alphabet=leters: expected one of letters, characters, bytes, bpe:SIZE; "
            "did you mean 'letters'?",
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
