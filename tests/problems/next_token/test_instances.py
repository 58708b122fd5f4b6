"""An instance of a text is another sample of it; of a synthetic source it is another source."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest

import problems
from problems.next_token.corpus import read_corpus
from problems.next_token.split import HELD_OUT, TRAIN, UNUSED, draw_split
from tests.problems.next_token.texts import write

INSTANCES = range(4)


def tables(corpus: str) -> list[Any]:
    return [problems.make("next-token-table", corpus=corpus, instance=i) for i in INSTANCES]


def correlations(made: list[Any], points: np.ndarray) -> np.ndarray:
    """Return how the values of each two of some problems correlate over points."""
    values = np.corrcoef([problem.values(points) for problem in made])
    return values[np.triu_indices(len(made), 1)]


def near_optimum(problem: Any) -> np.ndarray:
    """Return logits around the optimum of a problem, as where good methods end."""
    noise = np.random.default_rng(0).standard_normal((300, problem.space.dimension))
    return problem.space.decode(problem.count(1.0) + 0.1 * noise)


def test_the_values_of_two_sources_do_not_correlate() -> None:
    """Of instances that were other blocks of one text they did to 0.9999."""
    made = tables("markov")
    points = made[0].space.sample(np.random.default_rng(0), 300)
    assert abs(correlations(made, points)).max() < 0.5
    assert abs(correlations(made, near_optimum(made[0]))).max() < 0.5


def test_the_values_of_two_samples_of_a_text_correlate_less_where_methods_end() -> None:
    """Where logits are random the language decides, near the optimum the sample does."""
    _, *made = tables("python-docs")
    points = made[0].space.sample(np.random.default_rng(0), 300)
    assert correlations(made, points).max() < 0.998
    assert correlations(made, near_optimum(made[0])).max() < 0.7
    # The optimum of one is not that of another: it costs some hundredths of a nat.
    for one, other in combinations(made, 2):
        x = one.count(0.1)
        assert 0.005 < other.value(x) - other.value(other.count(0.1)) < 0.2


def test_sources_of_one_seed_differ_and_are_the_same_each_time() -> None:
    sources = [read_corpus("markov:length=500", instance=i) for i in INSTANCES]
    assert len({corpus.fingerprint for corpus in sources}) == len(INSTANCES)
    assert len({str(corpus.source.transition) for corpus in sources}) == len(INSTANCES)
    seeded = {read_corpus(f"markov:length=500,seed={i}").fingerprint for i in INSTANCES}
    assert seeded & {corpus.fingerprint for corpus in sources} == {sources[0].fingerprint}
    again = read_corpus("markov:length=500", instance=2)
    assert again.fingerprint == sources[2].fingerprint == "9c9170e88bf0"


def test_an_instance_knows_its_own_source() -> None:
    for problem in tables("markov:symbols=5,length=20000"):
        entropy = problem.anchors["entropy rate of the order-1 source"]
        assert problem.reference.value == pytest.approx(entropy, rel=0.02)


def test_the_first_instance_is_the_whole_text() -> None:
    for name in ("markov", "python-docs"):
        corpus = read_corpus(name)
        assert not (corpus.split(0.1, 0).parts == UNUSED).any()
    assert read_corpus("markov").fingerprint == "38c6f5990f83"  # as published


@pytest.mark.parametrize(("length", "share"), [(500, 0.5), (40_000, 0.25), (200_000, 0.1)])
@pytest.mark.parametrize("line", [None, 7])
def test_a_sample_is_a_share_of_the_sections(length, share, line) -> None:
    starts = None if line is None else np.arange(0, length, line)
    held_out = 0.2
    splits = [draw_split("it", length, starts, held_out, i, sampled=True) for i in range(1, 21)]
    used = np.array([~split.mask(UNUSED) for split in splits])
    assert used.mean(axis=1) == pytest.approx(np.full(20, share), rel=0.1)
    held = np.array([split.mask(HELD_OUT).sum() for split in splits])
    assert held / used.sum(axis=1) == pytest.approx(np.full(20, held_out), rel=0.2)
    assert len({row.tobytes() for row in used}) == 20
    # Two share no more than two that are drawn by themselves, on average.
    shared = [(one & other).sum() / one.sum() for one, other in combinations(used, 2)]
    assert np.mean(shared) == pytest.approx(share, rel=0.15)
    assert used.any(axis=0).mean() > 0.8  # any part of the text may be in one
    # What is used comes in stretches of a section's length, or longer.
    runs = np.diff(splits[0].edges)[np.diff(splits[0].edges) > 0]
    assert runs.min() >= (1 if line is None else line) or length == 500


def test_documents_are_sampled_as_a_whole(tmp_path) -> None:
    text = "\n".join("abcdefgh"[: 2 + i % 7] for i in range(4000))
    corpus = read_corpus(write(tmp_path, text), "characters", "lines")
    split = corpus.split(0.1, 3)
    assert set(split.edges[:-1].tolist()) <= set(corpus.starts.tolist())
    assert {TRAIN, HELD_OUT, UNUSED} == set(split.parts.tolist())
    counts = corpus.counts(2, 0.1, 3)
    assert counts.train.sum() == split.mask(TRAIN).sum()
    assert counts.held_out.sum() == split.mask(HELD_OUT).sum()


def test_of_a_few_documents_a_sample_holds_one_out(tmp_path) -> None:
    corpus = read_corpus(
        write(tmp_path, "\n".join(["ab cd ef gh " * 300] * 10)), "letters", "lines"
    )
    for instance in range(1, 10):
        counts = corpus.counts(1, 0.1, instance)
        assert counts.train.sum() > counts.held_out.sum() > 0
