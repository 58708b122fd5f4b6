"""Whatever a corpus is called and whatever it holds: symbols and counts, or one line of why not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from problems.next_token.corpus import CorpusError, read_corpus

bounded = settings(derandomize=True, max_examples=300, deadline=None)

alphabets = st.sampled_from(["letters", "characters", "bytes"])
documents = st.sampled_from(["whole", "lines"])
#: Bytes of any kind, text of any kind, and text that is nearly a corpus.
contents = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.text("ab \n\r\x0b\x1c\x85\u2028\ufeff\0é", max_size=200).map(str.encode),
)


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory):
    """An empty folder to stand in: any text may be the name of a file elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder := tmp_path_factory.mktemp("texts"))
        yield folder


def check(name, alphabet="characters", documents="whole"):
    """Read a corpus and count it; return what it refuses, in one line that names it."""
    try:
        corpus = read_corpus(name, alphabet, documents)
    except CorpusError as error:
        return str(error)
    assert len(corpus.symbols) == len(set(corpus.symbols)) >= 2
    assert corpus.tokens.min() >= 0
    assert corpus.tokens.max() < len(corpus.symbols)
    assert corpus.starts[0] == 0
    assert (np.diff(corpus.starts) > 0).all()
    if alphabet != "letters":
        assert set(range(len(corpus.symbols))) == set(corpus.tokens.tolist())
    for k in (0, 1, 2):
        # A context is within the text; each document begins at its boundary.
        expected = len(corpus.tokens) - (k if documents == "whole" else 0)
        if expected <= 0:
            with pytest.raises(ValueError, match="too short"):
                corpus.counts(k)
        else:
            counts = corpus.counts(k)
            assert counts.train.sum() == expected
            assert counts.held_out.sum() == 0
    return None


@bounded
@given(contents, alphabets, documents)
def test_a_file_of_any_bytes(folder, content, alphabet, documents):
    path = folder / "corpus.txt"
    path.write_bytes(content)
    refused = check(str(path), alphabet, documents)
    if refused is not None:
        assert refused.startswith(f"corpus {str(path)!r} ")
        assert "\n" not in refused
    path.unlink()  # else the next may have its time and size


@bounded
@given(st.text(max_size=30))
def test_a_name_of_any_text(name):
    assume(name != "python-docs")  # hypothesis tries the constants of the code as well
    refused = check(name)
    assert refused is not None
    assert refused.startswith(f"corpus {name!r}: ")
    assert "\n" not in refused


numbers = st.one_of(
    st.integers(-3, 30).map(str),
    st.sampled_from(["1e2", "1e400", "-0", "nan", "inf", "1.5", "", " 2 ", "٣", "9" * 5000, "1_0"]),
    st.integers().map(str),
    st.integers(10**3, 10**18).map(str),
    st.text(max_size=5),
)
keys = st.sampled_from(["order", "symbols", "seed", "ordre", "", " order ", "length"])
settings_of_markov = st.lists(
    st.tuples(keys, st.sampled_from(["=", "", "=="]), numbers), max_size=4
)


@bounded
@given(settings_of_markov)
def test_a_synthetic_source_of_any_settings(pairs):
    text = ",".join(key + equals + value for key, equals, value in pairs)
    name = f"markov:length=60,{text}"
    refused = check(name)
    if refused is not None:
        assert refused.startswith(f"corpus {name!r}")
        assert "\n" not in refused


@pytest.mark.parametrize("order", [24, 25, 10**6, 10**12, "1e300"])
def test_an_order_beyond_any_table_is_refused_at_once(order):
    """Found by the test above: 2 ** 10¹² was reckoned first."""
    assert "order" in check(f"markov:symbols=2,order={order}")


@pytest.mark.parametrize("setting", ["symbols=0", "symbols=28", "order=-1", "seed=-1", "length=0"])
def test_what_a_source_refuses_is_said_of_the_corpus(setting):
    """Found by the test above: some of it was no `CorpusError`, and did not name the corpus."""
    with pytest.raises(CorpusError, match=f"corpus 'markov:{setting}': .*{setting[:5]}"):
        read_corpus(f"markov:{setting}")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("a\0b", r"corpus 'a\\x00b': not the path of a file: embedded null"),
        ("\udcff\ud800", r"corpus '\\udcff\\ud800': not the path of a file"),
        ("/dev/zero", "corpus '/dev/zero': a device or a pipe, which need not end"),
        ("/", "corpus '/': Is a directory"),
    ],
)
def test_what_is_no_file_is_told(name, why):
    with pytest.raises(CorpusError, match=why):
        read_corpus(name)
