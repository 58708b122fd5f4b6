"""The study `unlikely-sequences` judged by hand-made numbers, and training with a shock in it."""

from __future__ import annotations

import numpy as np
import pytest

import problems
from comparison.grid import compare
from comparison.store import Store
from methods import minimize
from studies import laboratory as lab
from studies.instruments.sequences import KINDS, draw_predictions, sequence_gradients
from studies.instruments.shocked_training import (
    CLIPPINGS,
    SHOCKED,
    damages,
    losses_above,
    shocked,
    shuffled,
    watched_values,
)
from studies.unlikely_sequences import PLAIN, UnlikelySequences
from tests.comparison.evidence.small import step

MODEL = {"corpus": "markov:length=5000", "loss": "cross-entropy", "context": 1, "hidden": 4}


def tables(norms, free, clipped):
    losses = {"text": (1.0, 2.0), "shuffled text": (4.0, 5.0)}
    loss = [(kind, value) for kind, values in losses.items() for value in values]
    rows = zip(loss, norms, strict=True)
    sequences = [{"seed": 0, "kind": k, "loss": value, "norm": n} for (k, value), n in rows]
    damage = [
        {"descent": PLAIN, "clip": clip, "rate": rate, "damage": value}
        for clip, values in zip(CLIPPINGS, (free, clipped), strict=True)
        for rate, value in enumerate(values, start=1)
    ]
    return {"sequences": sequences, "damage": damage}


@pytest.mark.parametrize(
    ("norms", "free", "clipped", "met"),
    [
        ((1, 2, 3, 4), (0.1, 0.2, 0.4), (0.05, 0.05, 0.1), True),
        ((1, 2, 3, 4), (0.1, 0.4, 0.2), (0.05, 0.05, 0.1), False),  # not more at a higher rate
        ((1, 2, 3, 4), (0.1, 0.2, 0.4), (0.05, 0.11, 0.1), False),  # clipping does not halve it
        ((4, 3, 2, 1), (0.1, 0.2, 0.4), (0.05, 0.05, 0.1), False),  # the norm falls with the loss
    ],
)
def test_it_is_met_where_norm_and_damage_grow_and_clipping_halves(norms, free, clipped, met):
    verdict = UnlikelySequences().judge(tables(norms, free, clipped))
    assert verdict.met is met
    rank = 1 if norms[0] < norms[-1] else -1
    left = max(c / f for c, f in zip(clipped, free, strict=True))
    found = [rank, rank, free[-1], clipped[-1], left]
    assert list(verdict.numbers.values()) == pytest.approx(found)
    assert f"{rank:.2f} or more at 1 seeds" in verdict.sentence


def test_shuffling_keeps_contexts_and_tokens():
    relaxation = problems.make("next-token-mlp", **MODEL).relaxation()
    rng = np.random.default_rng(0)
    batch = relaxation.minibatch(rng, 300)
    other = shuffled(batch, rng)
    assert (other.rows == batch.rows).all()
    assert (other.share, other.tokens) == (batch.share, batch.tokens)
    for axis in (0, 1):
        assert (other.weights.sum(axis=axis) == batch.weights.sum(axis=axis)).all()
    assert (other.weights != batch.weights).any()


def test_drawn_predictions_are_consecutive_ones_of_the_training_text():
    problem = problems.make("next-token-mlp", **{**MODEL, "context": 2})
    tokens, hidden = problem.corpus.tokens, problem.corpus.hidden(0.1)
    windows = {
        tuple(sorted((*tokens[i : i + 2], tokens[i + 2]) for i in range(start, start + 5)))
        for start in range(len(tokens) - 7)
        if not hidden[start : start + 7].any()
    }
    for batch in draw_predictions(problem, 5, 50, np.random.default_rng(0)):
        contexts = problem.counts.contexts[batch.rows]
        seen = [
            (*contexts[row], token)
            for row, token in np.argwhere(batch.weights)
            for _ in range(batch.weights[row, token])
        ]
        assert batch.tokens == len(seen) == 5
        assert tuple(sorted(seen)) in windows


def test_the_gradient_of_a_sequence_is_that_of_its_predictions():
    problem = problems.make("next-token-mlp", **MODEL)
    run = minimize(problem, "adam", budget=30, learning_rate=0.03)
    rows = sequence_gradients(run, 400, 3)
    assert [row["kind"] for row in rows] == [*KINDS] * 3
    for text, other in zip(rows[::2], rows[1::2], strict=True):
        assert text["loss"] < other["loss"]
        assert text["norm"] < other["norm"]
    assert rows[0]["loss"] == pytest.approx(run.surrogate, abs=0.2)


def test_without_shuffling_it_is_the_method_and_with_it_one_step_differs():
    problem = problems.make("next-token-mlp", **MODEL)
    how = {"learning_rate": 0.5, "batch": 64}
    plain = minimize(problem, PLAIN, budget=1e4, steps=25, **how)

    def gradients(oracle, rng, *, shuffle=False):
        """Have the name of the method that it is compared with, which seeds its batches."""
        shocked(oracle, rng, at=20, watched=5, shuffle=shuffle, **how)

    gradients.__name__ = PLAIN
    control = minimize(problem, gradients, budget=1e4)
    shock = minimize(problem, gradients, budget=1e4, shuffle=True)
    assert control.last == plain.last != shock.last
    assert control.ledger.gradients == shock.ledger.gradients == 25
    before, after = (
        [p.value for p in run.trace if p.kind == "measured" and p.gradients in (20, 21)]
        for run in (control, shock)
    )
    assert before[0] == after[0]
    assert before[-1] < after[-1]


def test_watched_values_begin_where_the_batch_is_met():
    from comparison.trace import as_array

    points = [step(i, 9.0 - i, kind="measured", gradients=i) for i in (1, 3, 4, 4, 5, 6)]
    last = step(7, 0.0, kind="measured", gradients=6)
    found = watched_values(as_array([*points, last]), at=4)
    assert found.tolist() == [5.0, 4.0, 3.0]


def test_damage_is_what_the_shock_adds_at_its_peak(tmp_path):
    how = {"at": 30, "watched": 4, "batch": 64, "learning_rate": 2.0}
    budget = lab.Budget(work=1e4, seconds=60)
    cells = [
        lab.Task(SHOCKED, "next-token-mlp", {**how, **more}, MODEL, budget=budget)
        for more in ({"shuffle": False}, {"shuffle": True})
    ]
    other = {"learning_rate": 1.0, "batch": 64, "steps": 3}
    cells.append(lab.Task(PLAIN, "next-token-mlp", other, MODEL, budget=budget))  # passed over
    path = tmp_path / "runs.sqlite"
    with Store(path) as store:
        results = lab.Results(path, compare(lab.Sweep(cells, seeds=2), store).runs)
    above = losses_above(results)
    assert [row["step"] for row in above] == [*range(5)] * 2
    assert all(row["above"] == 0 for row in above if row["step"] == 0)
    damage = damages(above)
    assert [row["seed"] for row in damage] == [0, 1]
    for row in damage:
        own = lab.where(above, seed=row["seed"])
        assert row["damage"] == max(r["above"] for r in own[1:]) > 0
        assert (row["descent"], row["rate"], row["clip"]) == (PLAIN, 2.0, CLIPPINGS[0])
