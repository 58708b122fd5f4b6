"""How many tokens a step should see, when tokens are scarce and when steps are."""

from studies import framework as fw

MODEL = {"corpus": "markov", "loss": "cross-entropy", "context": 1, "embedding": 8, "hidden": 16}
DECAY = {"schedule": "triangular"}
TOKENS, STEPS, IN_TOKENS, IN_STEPS = 65_536, 256, "65,536 tokens in all", "256 steps"


class BatchSize(fw.Study):
    """Learning rate and batch size, at fixed tokens and at a fixed number of steps.

    An MLP (819 weights) trained on cross-entropy by Adam, with triangular decay after a tenth
    of warmup, at nine rates a factor of 2 apart. Loss: cross-entropy over all the text at the
    last iterate. A seed's best rate is the lowest point of a parabola; medians over seeds. One
    batch wins, or has the lower rate, where this holds for each of its seeds and each of the
    other's. Steps have run out where there are fewer than 64; the slope is fitted before, and
    the peak is the highest there. Dashed: slopes 1/2 and 1.
    """

    criterion = (
        "Small batches win in fixed tokens, large in fixed steps; slope 0.5 to 1, then a fall."
    )
    claim = "The best rate rises as batch size to the power 0.75 to 1; with too few steps it falls."
    source = "Shuai et al. (2024), Scaling law for language models training considering batch size"

    def plan(self) -> fw.Sweep:
        batches = (16, 256, 4096) if self.quick else (4, 16, 64, 256, 1024, 4096, 16_384)
        rates = [0.004 * 2**i for i in range(0, 9, 4 if self.quick else 1)]
        cells, budget = [], fw.Budget(work=1e6, seconds=120)
        for batch, rate in [(batch, rate) for batch in batches for rate in rates]:
            for steps in {TOKENS // batch, STEPS}:
                how = {**DECAY, "batch": batch, "steps": steps, "learning_rate": rate}
                cells.append(fw.Task("adam", "next-token-mlp", how, MODEL, budget=budget))
        return fw.Sweep(cells, seeds=1 if self.quick else 5)

    def measure(self, results: fw.Results) -> fw.Tables:
        runs, best = [], []
        for run in results:
            how = run.method_options
            row = {name: how[name] for name in ("batch", "steps", "learning_rate")}
            row = {**row, "seed": run.seed, "loss": run.surrogate}
            runs += [{**row, "fixed": IN_STEPS}] * (how["steps"] == STEPS)
            runs += [{**row, "fixed": IN_TOKENS}] * (how["steps"] * how["batch"] == TOKENS)
        for (fixed, batch, seed), rows in fw.groups(runs, "fixed", "batch", "seed"):
            rate = fw.minimum_between(rows, "learning_rate", "loss")
            lowest = {"rate": rate, "loss": min(row["loss"] for row in rows)}
            best.append({"fixed": fixed, "batch": batch, "seed": seed, **lowest})
        tables = {name: fw.summary(best, name, ("fixed", "batch")) for name in ("rate", "loss")}
        medians = fw.medians(best, ("rate", "loss"), ("fixed", "batch"))
        return {"median best rate and loss (nats)": medians, **tables, "best": best, "runs": runs}

    def judge(self, tables: fw.Tables) -> fw.Verdict:
        tokens, steps = (fw.where(tables["loss"], fixed=how) for how in (IN_TOKENS, IN_STEPS))
        rates = fw.where(tables["rate"], fixed=IN_TOKENS)
        enough = [row for row in rates if TOKENS / row["batch"] >= 64]
        slope, low, high = fw.exponent(enough, "batch", "rate")
        peak, last = max(enough, key=lambda row: row["rate"]), rates[-1]
        wins = tokens[0]["high"] < tokens[-1]["low"] and steps[-1]["high"] < steps[0]["low"]
        falls, few = last["high"] < peak["low"], TOKENS // last["batch"]
        text = f"Batches of {tokens[0]['batch']} end at {tokens[0]['loss']:.2f} nats in fixed "
        text += f"tokens and {steps[0]['loss']:.2f} in fixed steps, of {last['batch']:,} at "
        text += f"{tokens[-1]['loss']:.2f} and {steps[-1]['loss']:.2f}; the best rate rises to "
        text += f"{peak['rate']:.2f} (slope {slope:.2f}), and with {few} steps {last['rate']:.2f} "
        text += f"is {'' if falls else 'not '}lower beyond the spread of {last['n']} seeds."
        numbers = {"slope": slope, "its 95 % interval, from": low, "to": high}
        numbers |= {"least at the peak": peak["low"], "most with few steps": last["high"]}
        return fw.Verdict(wins and 0.5 <= slope <= 1 and falls, text, numbers)

    def draw(self, tables: fw.Tables) -> fw.Chart:
        x, rows = fw.Axis("batch", "batch (tokens a step)", "log"), tables["rate"]
        loss = fw.Axis("loss", "least cross-entropy (nats)")
        rate = fw.Axis("rate", "best learning rate", "log", (0.008, 0.6))
        first, last = fw.where(rows, fixed=IN_TOKENS)[0], rows[-1]["batch"]
        slopes = fw.power_laws((0.5, 1.0), "batch", "rate", through=first, until=last)
        band = ("low", "high")
        rates = fw.curves(rows, x, rate, "fixed", band=band) + fw.theory(slopes, x, rate, "power")
        return fw.panels(fw.curves(tables["loss"], x, loss, "fixed", band=band), rates)
