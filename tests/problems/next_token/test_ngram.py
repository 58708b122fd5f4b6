"""n-gram models against hand-computed examples and a slow, direct implementation."""

from __future__ import annotations

import math
from collections import Counter
from itertools import product

import numpy as np
import pytest

from problems.next_token.corpus import read_corpus
from problems.next_token.ngram import (
    AddOne,
    KneserNey,
    NGram,
    evaluate,
    ladder,
)
from problems.next_token.ngram_counts import NextCounts, count_sequences, visible_counts

SIZE = 4
TEXT = np.random.default_rng(0).choice(SIZE - 1, (1, 120), p=[0.6, 0.3, 0.1])  # 3 never occurs


def tables(sequences: np.ndarray, size: int, order: int) -> list[NextCounts]:
    return [count_sequences(sequences, k, size) for k in range(order)]


def every_context(k: int) -> np.ndarray:
    return np.array(list(product(range(SIZE), repeat=k)), dtype=np.int64).reshape(SIZE**k, k)


def slow_kneser_ney(grams: Counter, context: tuple, token: int, size: int) -> float:
    """P(token | context) by the formula, from the counts of whole n-grams alone."""
    k = len(next(iter(grams))) - 1
    shorter = Counter(gram[1:] for gram in grams)  # distinct n-grams: continuations
    own = context[len(context) - k :] if k <= len(context) else None
    after = {gram[-1]: n for gram, n in grams.items() if gram[:-1] == own}
    if not after:
        return slow_kneser_ney(shorter, context, token, size)
    n1, n2 = (sum(n == r for n in grams.values()) for r in (1, 2))
    discount = n1 / (n1 + 2 * n2) if n1 and n2 else 0.5
    below = slow_kneser_ney(shorter, own[1:], token, size) if k else 1 / size
    kept = max(after.get(token, 0) - discount, 0)
    return (kept + discount * len(after) * below) / sum(after.values())


def test_counts_are_those_of_a_loop() -> None:
    sequences = np.random.default_rng(1).integers(0, SIZE, (5, 9))
    for k in range(4):
        expected = Counter(
            (tuple(row[i - k : i]), row[i]) for row in sequences.tolist() for i in range(k, 9)
        )
        found = count_sequences(sequences, k, SIZE)
        assert found.total == 5 * (9 - k)
        for context, counts in zip(found.contexts.tolist(), found.counts.tolist(), strict=True):
            for token, n in enumerate(counts):
                assert n == expected[(tuple(context), token)]


def test_visible_counts_take_every_token_but_the_first() -> None:
    sequences = np.random.default_rng(1).integers(0, SIZE, (5, 9))
    parts = visible_counts(sequences, 2, SIZE)
    assert [part.contexts.shape[1] for part in parts] == [1, 2]
    assert [part.total for part in parts] == [5, 5 * 7]
    assert [part.total for part in visible_counts(sequences[:, :2], 2, SIZE)] == [5]


@pytest.mark.parametrize("k", [-1, 9])
def test_a_context_as_long_as_the_sequence_is_refused(k: int) -> None:
    with pytest.raises(ValueError, match=f"k={k}: expected 0 to 8"):
        count_sequences(np.zeros((2, 9), dtype=np.int64), k, SIZE)


def test_add_one_by_hand() -> None:
    # a a b: a is followed by a once and by b once.
    model = AddOne(tables(np.array([[0, 0, 1]]), 3, 2))
    found = model.probabilities(np.array([[0], [1], [2]]))
    assert found.tolist() == [[0.4, 0.4, 0.2], [1 / 3] * 3, [1 / 3] * 3]
    assert model.probabilities(np.empty((1, 0), dtype=int)).tolist() == [[3 / 6, 2 / 6, 1 / 6]]


def test_kneser_ney_by_hand() -> None:
    # 0 1 0 1 0 2: c(01) = c(10) = 2, c(02) = 1, so D = 1 / (1 + 2·2) = 0.2. Each token
    # follows one other, so n₁ = 3, n₂ = 0, D₀ = 1/2 and the lowest order is uniform.
    model = KneserNey(count_sequences(np.array([[0, 1, 0, 1, 0, 2]]), 1, 3))
    assert model.discounts == (0.5, 0.2)
    found = model.probabilities(np.array([[0], [1], [2]]))
    mass = 0.2 * 2 / 3 / 3
    expected = [[mass, 1.8 / 3 + mass, 0.8 / 3 + mass], [0.9 + 0.1 / 3, 0.1 / 3, 0.1 / 3]]
    assert np.allclose(found, [*expected, [1 / 3] * 3], atol=1e-15)


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_kneser_ney_equals_the_formula(order: int) -> None:
    model = KneserNey(count_sequences(TEXT, order - 1, SIZE))
    text = TEXT[0].tolist()
    grams = Counter(tuple(text[i : i + order]) for i in range(len(text) - order + 1))
    for k in range(order + 1):  # shorter and longer contexts than it uses, seen and unseen
        contexts = every_context(k)[:70]
        found = model.probabilities(contexts)
        for context, row in zip(contexts.tolist(), found, strict=True):
            for token in range(SIZE):
                slow = slow_kneser_ney(grams, tuple(context), token, SIZE)
                assert math.isclose(row[token], slow, rel_tol=1e-12)


@pytest.mark.parametrize("name", ["uniform", "unigram", "bigram", "trigram", "Kneser-Ney"])
def test_probabilities_are_positive_and_sum_to_one_after_every_context(name: str) -> None:
    model = ladder(tables(TEXT, SIZE, 3))[name]
    for k in range(4):
        found = model.probabilities(every_context(k))
        assert found.shape == (SIZE**k, SIZE)
        assert (found > 0).all()
        assert np.allclose(found.sum(axis=1), 1, atol=1e-12)


def test_scores_are_those_of_a_loop_over_tokens() -> None:
    held_out = np.random.default_rng(2).integers(0, SIZE, (3, 20))
    for model in ladder(tables(TEXT, SIZE, 3)).values():
        nats, wrong, n = 0.0, 0, 0
        for row in held_out:
            for i in range(1, len(row)):
                p = model.probabilities(row[None, max(0, i - 2) : i])[0]
                nats -= math.log(p[row[i]])
                wrong += p.argmax() != row[i]
                n += 1
        score = evaluate(model, visible_counts(held_out, 2, SIZE))
        assert math.isclose(score.nats, nats / n, rel_tol=1e-12)
        assert math.isclose(score.error, wrong / n, rel_tol=1e-12)


def test_nothing_to_predict_is_an_error() -> None:
    empty = NextCounts(np.zeros((1, 0), dtype=np.int64), np.zeros((1, SIZE), dtype=np.int64))
    with pytest.raises(ValueError, match="no held-out token"):
        evaluate(NGram(SIZE), [empty])


def test_contexts_too_long_to_number_are_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        KneserNey(count_sequences(np.zeros((1, 80), dtype=np.int64), 63, 2))


def test_a_corpus_comes_near_its_sources_entropy() -> None:
    corpus = read_corpus("markov:length=50000,symbols=5")
    split = [corpus.counts(k, 0.1) for k in range(3)]
    train = [NextCounts(part.contexts[: len(part.train)], part.train) for part in split]
    # The same tokens for every model: those that have two tokens before them.
    held_out = [NextCounts(split[2].contexts, split[2].held_out)]
    scores = {name: evaluate(model, held_out) for name, model in ladder(train).items()}
    assert list(scores) == ["uniform", "unigram", "bigram", "trigram", "Kneser-Ney"]
    assert math.isclose(scores["uniform"].nats, math.log(len(corpus.symbols)))
    assert corpus.source is not None
    # An order-1 source: the bigram is the right model, and more context only costs.
    for name in ("bigram", "trigram", "Kneser-Ney"):
        assert abs(scores[name].nats - corpus.source.entropy_rate) < 0.03
