"""Held-out text: whole blocks, drawn by the instance, never the tail."""

import contextlib

import numpy as np
import pytest

from problems.next_token.corpus import read_corpus
from problems.next_token.split import HELD_OUT, draw_split
from tests.problems.next_token.texts import as_dict, spelt, write


@pytest.fixture(scope="module")
def distinct(tmp_path_factory) -> str:
    """A text of 200 different characters, whose counts tell where each was."""
    text = "".join(chr(0x4E00 + i) for i in range(200))
    return write(tmp_path_factory.mktemp("distinct"), text)


def hidden_of(corpus, held_out: float, instance: int = 0) -> np.ndarray:
    """Tell from counts without context which tokens of a text of distinct ones are hidden."""
    counts = corpus.counts(0, held_out, instance)
    times = counts.train[0] + counts.held_out[0]
    assert (times.min(), times.max()) == (int(instance == 0), 1)
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
    whole = corpus.name, len(corpus.tokens), corpus.starts, 0.1
    shares = [draw_split(*whole, i, sampled=False).mask(HELD_OUT).mean() for i in range(20)]
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
