"""What the model finds unlikely pulls hard: gradients of sequences, and a batch of nonsense."""

from itertools import pairwise, product
from typing import Any

import numpy as np

import problems
from studies import laboratory as lab

CLIP, AT, NAME = 0.25, 1000, "next-token-mlp"
RATES = {"gradient-descent": (0.25, 0.5, 1, 2, 4), "adam": (0.003, 0.01, 0.03, 0.1)}
DESCENT = next(iter(RATES))
CLIPS = {None: "no clipping", CLIP: f"clipped to {CLIP}"}
FREE, CLIPPED = CLIPS.values()
KINDS = ("text", "text, shuffled")
MODEL: dict[str, Any] = {"corpus": "markov", "context": 2, "embedding": 8, "hidden": 32}
MODEL["loss"] = "cross-entropy"


class UnlikelySequences(lab.Study):
    """Unlikely sequences have long gradients; one batch of shuffled text, and what it does.

    An MLP (1,395 weights) trained by batches of 512. Left, at rate 1: sequences of 32
    predictions, as they are and with their next tokens permuted, as many of each. Then step
    1,000 of training gets a permuted batch. Its damage is the highest loss over all text in
    the next 50 steps above that of the same training, batch for batch, with the batch as it
    was. Gradients are clipped to about the mean norm of ordinary ones, or not at all. The
    criterion is about plain descent; Adam, which divides by the gradient's size, is beside it.
    """

    criterion = (
        "Rank correlation of loss and norm over 0.5 for every seed; without clipping each higher "
        "rate is damaged more, and clipping at least halves the damage at every rate (medians)."
    )
    claim = (
        "Spikes come from a batch that meets a certain state of the weights, not from bad data as "
        "such, and came despite clipping (PaLM); rescaling long gradients bounds a step."
    )
    source = (
        "Chowdhery et al. (2022), PaLM, section 5.1; Pascanu, Mikolov & Bengio (2013), algorithm 1"
    )

    def plan(self) -> lab.Sweep:
        settings, at = [], 100 if self.quick else AT
        for descent, rates in RATES.items():
            for rate, clip, shuffle in product(rates, CLIPS, (False, True)):
                how = {"descent": descent, "learning_rate": float(rate), "clip": clip}
                how |= {"at": at, "shuffle": shuffle}
                settings.append(lab.Task(lab.SHOCKED, NAME, how, MODEL, budget=lab.Budget(1e6, 120)))
        return lab.Sweep(settings, seeds=1 if self.quick else 10)

    def measure(self, results: lab.Results) -> lab.Tables:
        problem: Any = problems.make(NAME, **MODEL)
        ...
