"""How many tokens a step should see, when tokens are scarce and when steps are."""

from studies import laboratory as lab

MODEL = {"corpus": "markov", "loss": "cross-entropy", "context": 1, "embedding": 8, "hidden": 16}
DECAY = {"schedule": "triangular"}
TOKENS, STEPS = 65_536, 256
IN_TOKENS, IN_STEPS = f"{TOKENS:,} tokens in all", f"{STEPS} steps"


class BatchSize(lab.Study):
    """Learning rate and batch size, at fixed tokens and at a fixed number of steps.

    An MLP (819 weights) trained on cross-entropy by Adam, with triangular decay after a tenth
    of warmup, at nine rates a factor of 2 apart. Loss: cross-entropy over all the text at the
    last iterate. A seed's best rate is the lowest point of a parabola; medians over seeds. Steps
    have run out where there are fewer than 64; the slope is fitted before.
    """

    criterion = (
        "Small batches win in fixed tokens, large in fixed steps; slope 0.5 to 1, then a fall."
    )
    claim = "With batch size the best learning rate rises, and with too few steps it falls again."
    source = "Shuai et al. (2024), Scaling law for language models training considering batch size"

    def plan(self) -> lab.Sweep:
        batches = (16, 256, 4096) if self.quick else (4, 16, 64, 256, 1024, 4096, 16_384)
        rates = [0.004 * 2**i for i in range(0, 9, 4 if self.quick else 1)]
        cells, budget = [], lab.Budget(work=1e6, seconds=120)
        for batch, rate in [(batch, rate) for batch in batches for rate in rates]:
            for steps in {TOKENS // batch, STEPS}:
                how = {**DECAY, "batch": batch, "steps": steps, "learning_rate": rate}
                cells.append(lab.Task("adam", "next-token-mlp", how, MODEL, budget=budget))
        return lab.Sweep(cells, seeds=1 if self.quick else 3)

    def measure(self, results: lab.Results) -> lab.Tables:
        runs, best = [], []
        for run in results:
            how = run.method_options
            row = {name: how[name] for name in ("batch", "steps", "learning_rate")}
            row = {**row, "seed": run.seed, "loss": run.surrogate}
            runs += [{**row, "fixed": IN_STEPS}] * (how["steps"] == STEPS)
            runs += [{**row, "fixed": IN_TOKENS}] * (how["steps"] * how["batch"] == TOKENS)
        for (fixed, batch, seed), rows in lab.groups(runs, "fixed", "batch", "seed"):
            rate = lab.minimum_between(rows, "learning_rate", "loss")
            found = {"rate": rate, "loss": min(row["loss"] for row in rows)}
            best.append({"fixed": fixed, "batch": batch, "seed": seed, **found})
        medians = lab.medians(best, ("rate", "loss"), ("fixed", "batch"))
        return {"medians": medians, "best": best, "runs": runs}

    def judge(self, tables: lab.Tables) -> lab.Verdict:
        tokens, steps = (lab.where(tables["medians"], fixed=how) for how in (IN_TOKENS, IN_STEPS))
        enough = [row for row in tokens if TOKENS / row["batch"] >= 64]
        slope, low, high = lab.exponent(enough, "batch", "rate")
        most, last = max(row["rate"] for row in enough), tokens[-1]["batch"]
        seeds = lab.where(tables["best"], fixed=IN_TOKENS, batch=last)
        falls = sum(row["rate"] < most for row in seeds)
        many_tokens = tokens[-1]["loss"] - tokens[0]["loss"]
        many_steps = steps[-1]["loss"] - steps[0]["loss"]
        told = (
            f"Batches of {last:,} end {many_tokens:+.2f} nats from those of 4 at fixed tokens and "
        )
        told += f"{many_steps:+.2f} at fixed steps; the best rate rises with slope {slope:.2f} and "
        told += (
            f"with {TOKENS // last} steps is lower than at best in {falls} of {len(seeds)} seeds."
        )
        numbers = {"slope": slope, "its 95 % interval, from": low, "to": high, "best rate": most}
        met = many_steps < 0 < many_tokens and 0.5 <= slope <= 1
        return lab.Verdict(met and falls == len(seeds), told, numbers)

    def draw(self, tables: lab.Tables) -> lab.Chart:
        x = lab.Axis("batch", "batch (tokens a step)", "log")
        loss = lab.Axis("loss", "least cross-entropy (nats)")
        rate = lab.Axis("rate", "best learning rate", "log")
        return lab.panels(*(lab.curves(tables["medians"], x, y, "fixed") for y in (loss, rate)))
