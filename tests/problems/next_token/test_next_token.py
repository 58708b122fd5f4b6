from __future__ import annotations

import numpy as np
import pytest

import problems
from problems.core.views import Minibatch
from problems.next_token.cross_entropy import CrossEntropy

COUNTS = np.array([[3, 0, 1], [0, 2, 2], [5, 1, 0], [0, 0, 7]])


def by_definition(counts, logits):
    """−Σ count log softmax / Σ count, and its gradient, cell by cell."""
    loss, slope = 0.0, np.zeros(logits.shape)
    for i, row in enumerate(logits):
        probability = np.exp(row) / np.exp(row).sum()
        loss -= float((counts[i] * np.log(probability)).sum())
        slope[i] = counts[i].sum() * probability - counts[i]
    return loss / counts.sum(), slope / counts.sum()


LAYOUTS = {
    "rows": np.ascontiguousarray,
    "columns": np.asfortranarray,
    "neither": lambda logits: np.repeat(np.repeat(logits, 2, axis=0), 2, axis=1)[::2, ::2],
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("batch", [False, True])
def test_loss_and_slope_are_their_definition_in_any_memory_order(layout, batch):
    rows = np.array([0, 2, 3]) if batch else np.arange(4)
    weights = COUNTS[rows]
    minibatch = Minibatch(rows, weights, 0.75, int(weights.sum())) if batch else None
    logits = np.random.default_rng(0).normal(size=weights.shape)
    given = LAYOUTS[layout](logits)
    cross_entropy = CrossEntropy(COUNTS)
    expected, slope = by_definition(weights, logits)
    for _ in range(2):  # the second call finds what the first one kept
        loss, found = cross_entropy.loss_and_slope(given, minibatch)
        assert loss == pytest.approx(expected, rel=1e-12)
        np.testing.assert_allclose(found, slope, rtol=1e-12, atol=1e-15)
        assert cross_entropy.loss(given, minibatch) == loss
    np.testing.assert_array_equal(given, logits)


def test_large_logits_do_not_overflow():
    logits = np.array([[1e4, 0.0, 0.0]])
    loss, slope = CrossEntropy(np.array([[0, 1, 0]])).loss_and_slope(logits)
    assert loss == 1e4
    assert np.isfinite(slope).all()


@pytest.mark.parametrize("name", ["table", "rank", "ternary", "decode", "reward", "mlp"])
def test_the_score_is_the_value_of_the_held_out_text_where_there_is_any(name):
    text = {"corpus": "markov:length=3000,symbols=14"}
    whole = problems.make(f"next-token-{name}", held_out=0, **text)
    split = problems.make(f"next-token-{name}", held_out=0.2, **text)
    x = whole.space.sample(np.random.default_rng(0), 1)[0]
    assert whole.score(x) == whole.value(x)
    x = split.space.sample(np.random.default_rng(0), 1)[0]
    assert split.score(x) == split._held_out_value(x) != split.value(x)
