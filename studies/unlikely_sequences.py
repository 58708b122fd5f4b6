"""What a model finds unlikely pulls hard: gradients of sequences, and a batch of nonsense."""

from itertools import pairwise, product
from operator import truediv
from statistics import median

from studies import framework as fw
from studies.measurements.sequences import KINDS, sequence_gradients
from studies.measurements.shocked_training import CLIPPINGS, SHOCKED, damages, losses_above

NAME, BUDGET, PLAIN, FAST = "next-token-mlp", fw.Budget(1e6, 120), "gradient-descent", 4.0
RATES = {PLAIN: (0.25, 0.5, 1.0, 2.0, FAST), "adam": (0.003, 0.01, 0.03, 0.1)}
MODEL = {"corpus": "markov", "loss": "cross-entropy", "context": 2, "embedding": 8, "hidden": 32}


class UnlikelySequences(fw.Study):
    """Unlikely sequences have long gradients; what one batch of shuffled text does to training.

    An MLP (1,651 weights), batches of 512. Sequences: 32 predictions as they are or with their
    next tokens permuted, after 1,000 steps at rate 1. Shock: step 1,000 has a permuted batch;
    damage: the highest loss over all text in 50 steps above that of the same training, batch for
    batch, without it. Gradients are clipped to 0.25, about the mean norm of an ordinary batch's.
    Plain descent is judged; Adam, which divides by the gradient's size, stands beside it.
    """

    criterion = "Rank correlation > 0.5; damage grows with every rate, clipping at least halves it."
    claim = "Spikes need a batch and a state of the weights; cutting long gradients bounds a step."
    source = "Chowdhery et al. (2022), PaLM, section 5.1; Pascanu et al. (2013), algorithm 1"

    def plan(self) -> fw.Sweep:
        at, every = (200, 2) if self.quick else (1000, 1)
        plain = {"batch": 512, "steps": at, "learning_rate": 1.0}
        cells = [fw.Task(PLAIN, NAME, plain, MODEL, budget=BUDGET)]
        for descent, clip, shuffle in product(RATES, (None, 0.25), (False, True)):
            for rate in RATES[descent][::every]:
                how = {"descent": descent, "learning_rate": rate, "clip": clip, "shuffle": shuffle}
                cells.append(fw.Task(SHOCKED, NAME, {**how, "at": at}, MODEL, budget=BUDGET))
        return fw.Sweep(cells, seeds=2 if self.quick else 10)

    def measure(self, results: fw.Results) -> fw.Tables:
        trained = [run for run in results if run.method == PLAIN]
        sequences = [row for run in trained for row in sequence_gradients(run, 32, 200)]
        above = losses_above(results)
        damage = fw.summary(damages(above), "damage", ("descent", "clip", "rate"))
        after = fw.summary(fw.where(above, rate=FAST), "above", ("clip", "step"))
        return {"damage (nats)": damage, "sequences": sequences, "after": after}

    def judge(self, tables: fw.Tables) -> fw.Verdict:
        pairs = tables["sequences"], fw.where(tables["sequences"], kind=KINDS[0])
        ranks, plain = (fw.rank_correlations(rows, "loss", "norm", "seed") for rows in pairs)
        damage = fw.where(tables["damage (nats)"], descent=PLAIN)
        free, cut = ([r["damage"] for r in fw.where(damage, clip=c)] for c in CLIPPINGS)
        left, grows = max(map(truediv, cut, free)), all(a < b for a, b in pairwise(free))
        text = f"A sequence's gradient grows with its loss (rank correlation {min(ranks):.2f} or "
        text += f"more at {len(ranks)} seeds, {median(plain):.2f} in text alone); a shuffled batch "
        text += f"costs descent {free[0]:.4f} nats at the lowest rate and {free[-1]:.3f} at the "
        text += f"highest, with clipping {cut[0]:.4f} and {cut[-1]:.3f}."
        numbers = {"rank correlation, least": min(ranks), "median in text alone": median(plain)}
        numbers |= {"damage": free[-1], "clipped": cut[-1], "most that clipping leaves": left}
        return fw.Verdict(min(ranks) > 0.5 and grows and left <= 0.5, text, numbers)

    def draw(self, tables: fw.Tables) -> fw.Chart:
        x, y = fw.Axis("loss", "loss (nats a token)"), fw.Axis("norm", "norm of the gradient")
        names, rows = (*KINDS, *CLIPPINGS), fw.where(tables["sequences"], seed=0)
        drawn = [fw.curves(rows, x, y, "kind", lines=False, names=names, title="sequences")]
        band = ("low", "high")
        x, y = fw.Axis("rate", "learning rate", "log"), fw.Axis("damage", "damage (nats)", "log")
        for title in RATES:
            rows = fw.where(tables["damage (nats)"], descent=title)
            drawn.append(fw.curves(rows, x, y, "clip", band=band, names=names, title=title))
        x, y = fw.Axis("step", "steps after the batch"), fw.Axis("above", "loss added (nats)")
        after = fw.curves(tables["after"], x, y, "clip", band=band, names=names, points=False)
        return fw.panels(*drawn, after.properties(title=f"{PLAIN}, rate {FAST:g}"))
