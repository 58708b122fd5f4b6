"""Vocabularies against brute force: segmentations, subsets, byte-pair encoding by hand."""

from __future__ import annotations

import math
from collections import Counter
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import problems
from methods import minimize
from problems import Budget
from problems.next_token import vocabulary
from problems.next_token.byte_pair import byte_pair_encoding
from problems.next_token.segmentation import Segmentation
from problems.next_token.split import HELD_OUT
from problems.next_token.vocabulary import NextTokenVocabulary
from problems.next_token.vocabulary_program import linear_bound
from problems.next_token.words import count_words


def make(**options: Any) -> NextTokenVocabulary:
    defaults = {"corpus": "markov:length=1500,symbols=5", "size": 3, "candidates": 9, "longest": 4}
    problem = problems.make("next-token-vocabulary", **{**defaults, **options})
    assert isinstance(problem, NextTokenVocabulary)
    return problem


def fewest(word: str, tokens: frozenset[str]) -> int:
    """Every way to begin with a character or a token, recursively."""
    if not word:
        return 0
    ways = [1] + [len(t) for t in tokens if word.startswith(t)]
    return 1 + min(fewest(word[n:], tokens) for n in ways)


def total(words: Counter[str], tokens: frozenset[str]) -> int:
    return sum(count * fewest(word, tokens) for word, count in words.items())


def test_value_and_score_agree_with_brute_force_segmentation() -> None:
    problem = make()
    points = problem.space.sample(np.random.default_rng(0), 15)
    for x, value in zip(points, problem.values(points), strict=True):
        tokens = frozenset(problem.segmentation.tokens[t] for t in x)
        for words, found in (
            (problem.words.train, value),
            (problem.words.held_out, problem.score(x)),
        ):
            characters = sum(len(word) * count for word, count in words.items())
            assert found == total(words, tokens) / characters


def test_order_does_not_matter() -> None:
    problem = make()
    assert problem.value(np.array([0, 3, 5])) == problem.value(np.array([5, 0, 3]))


def test_overlapping_and_repeated_tokens() -> None:
    words = {"aaaa": 2, "aaab": 1, "xyz": 5, "abxab": 1}
    segmentation = Segmentation(words, ["aa", "aaa", "ab"])
    for subset in (c for k in range(4) for c in combinations(range(3), k)):
        chosen = np.isin(np.arange(3), subset)
        tokens = frozenset(segmentation.tokens[t] for t in subset)
        assert segmentation.total(chosen[None])[0] == total(Counter(words), tokens)
        for word in words:
            spelled = segmentation.spell(word, chosen)
            assert "".join(spelled) == word
            assert len(spelled) == fewest(word, tokens)


def test_gains_are_differences_of_totals() -> None:
    problem = make()
    segmentation = problem.segmentation
    for x in problem.space.sample(np.random.default_rng(1), 5):
        chosen = problem.chosen(x[None])[0]
        more = chosen | np.eye(len(chosen), dtype=bool)
        expected = segmentation.total(chosen[None])[0] - segmentation.total(more)
        assert segmentation.gains(chosen).tolist() == expected.tolist()


@pytest.mark.parametrize("seed", range(4))
def test_integer_program_agrees_with_all_subsets(seed: int) -> None:
    problem = make(corpus=f"markov:length=1500,symbols=5,seed={seed}")
    every = np.array(list(combinations(range(problem.space.n), problem.size)))
    best = problem.values(every).min()
    run = minimize(problem, "integer-programming", Budget(0, 20))
    assert run.ended == "optimal"
    assert run.value == best
    bound = linear_bound(problem.linear_model())
    assert problem.reference.value <= bound + 1e-9
    assert bound <= best + 1e-9
    assert best <= problem.anchors["greedy"]


def test_reference_is_attained_where_nothing_overlaps(tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_text("ab ab ab cd cd ef xyz")
    problem = make(corpus=str(text), size=2, candidates=3, longest=2, held_out=0)
    assert problem.value(np.array([0, 1])) == problem.reference.value == (15 - 5) / 15


def test_greedy_by_hand(tmp_path: Path) -> None:
    # abc saves 2 × 4 alone; then ab saves nothing in abc, 3 in the rest; xy saves 2.
    text = tmp_path / "text"
    text.write_text("abc abc abc abc ab ab ab xy xy")
    problem = make(corpus=str(text), size=2, candidates=4, longest=3, held_out=0)
    tokens = [problem.segmentation.tokens[t] for t in problem.greedy()]
    assert tokens == ["abc", "ab"]
    assert problem.anchors["greedy"] == (22 - 8 - 3) / 22


def test_byte_pair_encoding_by_hand() -> None:
    # The toy words of Sennrich, Haddow and Birch (2016), algorithm 1; "." ends a word here.
    words = {"low.": 5, "lower.": 2, "newest.": 6, "widest.": 3}
    tokens, total_tokens = byte_pair_encoding(words, 4)
    # (e, s) and (s, t) and (t, .) occur 9 times each: the first in the alphabet wins.
    assert tokens == ["es", "est", "est.", "lo"]
    assert total_tokens == 5 * 3 + 2 * 5 + 6 * 4 + 3 * 4


def test_byte_pair_encoding_merges_runs_from_the_left_and_stops() -> None:
    tokens, total_tokens = byte_pair_encoding({"aaaaa": 1}, 5)
    assert tokens == ["aa", "aaa", "aaaaa"]  # aa·aa·a, aa·aaa, aaaaa
    assert total_tokens == 1


def test_byte_pair_encoding_agrees_with_recounting_every_pair() -> None:
    words = make().words.train
    spelled = {word: list(word) for word in words}
    expected = []
    for _ in range(8):
        pairs: Counter[tuple[str, str]] = Counter()
        for word, parts in spelled.items():
            for pair in pairwise(parts):
                pairs[pair] += words[word]
        first, second = min(pairs, key=lambda p: (-pairs[p], p))
        expected.append(first + second)
        for parts in spelled.values():
            i = 0
            while i + 1 < len(parts):
                if (parts[i], parts[i + 1]) == (first, second):
                    parts[i : i + 2] = [first + second]
                i += 1
    tokens, total_tokens = byte_pair_encoding(words, 8)
    assert tokens == list(dict.fromkeys(expected))
    assert total_tokens == sum(words[word] * len(parts) for word, parts in spelled.items())


def test_byte_pair_encoding_is_never_better_than_its_tokens() -> None:
    anchors = make().anchors
    own, optimal = (
        anchors["byte-pair encoding, its own merges"],
        anchors["byte-pair encoding, segmented optimally"],
    )
    assert optimal <= own <= anchors["characters only"] == 1.0


def test_words_are_those_of_the_text() -> None:
    problem = make(held_out=0)
    text = "".join(problem.corpus.symbols[t] for t in problem.corpus.tokens)
    assert problem.words.train == Counter(text.split())
    split = count_words(problem.corpus, 0.3, 1)
    # The words that an edge of the split cuts are in neither part.
    hidden, begin, parts = (
        problem.corpus.split(0.3, 1).mask(HELD_OUT),
        0,
        (Counter[str](), Counter[str]()),
    )
    cut = 0
    for word in text.split(" "):
        marks = set(hidden[begin : begin + len(word)].tolist())
        begin += len(word) + 1
        if marks in ({True}, {False}):
            parts[marks.pop()][word] += 1
        cut += len(marks) == 2
    assert (split.train, split.held_out) == parts
    assert split.held_out
    assert cut > 0


@pytest.mark.parametrize("held_out", [0.1, 0.5])
def test_a_text_without_white_space_has_no_whole_words_to_hold_out(
    tmp_path: Path, held_out: float
) -> None:
    text = tmp_path / "text"
    text.write_text("acgtta" * 500)
    with pytest.raises(ValueError, match=r"0 whole words to learn from, 0 held out.*held_out=0"):
        make(corpus=str(text), held_out=held_out)
    short = tmp_path / "short"
    short.write_text("acgttacgatca")
    problem = make(corpus=str(short), held_out=0)
    x = np.array([0, 1, 2])
    assert problem.score(x) == problem.value(x)


@pytest.mark.parametrize(
    ("most", "solved"), [(0, False), (vocabulary.MOST_ARCS, True)], ids=["many", "few"]
)
def test_only_a_short_linear_programme_is_solved_for_an_anchor(
    monkeypatch: pytest.MonkeyPatch, most: int, solved: bool
) -> None:
    monkeypatch.setattr(vocabulary, "MOST_ARCS", most)
    assert ("linear programme's bound" in make().anchors) is solved


def test_proposal_draws_in_proportion_to_what_a_token_saves() -> None:
    problem = make(size=1)
    n = 20_000
    drawn = problem.sample(np.random.default_rng(0), n)[:, 0]
    expected = n * problem.saved_alone / problem.saved_alone.sum()
    observed = np.bincount(drawn, minlength=problem.space.n)
    chi_square = float(((observed - expected) ** 2 / expected).sum())
    assert chi_square < problem.space.n - 1 + 4 * math.sqrt(2 * (problem.space.n - 1))


def test_describe_shows_the_tokens() -> None:
    problem = make()
    text = problem.describe(np.array([0, 1, 2]))
    assert text.startswith(" ".join(problem.segmentation.tokens[:3]))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": 0}, r"size=0: expected a whole number in \[1, 5000\]"),
        ({"size": 6000}, r"size=6000: expected a whole number in \[1, 5000\]"),
        ({"candidates": 6000}, r"candidates=6000: expected a whole number in \[1, 5000\]"),
        ({"size": 10}, "candidates=9: expected 10"),
        ({"longest": 1}, "longest=1"),
        ({"size": 4000, "candidates": 4000}, "substrings"),
        ({"held_out": 1.5}, "held_out=1.5"),
    ],
)
def test_refuses_bad_options(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make(**options)


def test_temperature_must_be_positive() -> None:
    with pytest.raises(ValueError, match="temperature=0"):
        make().sample(np.random.default_rng(0), 1, 0.0)
