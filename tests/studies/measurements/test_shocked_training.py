"""Training with one batch of shuffled text in it."""

from __future__ import annotations

import numpy as np

import problems
from comparison.results.store import Store
from comparison.running.comparison import compare
from methods import minimize
from studies import framework as fw
from studies.measurements.shocked_training import (
    CLIPPINGS,
    SHOCKED,
    damages,
    losses_above,
    shocked,
    shuffled,
    watched_values,
)
from studies.unlikely_sequences import PLAIN
from tests.comparison.analysis.small import step

MODEL = {"corpus": "markov:length=5000", "loss": "cross-entropy", "context": 1, "hidden": 4}


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
    from comparison.results.trace import as_array

    points = [step(i, 9.0 - i, kind="measured", gradients=i) for i in (1, 3, 4, 4, 5, 6)]
    last = step(7, 0.0, kind="measured", gradients=6)
    found = watched_values(as_array([*points, last]), at=4)
    assert found.tolist() == [5.0, 4.0, 3.0]


def test_damage_is_what_the_shock_adds_at_its_peak(tmp_path):
    how = {"at": 30, "watched": 4, "batch": 64, "learning_rate": 2.0}
    budget = fw.Budget(work=1e4, seconds=60)
    cells = [
        fw.Task(SHOCKED, "next-token-mlp", {**how, **more}, MODEL, budget=budget)
        for more in ({"shuffle": False}, {"shuffle": True})
    ]
    other = {"learning_rate": 1.0, "batch": 64, "steps": 3}
    cells.append(fw.Task(PLAIN, "next-token-mlp", other, MODEL, budget=budget))  # passed over
    path = tmp_path / "runs.sqlite"
    with Store(path) as store:
        results = fw.Results(path, compare(fw.Sweep(cells, seeds=2), store).runs)
    above = losses_above(results)
    assert [row["step"] for row in above] == [*range(5)] * 2
    assert all(row["above"] == 0 for row in above if row["step"] == 0)
    damage = damages(above)
    assert [row["seed"] for row in damage] == [0, 1]
    for row in damage:
        own = fw.where(above, seed=row["seed"])
        assert row["damage"] == max(r["above"] for r in own[1:]) > 0
        assert (row["descent"], row["rate"], row["clip"]) == (PLAIN, 2.0, CLIPPINGS[0])
