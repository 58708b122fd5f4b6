"""The neural model: values, gradients and bounds against plain re-derivations."""

from __future__ import annotations

import numpy as np
import pytest

import problems
from problems.core.views import Minibatch
from problems.next_token.mlp import NextTokenMLP

TEXT = {"corpus": "markov:length=3000,symbols=5", "embedding": 3, "hidden": 4}


def build(**options):
    return problems.make("next-token-mlp", **{**TEXT, **options})


def plain_errors(problem, x, top):
    """Count errors in the whole text, one token after another."""
    e, blocks, d, u, b = problem.split(np.asarray(x, dtype=np.float32))
    tokens, k = problem.corpus.tokens, problem.context
    errors = 0
    for t in range(k, len(tokens)):
        scores = np.tanh(d + sum(e[tokens[t - k + p]] @ blocks[p] for p in range(k))) @ u + b
        errors += tokens[t] not in np.argsort(-scores, kind="stable")[:top]
    return errors


@pytest.mark.parametrize(("loss", "top"), [("zero-one", 1), ("top-k", 2)])
def test_errors_are_those_of_a_pass_over_the_text(loss, top):
    problem = build(loss=loss, top=top, held_out=0.0)
    for x in problem.space.sample(np.random.default_rng(0), 3):
        assert round(problem.value(x) * problem.tokens) == plain_errors(problem, x, top)


@pytest.mark.parametrize("weights", ["real", "ternary"])
@pytest.mark.parametrize("loss", ["zero-one", "top-k", "cross-entropy"])
def test_a_batch_equals_a_loop(loss, weights):
    problem = build(loss=loss, weights=weights, top=2)
    points = problem.space.sample(np.random.default_rng(1), 300)
    looped = [problem.value(x) for x in points]
    np.testing.assert_allclose(problem.values(points), looped, rtol=1e-12)
    assert min(looped) >= problem.reference.value


def test_gradient_matches_finite_differences():
    relaxation = build(loss="cross-entropy").relaxation()
    theta = relaxation.start(np.random.default_rng(2))
    for rows in (None, relaxation.minibatch(np.random.default_rng(3), 50)):
        slope = relaxation.loss_and_gradient(theta, rows)[1]
        for i, unit in enumerate(1e-6 * np.eye(len(theta))):
            up, down = (relaxation.loss_and_gradient(theta + s, rows)[0] for s in (unit, -unit))
            assert (up - down) / 2e-6 == pytest.approx(slope[i], rel=1e-5, abs=1e-8)


@pytest.mark.parametrize("weights", ["real", "ternary"])
def test_gradient_matches_autograd(weights):
    torch = pytest.importorskip("torch")
    problem = build(weights=weights, loss="cross-entropy", held_out=0.0)
    relaxation = problem.relaxation()
    theta = relaxation.start(np.random.default_rng(4))
    loss, slope = relaxation.loss_and_gradient(theta)
    forward = problem.space.decode(theta) if weights == "ternary" else theta
    e, blocks, d, u, b = parts = [
        torch.tensor(part, dtype=torch.float64, requires_grad=True)
        for part in problem.split(forward)
    ]
    tokens, k = torch.tensor(problem.corpus.tokens.astype(np.int64)), problem.context
    windows = tokens.unfold(0, k + 1, 1)
    hidden = torch.tanh(e[windows[:, :k]].flatten(1) @ blocks.flatten(0, 1) + d)
    expected = torch.nn.functional.cross_entropy(hidden @ u + b, windows[:, k])
    expected.backward()
    assert loss == pytest.approx(expected.item(), rel=1e-12)
    found = np.concatenate([part.grad.numpy().ravel() for part in parts])
    np.testing.assert_allclose(slope, found, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("weights", ["real", "ternary"])
def test_a_minibatch_of_the_whole_text_has_its_loss_and_gradient(weights):
    relaxation = build(weights=weights).relaxation()
    theta = relaxation.start(np.random.default_rng(3))
    counts = relaxation._problem.counts.train
    everything = Minibatch(np.arange(len(counts)), counts, 1.0, int(counts.sum()))
    loss, gradient = relaxation.loss_and_gradient(theta)
    other_loss, other = relaxation.loss_and_gradient(theta, everything)
    assert loss == pytest.approx(other_loss, rel=1e-12)
    np.testing.assert_allclose(gradient, other, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("weights", ["real", "ternary"])
def test_the_forward_pass_alone_gives_the_same_loss(weights):
    relaxation = build(weights=weights).relaxation()
    rng = np.random.default_rng(4)
    theta = relaxation.start(rng)
    for rows in (None, relaxation.minibatch(rng, 20)):
        assert relaxation.loss(theta, rows) == relaxation.loss_and_gradient(theta, rows)[0]


def test_bounds_of_the_three_losses():
    table = problems.make("next-token-table", corpus=TEXT["corpus"], context=3)
    assert build().reference.value == build().table_error
    assert build(loss="top-k", top=1).reference.value == build().table_error
    assert build(loss="top-k", top=5).reference.value == 0
    assert build(loss="cross-entropy").reference.value == pytest.approx(table.reference.value)


def test_a_context_is_refused_by_one_limit_at_a_time():
    with pytest.raises(ValueError, match=r"context=0: expected a whole number >= 1$"):
        build(context=0)
    for context in (20, 2000):
        with pytest.raises(ValueError, match=f"context={context}: expected at most "):
            build(context=context)


@pytest.mark.parametrize(
    "wrong", [{"hidden": 0}, {"embedding": 0}, {"context": 0}, {"loss": "top-k", "top": 28}]
)
def test_bad_options_are_named(wrong):
    with pytest.raises(ValueError, match=f"{list(wrong)[-1]}=.*expected"):
        build(**wrong)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"loss": "topk"}, "^loss=topk: expected one of zero-one, .*; did you mean 'top-k'"),
        ({"weights": "binary"}, "^weights=binary: expected one of real, ternary"),
    ],
)
def test_a_misspelt_choice_is_refused_without_the_registry_too(wrong, message):
    with pytest.raises(ValueError, match=message):
        NextTokenMLP(**wrong)
