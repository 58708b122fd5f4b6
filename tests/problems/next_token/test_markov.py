"""The synthetic source: what it states about itself, and the text it writes."""

import hashlib
import math

import numpy as np
import pytest

from problems.next_token.corpus import read_corpus
from problems.next_token.markov import LETTERS, MarkovSource

SOURCES = [(0, 5, 0), (0, 27, 1), (1, 2, 1), (1, 3, 0), (1, 5, 2), (1, 27, 0), (2, 3, 1), (2, 6, 0)]
every_source = pytest.mark.parametrize(("order", "symbols", "seed"), SOURCES)


def chain_of(source: MarkovSource) -> np.ndarray:
    """Return the transition matrix between whole contexts."""
    n, states = source.symbols, source.symbols**source.order
    chain = np.zeros((states, states))
    for context in range(states):
        for token in range(n):
            chain[context, (context * n + token) % states] += source.transition[context, token]
    return chain


def stationary_of(chain: np.ndarray) -> np.ndarray:
    """Solve π P = π, Σ π = 1."""
    states = len(chain)
    system = np.vstack([chain.T - np.eye(states), np.ones(states)])
    return np.linalg.lstsq(system, np.append(np.zeros(states), 1.0), rcond=None)[0]


@every_source
def test_transitions_are_distributions(order, symbols, seed) -> None:
    transition = MarkovSource(order=order, symbols=symbols, seed=seed).transition
    assert transition.shape == (symbols**order, symbols)
    assert (transition >= 0).all()
    assert transition.sum(axis=1) == pytest.approx(1)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_the_separator_never_follows_itself(order) -> None:
    source = MarkovSource(order=order, symbols=3)
    assert (source.transition[::3, 0] == 0).all()
    assert (np.delete(source.transition[:, 0], np.s_[::3]) > 0).all()
    assert "  " not in source.text(5000)


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("symbols", [9, 27])
def test_reading_the_text_as_letters_leaves_it_as_it_is(order, symbols) -> None:
    for seed in range(3):
        text = MarkovSource(order=order, symbols=symbols, seed=seed).text(3000)
        corpus = read_corpus(f"markov:order={order},symbols={symbols},seed={seed},length=3000")
        assert "".join(corpus.symbols[t] for t in corpus.tokens) == text.strip()


@every_source
def test_the_stationary_distribution_is_the_eigenvector(order, symbols, seed) -> None:
    source = MarkovSource(order=order, symbols=symbols, seed=seed)
    expected = stationary_of(chain_of(source))
    assert source.stationary == pytest.approx(expected, abs=1e-10)
    assert source.stationary.sum() == pytest.approx(1)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("symbols", [2, 3])
def test_the_stationary_distribution_of_a_chain_that_is_nearly_periodic(symbols, seed) -> None:
    source = MarkovSource(order=1, symbols=symbols, seed=seed)
    assert source.stationary == pytest.approx(stationary_of(chain_of(source)), abs=1e-10)


def eliminated_shares(chain: np.ndarray) -> np.ndarray:
    """Eliminate state after state without a subtraction that could cancel."""
    chain, states = chain.copy(), len(chain)
    for i in range(states - 1):  # the last state is one that every chain comes back to
        chain[i + 1 :, i] /= chain[i, i + 1 :].sum()
        chain[i + 1 :, i + 1 :] += np.outer(chain[i + 1 :, i], chain[i, i + 1 :])
    share = np.ones(states)
    for i in range(states - 2, -1, -1):
        share[i] = share[i + 1 :] @ chain[i + 1 :, i]
    return share / share.sum()


@pytest.mark.parametrize(("order", "symbols", "seed"), [(8, 2, 1), (8, 2, 3), (5, 3, 1)])
def test_the_stationary_distribution_of_a_chain_that_mixes_slowly(order, symbols, seed) -> None:
    source = MarkovSource(order=order, symbols=symbols, seed=seed)
    expected = eliminated_shares(chain_of(source))
    assert source.stationary == pytest.approx(expected, rel=1e-6, abs=1e-12)


def test_many_contexts_that_do_not_settle_are_solved_for() -> None:
    source = MarkovSource(order=7, symbols=3, seed=1)  # a run of one letter hardly ever ends
    share = source.stationary
    flow = (share[:, None] * source.transition).reshape(3, -1).sum(axis=0)
    np.testing.assert_allclose(flow, share, atol=1e-14)
    assert share.sum() == pytest.approx(1)
    np.testing.assert_allclose(share, source._solved_shares(), atol=1e-14)
    assert 0 < source.entropy_rate < math.log(3)


def test_both_ways_to_the_stationary_distribution_agree() -> None:
    source = MarkovSource(order=3, symbols=11, seed=0)
    assert len(source.transition) > 1000
    np.testing.assert_allclose(source.stationary, source._solved_shares(), atol=1e-12)


@every_source
def test_entropy_rate_and_bayes_error_are_those_of_their_definitions(order, symbols, seed) -> None:
    source = MarkovSource(order=order, symbols=symbols, seed=seed)
    share = stationary_of(chain_of(source))
    entropy = correct = 0.0
    for weight, row in zip(share, source.transition.tolist(), strict=True):
        entropy -= weight * sum(p * math.log(p) for p in row if p > 0)
        correct += weight * max(row)
    assert source.entropy_rate == pytest.approx(entropy, abs=1e-9)
    assert source.bayes_error == pytest.approx(1 - correct, abs=1e-9)
    assert 0 < source.bayes_error < 1 - 1 / symbols
    assert 0 < source.entropy_rate < math.log(symbols)


@pytest.mark.parametrize("seed", [1, 4])
def test_two_symbols_by_hand(seed) -> None:
    source = MarkovSource(order=1, symbols=2, seed=seed)
    p = source.transition[1, 0]  # separator → a always; a → separator with p
    assert source.transition[0].tolist() == [0, 1]
    share = 1 / (1 + p)
    assert source.stationary == pytest.approx([p * share, share], abs=1e-10)
    assert source.bayes_error == pytest.approx(share * min(p, 1 - p), abs=1e-10)
    entropy = -share * (p * math.log(p) + (1 - p) * math.log(1 - p))
    assert source.entropy_rate == pytest.approx(entropy, abs=1e-10)


@pytest.mark.parametrize(("order", "symbols"), [(0, 4), (1, 4), (2, 3)])
def test_a_long_text_has_the_entropy_and_the_error_that_the_source_states(order, symbols) -> None:
    source = MarkovSource(order=order, symbols=symbols, seed=2)
    tokens = np.array([LETTERS.index(c) for c in source.text(120_000)])
    context = np.zeros(len(tokens) - order, dtype=int)
    for offset in range(order, 0, -1):
        context = context * symbols + tokens[order - offset : len(tokens) - offset]
    counts = np.zeros((symbols**order, symbols))
    np.add.at(counts, (context, tokens[order:]), 1)
    share = counts / counts.sum()
    rows = share.sum(axis=1, keepdims=True)
    ratio = np.divide(share, rows, out=np.ones_like(share), where=share > 0)
    assert -(share * np.log(ratio)).sum() == pytest.approx(source.entropy_rate, abs=0.01)
    assert 1 - share.max(axis=1).sum() == pytest.approx(source.bayes_error, abs=0.01)
    assert rows[:, 0] == pytest.approx(source.stationary, abs=0.01)


@pytest.mark.parametrize(
    ("options", "digest"),
    [
        ({}, "d5a4f978f016f70976b428a3b8b56676536fa143599108a170787209f7c65f11"),
        (
            {"order": 0, "symbols": 5},
            "c8268c136044c2d70f40b3fc01ea8d3ffa0c844cf4e049be8e780c944b441932",
        ),
        (
            {"order": 2, "symbols": 9, "seed": 7},
            "a6f2999c0f6c2f918d0d64e812f9da167758b2667fce5a86950dada27b881ee8",
        ),
    ],
)
def test_the_text_is_the_same_on_every_machine(options, digest) -> None:
    text = MarkovSource(**options).text(2000)
    assert hashlib.sha256(text.encode()).hexdigest() == digest


def test_the_text_goes_on_where_it_ended_but_starts_a_new_sentence() -> None:
    source = MarkovSource(seed=3)
    first, second = source.text(50), source.text(50)
    assert first != second
    assert first == MarkovSource(seed=3).text(50)
    assert first[0] != " "
    assert second[0] != " "  # from an all-separator context


def test_a_longer_text_begins_like_a_shorter_one() -> None:
    short, long = (MarkovSource(order=2, symbols=4).text(n) for n in (100, 300))
    assert long[:100] == short
    assert (len(short), len(long)) == (100, 300)


def test_seeds_differ() -> None:
    assert len({MarkovSource(seed=s).text(100) for s in range(5)}) == 5


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"symbols": 1}, "symbols=1: expected 2 to 27"),
        ({"symbols": 28}, "symbols=28: expected 2 to 27"),
        ({"order": -1}, "order=-1: expected 0 or more"),
        ({"order": 5}, "order=5: expected 0 or more, and at most 20 million"),
        ({"order": 25, "symbols": 2}, "order=25"),
        ({"seed": -1}, "seed=-1: expected a whole number >= 0"),
    ],
)
def test_parameters_are_checked(options, complaint) -> None:
    with pytest.raises(ValueError, match=f"markov: {complaint}"):
        MarkovSource(**options)
    text = ",".join(f"{key}={value}" for key, value in options.items())
    with pytest.raises(ValueError, match=complaint):
        read_corpus(f"markov:{text}")
