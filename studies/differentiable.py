"""Why the surrogate is descended on: the error itself has no slope to follow."""

from itertools import product
from typing import Any

import numpy as np

import problems
from studies import framework as fw

STEP = 1e-4
MODEL: dict[str, Any] = {"corpus": "markov", "context": 2, "embedding": 4, "hidden": 16}
LOSSES = {"zero-one": "top-1 error (share of tokens)", "cross-entropy": "cross-entropy (nats)"}


class Differentiable(fw.Study):
    """Along a line through weight space the error moves in jumps, cross-entropy at every step.

    An MLP (711 weights) at a random start, and at the iterate of least error among 1,000 of
    Adam's. From each point a line in a random direction of unit norm, 4,000 steps of 1e-4. The
    error counts whole tokens from float32 scores, cross-entropy is a float64; both are over all
    the text.
    """

    criterion = "Over 90 % of steps of 1e-4 leave the error exactly unchanged, none cross-entropy."
    claim = "The derivative of the 0-1 loss is of no use: it is 0, or there is none."
    source = "Goodfellow, Bengio & Courville (2016), Deep learning, section 8.1.1"

    def plan(self) -> fw.Sweep:
        budget = fw.Budget(work=300 if self.quick else 3000, seconds=120)
        how = {"learning_rate": 0.02}
        training = [fw.Task("adam", "next-token-mlp", how, MODEL, budget=budget)]
        return fw.Sweep(training, seeds=1 if self.quick else 5)

    def measure(self, results: fw.Results) -> fw.Tables:
        unchanged, lines = [], []
        for loss in LOSSES:
            problem = problems.make("next-token-mlp", loss=loss, **MODEL)
            for run in results:
                rng = np.random.default_rng(run.seed)  # the same lines for both losses
                start = problem.relaxation().start(rng)
                for point, x in {"at the start": start, "trained": run.x}.items():
                    direction = rng.standard_normal(len(x))
                    direction /= np.linalg.norm(direction)
                    at = STEP * np.arange(501 if self.quick else 4001)
                    values = problem.values(x + at[:, None] * direction)
                    row = {"loss": loss, "point": point, "seed": run.seed}
                    unchanged.append({**row, "share": float((np.diff(values) == 0).mean())})
                    drawn = enumerate(values) if run.seed == 0 else ()
                    lines += [{**row, "at": STEP * i, "value": v} for i, v in drawn if i % 4 == 0]
        shares = fw.summary(unchanged, "share", ("loss", "point"))
        return {"share of steps without a change": shares, "unchanged": unchanged, "lines": lines}

    def judge(self, tables: fw.Tables) -> fw.Verdict:
        least = min(row["share"] for row in fw.where(tables["unchanged"], loss="zero-one"))
        rows = fw.where(tables["unchanged"], loss="cross-entropy")
        most = max(row["share"] for row in rows)
        kept = f"up to {most:.2%}" if most else "none"
        text = f"On each of {len(rows)} lines at least {least:.1%} of the steps of 1e-4 leave the "
        text += f"error exactly as it was, and {kept} of them cross-entropy."
        numbers = {"unchanged error, least share": least, "unchanged cross-entropy, most": most}
        return fw.Verdict(least > 0.9 and most == 0, text, numbers)

    def draw(self, tables: fw.Tables) -> fw.Chart:
        x = fw.Axis("at", "distance along the line (norm of weights)")
        drawn = []
        for point, (loss, title) in product(("at the start", "trained"), LOSSES.items()):
            rows, y = fw.where(tables["lines"], point=point, loss=loss), fw.Axis("value", title)
            drawn.append(fw.curves(rows, x, y, title=point, points=False))
        return fw.panels(*drawn)
