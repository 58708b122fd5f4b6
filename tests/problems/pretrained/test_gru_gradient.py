"""Back-propagation beside finite differences, and the loss beside a word at a time."""

from __future__ import annotations

import numpy as np
import pytest

from problems.pretrained.gru import END, Speller, letters, pretrained_weights
from problems.pretrained.gru_gradient import Lesson, cross_entropy, loss_and_gradient
from problems.pretrained.pronunciation import as_tokens, pronunciations

WORDS = list(pronunciations())[:12]
TARGETS = as_tokens([pronunciations()[word] for word in WORDS])
DOUBLE = {name: tensor.astype(float) for name, tensor in pretrained_weights().items()}


def lesson(counts=None, words=WORDS, targets=TARGETS):
    return Lesson.of_targets(letters(words), targets, counts)


@pytest.mark.parametrize("name", list(DOUBLE))
def test_the_gradient_of_each_tensor_is_that_of_differences(name):
    direction = np.random.default_rng(0).standard_normal(DOUBLE[name].shape)
    counts = np.arange(1.0, len(WORDS) + 1)
    _, gradient = loss_and_gradient(DOUBLE, lesson(counts))

    def along(step):
        moved = DOUBLE[name] + step * direction
        return cross_entropy({**DOUBLE, name: moved}, lesson(counts))

    step = 1e-5
    slope = (along(step) - along(-step)) / (2 * step)
    assert (gradient[name] * direction).sum() == pytest.approx(slope, rel=2e-3, abs=1e-5)


def test_the_loss_is_the_mean_over_tokens_of_each_words_own():
    sizes = (TARGETS != END).sum(axis=1) + 1
    alone = [
        cross_entropy(DOUBLE, lesson(None, [w], t[None]))
        for w, t in zip(WORDS, TARGETS, strict=True)
    ]
    assert cross_entropy(DOUBLE, lesson()) == pytest.approx(np.dot(alone, sizes) / sizes.sum())
    assert loss_and_gradient(DOUBLE, lesson())[0] == pytest.approx(cross_entropy(DOUBLE, lesson()))


def test_the_loss_is_that_of_greedy_steps_where_these_are_right():
    speller, words = Speller(DOUBLE), letters(["cat"])
    nats = []
    for _, tokens, h in speller.write(speller.encode(words)):
        scores = speller.logits(h)[0]
        nats.append(np.log(np.exp(scores).sum()) - scores[tokens[0]])
    taught = Lesson.of_targets(words, speller.pronounce(words))
    assert cross_entropy(DOUBLE, taught) == pytest.approx(np.mean(nats), rel=1e-5)
