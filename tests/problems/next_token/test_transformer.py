"""The transformer: its vector, its causality, its gradient, and what it is held against."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from comparison.contract import PROBLEM_CHECKS
from problems import make
from problems.next_token.transformer import NextTokenTransformer

torch = pytest.importorskip("torch")

TINY = {"corpus": "markov:length=5000,symbols=5", "context": 6, "tokens": 96, "width": 8}


def build(**options: Any) -> NextTokenTransformer:
    problem = make("next-token-transformer", **{**TINY, **options})
    assert isinstance(problem, NextTokenTransformer)
    return problem


def module_at(model: Any, x: np.ndarray) -> Any:
    """Write the parameters that a vector lists into the model's module."""
    vector = torch.tensor(x, dtype=model.dtype)
    torch.nn.utils.vector_to_parameters(vector, model.module.parameters())
    return model.module


def vector_of(model: Any) -> np.ndarray:
    return torch.nn.utils.parameters_to_vector(model.module.parameters()).detach().double().numpy()


def points(problem: NextTokenTransformer, n: int = 7) -> np.ndarray:
    return problem.space.sample(np.random.default_rng(0), n)


@pytest.mark.parametrize("qk_norm", [False, True])
@pytest.mark.parametrize("layers", [1, 3])
def test_dimension(layers: int, qk_norm: bool) -> None:
    problem = build(layers=layers, qk_norm=qk_norm)
    size, context, width = len(problem.symbols), 6, 8
    block = 12 * width**2 + 13 * width + qk_norm
    assert problem.space.dimension == (size + context + 2) * width + layers * block


def test_qk_norm_adds_one_scale_a_layer_that_starts_as_published() -> None:
    plain, normed = build(layers=2).model, build(layers=2, qk_norm=True).model
    shapes = {name: tuple(p.shape) for name, p in normed.module.named_parameters()}
    for name, parameter in plain.module.named_parameters():
        assert shapes.pop(name) == tuple(parameter.shape)
    assert shapes == {"blocks.0.scale": (), "blocks.1.scale": ()}
    assert math.isclose(normed.module.blocks[0].scale.item(), math.log2(36 - 6), rel_tol=1e-6)


def test_qk_norm_does_not_see_the_length_of_queries() -> None:
    def logits_change(qk_norm: bool) -> float:
        problem = build(qk_norm=qk_norm, loss="cross-entropy")
        model, tokens = problem.model, problem.sequences[:, :-1]
        x = points(problem, 1)[0]
        module = module_at(model, x)
        with torch.no_grad():
            block = module.blocks[0].query_key_value
            block.weight[:8] *= 3
            block.bias[:8] *= 3
        return float(np.abs(model.logits(vector_of(model), tokens) - model.logits(x, tokens)).max())

    assert logits_change(True) < 1e-9
    assert logits_change(False) > 1e-3


def test_vector_to_module_and_back() -> None:
    problem = build(qk_norm=True)
    x = points(problem, 1)[0]
    module = module_at(problem.model, x)
    assert np.allclose(vector_of(problem.model), x, rtol=1e-6)
    tokens = problem.sequences[:, :-1]
    with torch.no_grad():
        direct = module(torch.tensor(tokens)).numpy()
    assert np.allclose(problem.model.logits(x, tokens), direct, atol=1e-4)


def test_later_tokens_do_not_change_earlier_predictions() -> None:
    problem = build(layers=2, loss="cross-entropy")
    x, tokens = points(problem, 1)[0], problem.sequences[:, :-1].copy()
    before = problem.model.logits(x, tokens)
    tokens[:, 4] = (tokens[:, 4] + 1) % len(problem.symbols)
    after = problem.model.logits(x, tokens)
    assert np.allclose(before[:, :4], after[:, :4], rtol=0, atol=1e-12)
    assert (np.abs(before - after)[:, 4:].max(axis=(0, 2)) > 1e-6).all()
    # A sequence cut short is predicted alike.
    assert np.allclose(problem.model.logits(x, tokens[:, :3]), after[:, :3], atol=1e-12)


@pytest.mark.parametrize("loss", ["zero-one", "cross-entropy"])
def test_values_of_a_population_are_those_of_a_loop_over_sequences(loss: str) -> None:
    problem = build(loss=loss)
    population = points(problem)
    values = problem.values(population)
    assert np.allclose(values, [problem.value(x) for x in population], rtol=1e-12, atol=0)
    for x, value in zip(population[:3], values, strict=False):
        total = 0.0
        for row in problem.sequences:
            logits = problem.model.logits(x, row[None, :-1])[0]
            if loss == "zero-one":
                total += (logits.argmax(axis=1) != row[1:]).sum()
            else:
                peak = logits.max(axis=1)
                norm = peak + np.log(np.exp(logits - peak[:, None]).sum(axis=1))
                total += (norm - logits[np.arange(6), row[1:]]).sum()
        assert math.isclose(value, total / problem.tokens, rel_tol=1e-9)
    assert problem.values(np.empty((0, problem.space.dimension))).shape == (0,)


def test_a_population_is_larger_than_what_goes_through_at_once() -> None:
    problem = build(tokens=6)
    many = points(problem, 3000)
    assert np.array_equal(problem.values(many)[[0, 2999]], problem.values(many[[0, 2999]]))


def test_same_instance_same_value_and_another_is_another() -> None:
    first, again, other = build(instance=1), build(instance=1), build(instance=2)
    population = points(first)
    assert np.array_equal(first.sequences, again.sequences)
    assert np.array_equal(first.values(population), again.values(population))
    assert not np.array_equal(first.sequences, other.sequences)


@pytest.mark.parametrize("qk_norm", [False, True])
def test_gradient_against_finite_differences(qk_norm: bool) -> None:
    problem = build(loss="cross-entropy", qk_norm=qk_norm, layers=2)
    relaxation = problem.relaxation()
    assert relaxation.exact
    theta = points(problem, 1)[0] / 4
    loss, slope = relaxation.loss_and_gradient(theta)
    assert math.isclose(loss, problem.value(theta), rel_tol=1e-12)
    rng = np.random.default_rng(1)
    for _ in range(20):
        direction = rng.standard_normal(len(theta))
        up, down = (
            relaxation.loss_and_gradient(theta + step * direction)[0] for step in (1e-5, -1e-5)
        )
        assert math.isclose((up - down) / 2e-5, slope @ direction, rel_tol=1e-5, abs_tol=1e-7)


def test_float32_gradient_is_that_of_float64() -> None:
    single, double = build().relaxation(), build(loss="cross-entropy").relaxation()
    assert not single.exact
    theta = single.start(np.random.default_rng(0))
    assert np.array_equal(theta, double.start(np.random.default_rng(0)))
    found, expected = (r.loss_and_gradient(theta) for r in (single, double))
    assert math.isclose(found[0], expected[0], rel_tol=1e-5)
    assert np.allclose(found[1], expected[1], atol=1e-5)


@pytest.mark.parametrize("loss", ["zero-one", "cross-entropy"])
def test_the_forward_pass_alone_gives_the_same_loss(loss: str) -> None:
    relaxation = build(loss=loss).relaxation()
    rng = np.random.default_rng(5)
    theta = relaxation.start(rng)
    for rows in (None, relaxation.minibatch(rng, 3)):
        found, _ = relaxation.loss_and_gradient(theta, rows)
        assert relaxation.loss(theta, rows) == pytest.approx(found, rel=1e-6)


def test_minibatches_are_sequences_and_all_of_them_are_the_whole() -> None:
    problem = build(loss="cross-entropy")
    relaxation = problem.relaxation()
    theta = relaxation.start(np.random.default_rng(0))
    batch = relaxation.minibatch(np.random.default_rng(1), 10)
    assert batch.weights.sum() == 10
    assert batch.tokens == 10 * 6
    assert batch.share == len(batch.rows) / problem.rows
    loss, slope = relaxation.loss_and_gradient(theta, batch)
    each = [problem.model.loss_and_gradient(theta, problem.sequences[[row]]) for row in batch.rows]
    assert math.isclose(loss, float(np.average([e[0] for e in each], weights=batch.weights)))
    assert np.allclose(slope, np.average([e[1] for e in each], axis=0, weights=batch.weights))


@pytest.mark.parametrize("check", PROBLEM_CHECKS)
@pytest.mark.parametrize("options", [{"loss": "cross-entropy"}, {"qk_norm": True, "layers": 2}])
def test_contract_of_the_other_options(check: Any, options: dict[str, Any]) -> None:
    check(lambda: build(**options))


def test_a_sample_larger_than_what_goes_through_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = build(loss="cross-entropy")
    population = points(whole)
    theta = population[0]
    batch = whole.relaxation().minibatch(np.random.default_rng(1), 10)
    looks = [
        lambda: whole.values(population),
        lambda: whole.model.errors(population, whole.sequences),
        *(
            lambda rows=rows: whole.relaxation().loss_and_gradient(theta, rows)[1]
            for rows in (None, batch)
        ),
    ]
    at_once = [look() for look in looks]
    monkeypatch.setattr("problems.next_token.transformer_model.CHUNK", 30)
    for look, expected in zip(looks, at_once, strict=True):
        assert np.allclose(look(), expected, rtol=1e-12, atol=1e-14)


def test_descent_learns() -> None:
    problem = build(loss="cross-entropy")
    relaxation = problem.relaxation()
    theta = relaxation.start(np.random.default_rng(0))
    first, _ = relaxation.loss_and_gradient(theta)
    assert math.isclose(first, math.log(len(problem.symbols)), rel_tol=0.05)
    for _ in range(60):
        theta = theta - 0.5 * relaxation.loss_and_gradient(theta)[1]
    assert problem.reference.value <= problem.value(theta) < first - 0.1


def test_held_out_score_and_anchors_are_in_the_unit_of_the_loss() -> None:
    nats, error = build(loss="cross-entropy"), build()
    x = points(nats, 1)[0]
    assert nats.held_out_sequences is not None
    expected = nats.model.losses(x[None], nats.held_out_sequences)[0]
    assert nats.score(x) == expected != nats.value(x)
    assert nats.anchors["held-out uniform"] == math.log(len(nats.symbols))
    assert list(error.anchors) == [
        f"held-out {name}" for name in ("unigram", "bigram", "trigram", "Kneser-Ney")
    ]
    assert all(0 < value < 1 for value in error.anchors.values())


def test_nothing_held_out_and_the_shortest_context() -> None:
    problem = build(held_out=0.0, context=1)
    x = points(problem, 1)[0]
    assert problem.score(x) == problem.value(x)
    assert list(problem.anchors) == ["unigram", "bigram", "Kneser-Ney"]
    assert "goes on" in problem.describe(x)


def test_a_short_text_gives_what_it_has() -> None:
    problem = build(tokens=100_000, held_out=0.0)
    assert problem.tokens == problem.rows * 6
    assert 4900 < problem.tokens < 5000


def test_documents_follow_one_another(tmp_path: Any) -> None:
    names = tmp_path / "names.txt"
    names.write_text("anna\nbob\nclara\n" * 200)
    problem = build(corpus=str(names), documents="lines")
    shown = "".join(problem.symbols[t] for t in problem.sequences.ravel())
    assert " " in shown
    assert problem.tokens == 96


def test_it_is_shown_by_what_it_writes() -> None:
    problem = build(width=2, heads=1)
    model = problem.model
    theta = model.centre.copy()
    module = module_at(model, theta)
    with torch.no_grad():  # whatever it reads, the last norm says (1, 0): symbol 3 alone has it
        module.norm.weight.zero_()
        module.norm.bias.copy_(torch.tensor([1.0, 0.0]))
        module.embedding.weight.copy_(torch.zeros_like(module.embedding.weight))
        module.embedding.weight[3, 0] = 1
    begin = "".join(problem.symbols[t] for t in problem.sequences[0, :6])
    assert problem.describe(vector_of(model)) == f"{begin!r} goes on {problem.symbols[3] * 30!r}"


@pytest.mark.parametrize(
    ("text", "alphabet", "tokens"),
    [("abba ab", "letters", 1.0), ("abba ab", "bytes", 1.0), ("éabaé", "bytes", 1.4)],
)
def test_cross_entropy_is_shown_in_bits_a_character(
    tmp_path: Path, text: str, alphabet: str, tokens: float
) -> None:
    file = tmp_path / "text"
    file.write_text(text * 2000, encoding="utf-8")
    problem = build(loss="cross-entropy", corpus=str(file), alphabet=alphabet)
    targets = problem.sequences[:, 1:]
    continuing = [v for v, s in enumerate(problem.symbols) if 0x80 <= ord(s) <= 0xBF]
    spelled = (~np.isin(targets, continuing)).sum()
    assert targets.size / spelled == pytest.approx(tokens, abs=0.1)
    x = points(problem, 1)[0]
    shown = f"{problem.value(x) * targets.size / spelled / math.log(2):.4f} bits per character; "
    assert problem.describe(x).startswith(shown)


def test_neither_torchs_random_state_nor_its_threads_are_touched() -> None:
    state, threads = torch.get_rng_state(), torch.get_num_threads()
    problem = build()
    problem.values(points(problem))
    problem.relaxation().loss_and_gradient(points(problem, 1)[0])
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_num_threads() == threads


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"context": 0}, r"context=0: expected a whole number in \[1, 512\]"),
        ({"width": 1000}, r"width=1000: expected a whole number in \[1, 256\]"),
        ({"layers": 0}, r"layers=0: expected a whole number in \[1, 8\]"),
        ({"heads": 3}, "heads=3: expected a divisor of width=8"),
        ({"tokens": 5}, "tokens=5: expected at least one sequence, context=6"),
        ({"loss": "hinge"}, "loss=hinge: expected one of zero-one"),
        ({"context": 300, "tokens": 300}, "context=300: a part of markov"),
        ({"held_out": 1.5}, "held_out=1.5: expected a share"),
    ],
)
def test_bad_options_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build(**options)
    if options == {"loss": "hinge"}:  # also without the registry's own check
        with pytest.raises(ValueError, match=message):
            NextTokenTransformer(loss="hinge")  # type: ignore[arg-type] # is to raise
