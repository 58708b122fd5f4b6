"""What the transformer learns from, and the bound: no torch needed."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest

from problems.next_token.corpus import read_corpus
from problems.next_token.split import HELD_OUT, TRAIN
from problems.next_token.transformer import best_by_beginning, draw_sequences

CORPUS = read_corpus("markov:length=5000,symbols=5")


def test_sequences_are_text_of_one_part_and_predict_no_token_twice() -> None:
    split = CORPUS.split(0.2, instance=3)
    hidden = split.mask(HELD_OUT)
    marked = np.where(hidden, -1, np.arange(len(hidden)))  # a token is its own position
    positions = CORPUS.__class__("", CORPUS.symbols, marked, CORPUS.starts, None, "")
    found = draw_sequences(positions, split.runs(TRAIN), 8, 10**6, np.random.default_rng(0))
    assert (found >= 0).all()
    assert (np.diff(found, axis=1) == 1).all()
    targets = found[:, 1:].ravel()
    assert len(np.unique(targets)) == len(targets)
    # All but the rest of each run, shorter than a sequence, is used.
    runs = int((np.diff(hidden.astype(int)) == -1).sum()) + int(not hidden[0])
    assert (~hidden).sum() - len(targets) <= 8 * runs + runs


def test_a_smaller_sample_is_the_beginning_of_a_larger_one() -> None:
    everywhere = np.array([[0, len(CORPUS.tokens)]])
    small, large = (
        draw_sequences(CORPUS, everywhere, 8, n, np.random.default_rng(0)) for n in (5, 50)
    )
    assert small.shape == (5, 9)
    assert np.array_equal(small, large[:5])


@pytest.mark.parametrize("runs", [[], [[9 * i + 1, 9 * i + 9] for i in range(500)]])
def test_a_part_without_a_run_that_is_long_enough_is_refused(runs: list[list[int]]) -> None:
    with pytest.raises(ValueError, match="context=8: a part of markov:length=5000"):
        draw_sequences(CORPUS, np.reshape(runs, (-1, 2)), 8, 10, np.random.default_rng(0))


@pytest.mark.parametrize("loss", ["zero-one", "cross-entropy"])
def test_bound_is_that_of_a_table_of_beginnings(loss: str) -> None:
    sequences = np.random.default_rng(0).integers(0, 3, (40, 5))
    following: dict[tuple, Counter] = {}
    for row in sequences.tolist():
        for t in range(1, 5):
            following.setdefault(tuple(row[:t]), Counter())[row[t]] += 1
    total = 0.0
    for counts in following.values():
        n = counts.total()
        if loss == "zero-one":
            total += n - max(counts.values())
        else:
            total -= sum(c * math.log(c / n) for c in counts.values())
    assert math.isclose(best_by_beginning(sequences, 3, loss), total / 160)
