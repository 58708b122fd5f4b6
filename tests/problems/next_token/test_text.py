"""What a line is, what an alphabet loses, and which symbol a sequence begins after."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

import problems
from problems.next_token.corpus import read_corpus
from problems.next_token.symbols import encode
from problems.next_token.text import CorpusError

GERMAN = "Die Möwen über der Düne fürchten späte Gäste, größere Füchse und große Öfen.\n" * 30
RUSSIAN = "Все счастливые семьи похожи друг на друга.\n" * 30
CHINESE = "学而时习之，不亦说乎？\n有朋自远方来，不亦乐乎？\n" * 30


def written(tmp_path, text, name="text.txt"):
    file = tmp_path / name
    file.write_bytes(text.encode())
    return str(file)


def spelt(corpus):
    return "".join(corpus.symbols[token] for token in corpus.tokens)


@given(st.text(alphabet="ab\n\r\x0b\x0c\x1c\x1d\x85\u2028\u2029", max_size=30))
def test_lines_are_those_of_pythons_own_files(text):
    """A file opened for text reads LF, CR LF and CR as the end of a line, and nothing else."""
    stream = io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8")
    lines = "".join(line.rstrip("\n") + "\n" for line in stream if line != "\n")
    read = encode(text.encode(), "characters", lines=True)
    assert "".join(read.alphabet[token] for token in read.tokens) == lines


@pytest.mark.parametrize("alphabet", ["characters", "bytes"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_keep_every_other_character(alphabet, end, tmp_path):
    text = f"one\u2028two\x0bthree{end}\x0cfour\x1c{end}"
    corpus = read_corpus(written(tmp_path, text), alphabet, "lines")
    assert len(corpus.starts) == 2
    kept = "one\u2028two\x0bthree\n\x0cfour\x1c\n"
    assert spelt(corpus) == (kept if alphabet == "characters" else kept.encode().decode("latin-1"))
    assert corpus.symbols[corpus.boundary] == "\n"


@pytest.mark.parametrize(
    ("text", "edge"),
    [("a\tb c\nd\te f\n" * 50, "\n"), ("a\tb c d\te f" * 50, " ")],
    ids=["newline", "space"],
)
@pytest.mark.parametrize("alphabet", ["characters", "bytes"])
def test_the_symbol_that_a_sequence_begins_after_is_a_stated_one(alphabet, text, edge, tmp_path):
    """The tabulator sorts first."""
    more = {"corpus": written(tmp_path, text), "alphabet": alphabet, "held_out": 0}
    decode = problems.make("next-token-decode", length=2, **more)
    assert decode.symbols[0] == "\t"
    assert decode.symbols[decode.edge] == edge
    assert f"length 2 after {edge!r}, " in decode.title
    reward = problems.make("next-token-reward", **more)
    assert reward.symbols[reward.chain.edge] == edge
    assert f"before {edge!r}" in reward.title


def test_a_text_without_any_is_refused_with_the_option_that_helps(tmp_path):
    name = written(tmp_path, "a\tb\tab\t" * 50)
    for problem, options in (("next-token-decode", {"length": 2}), ("next-token-reward", {})):
        with pytest.raises(CorpusError, match=r"neither a newline nor a space.*documents=lines"):
            problems.make(problem, corpus=name, alphabet="characters", held_out=0, **options)
    more = {"corpus": name, "alphabet": "characters", "documents": "lines", "held_out": 0}
    assert problems.make("next-token-decode", length=2, **more).title


def test_some_lost_letters_are_told_in_the_title(tmp_path):
    name = written(tmp_path, GERMAN)
    line = GERMAN.splitlines()[0]
    share = sum(c in "öäüßÖÄÜ" for c in line) / sum(c.isalpha() for c in line)
    assert read_corpus(name).lost == pytest.approx(share)
    for problem in ("next-token-table", "next-token-vocabulary", "next-token-decode"):
        title = problems.make(problem, corpus=name).title
        told = f"{100 * share:.2g} % of its letters are not a to z and left out"
        assert told in title
        assert "alphabet=characters keeps them" in title
    assert "left out" not in problems.make("next-token-table", corpus=name, alphabet="bytes").title


def test_a_letter_in_a_thousand_is_not_worth_telling():
    assert "left out" not in problems.make("next-token-table", corpus="python-docs").title


@pytest.mark.parametrize("text", [RUSSIAN, CHINESE, RUSSIAN + "abc " * 20], ids=["ru", "zh", "mix"])
@pytest.mark.parametrize("documents", ["whole", "lines"])
def test_a_text_in_other_letters_is_refused_with_the_alphabet_that_has_them(
    text, documents, tmp_path
):
    name = written(tmp_path, text)
    with pytest.raises(CorpusError, match=r"would lose \d+(\.\d)? % of its.*=characters"):
        read_corpus(name, documents=documents)
    assert read_corpus(name, "characters", documents).lost == 0


def test_a_fault_names_the_line_that_an_editor_shows(tmp_path):
    file = tmp_path / "text.txt"
    file.write_bytes(b"one\rtwo\r\nthree\n\xff")
    with pytest.raises(CorpusError, match="in line 4"):
        read_corpus(str(file))
