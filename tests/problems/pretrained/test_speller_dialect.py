"""Exact match on real weights: the value, the anchors, the surrogate."""

from __future__ import annotations

import numpy as np
import pytest

import problems
from methods import minimize
from problems.pretrained.dialects import non_rhotic
from problems.pretrained.gru import PHONEMES, Speller, letters, pretrained_weights
from problems.pretrained.pronunciation import pronunciations

SMALL = {"words": 60, "held_out": 40, "dimension": 10}


def made(**options):
    return problems.make("speller-dialect", **{**SMALL, **options})


def written(words):
    rows = Speller(pretrained_weights()).pronounce(letters(words))
    return [[PHONEMES[token - 4] for token in row if token >= 4] for row in rows]


def test_the_value_is_the_share_of_words_that_are_not_wholly_right():
    problem = made()
    said = [non_rhotic(pronunciations()[word]) for word in problem.training_words]
    wrong = [a != b for a, b in zip(written(problem.training_words), said, strict=True)]
    assert problem.value(problem.start()) == pytest.approx(np.mean(wrong))
    unseen = [non_rhotic(pronunciations()[word]) for word in problem.held_out_words]
    wrong = [a != b for a, b in zip(written(problem.held_out_words), unseen, strict=True)]
    assert problem.score(problem.start()) == pytest.approx(np.mean(wrong))


def test_an_accent_learnt_perfectly_is_an_anchor():
    problem = made()
    said = [non_rhotic(pronunciations()[word]) for word in problem.training_words]
    learnt = [non_rhotic(tuple(each)) for each in written(problem.training_words)]
    value, _ = problem.anchors["the rule applied to what they write"]
    assert value == pytest.approx(np.mean([a != b for a, b in zip(learnt, said, strict=True)]))
    start, _ = problem.anchors["the trained weights"]
    assert start == problem.value(problem.start())
    assert value < start


def test_the_trained_weights_leave_room_on_500_words():
    # The issue that asked for it measured an exact match of 0.485 and 0.686 on words of its own.
    problem = problems.make("speller-dialect", words=1500, held_out=10)
    (start, _), (learnt, _) = problem.anchors.values()
    assert 1 - start == pytest.approx(0.485, abs=0.04)
    assert 1 - learnt == pytest.approx(0.686, abs=0.04)


@pytest.mark.parametrize(("parameters", "size"), [("output", 19_018), ("all", 834_890)])
def test_all_weights_of_the_output_or_the_network_can_be_searched(parameters, size):
    problem = made(parameters=parameters)
    assert problem.space.dimension == size
    assert problem.value(problem.start()) == made().value(np.zeros(10))


def test_instances_have_other_words_and_other_directions():
    one, other = made(instance=1), made(instance=2)
    assert not set(one.training_words) & set(other.training_words)
    gradient = {name: np.ones_like(tensor) for name, tensor in pretrained_weights().items()}
    slopes = [p.adaptation.pull_back(gradient) for p in (one, other)]
    assert np.abs(np.corrcoef(slopes)[0, 1]) < 0.9


@pytest.mark.parametrize("parameters", ["subspace", "output"])
def test_the_surrogates_gradient_is_that_of_differences(parameters):
    relaxation = made(parameters=parameters, words=20).relaxation()
    rng = np.random.default_rng(0)
    theta = 0.02 * rng.standard_normal(relaxation.dimension)
    direction = rng.standard_normal(relaxation.dimension)
    direction /= np.linalg.norm(direction)
    for rows in (None, relaxation.minibatch(rng, 30)):
        loss, slope = relaxation.loss_and_gradient(theta, rows)
        assert relaxation.loss(theta, rows) == pytest.approx(loss)
        step = 1e-2
        above, below = (relaxation.loss(theta + s * direction, rows) for s in (step, -step))
        assert slope @ direction == pytest.approx((above - below) / (2 * step), rel=0.02, abs=2e-4)


def test_a_minibatch_counts_its_words_and_their_share():
    relaxation = made(words=20).relaxation()
    batch = relaxation.minibatch(np.random.default_rng(0), 15)
    assert batch.weights.sum() == 15
    assert batch.share == len(batch.rows) / 20


def test_nothing_has_drifted_at_the_start():
    problem = made()
    measures = problem.measures(problem.start())
    said = [list(pronunciations()[word]) for word in problem.held_out_words]
    wrong = [a != b for a, b in zip(written(problem.held_out_words), said, strict=True)]
    assert measures == {
        "drift": 0,
        "reverse drift": 0,
        "old spelling": pytest.approx(np.mean(wrong)),
        "change": 0,
    }


def test_drift_is_the_divergence_a_token_of_what_the_trained_weights_write():
    problem = made(held_out=6)
    x = 0.1 * np.random.default_rng(0).standard_normal(10)
    old, new = pretrained_weights(), problem.adaptation.weights(x)
    forward, backward = [], []
    for word in problem.held_out_words:
        cells = [Speller(old), Speller(new)]
        states = [each.encode(letters([word])) for each in cells]
        before = 2
        while before != 3:
            states = [
                c.decoder.step(np.array([before]), h) for c, h in zip(cells, states, strict=True)
            ]
            scores = [c.logits(h)[0].astype(float) for c, h in zip(cells, states, strict=True)]
            p, q = (np.exp(s) / np.exp(s).sum() for s in scores)
            forward.append((p * np.log(p / q)).sum())
            backward.append((q * np.log(q / p)).sum())
            before = int(scores[0].argmax())
    measures = problem.measures(x)
    assert measures["drift"] == pytest.approx(np.mean(forward), rel=1e-3)
    assert measures["reverse drift"] == pytest.approx(np.mean(backward), rel=1e-3)
    moved = np.sqrt(sum(((new[n] - old[n]) ** 2).sum() for n in old))
    norm = np.sqrt(sum((old[n] ** 2).sum() for n in old))
    assert measures["change"] == pytest.approx(moved / norm, rel=1e-5)


@pytest.mark.parametrize("method", ["hill-climb", "cma-es", "mezo", "adam", "reinforce", "grpo"])
def test_no_method_ends_worse_than_the_trained_weights(method):
    problem = made()
    run = minimize(problem, method, 30)
    assert run.value <= problem.anchors["the trained weights"][0]


def test_a_solution_is_shown_as_words():
    problem = made()
    shown = problem.describe(problem.start())
    assert shown.startswith(f"{problem.training_words[0]}: ")


def test_bad_options_say_what_was_expected():
    with pytest.raises(ValueError, match="rule=rhotic: expected one of"):
        made(rule="rhotic")
    with pytest.raises(ValueError, match="parameters=some: expected one of subspace, output, all"):
        made(parameters="some")
    with pytest.raises(ValueError, match="instance=9999: expected 0 to"):
        made(instance=9999)
