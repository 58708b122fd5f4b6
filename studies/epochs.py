"""How often the same text can be read before fresh text would have taught more."""

from studies import framework as fw
from studies.measurements import repetition

LENGTH, TOKENS, MOST = 400_000, 128_000, 64
TEXT = {"corpus": f"markov:order=2,length={LENGTH},symbols=12", "context": 2}
MODEL = {**TEXT, "embedding": 8, "hidden": 64, "loss": "cross-entropy"}
TRAINING = {"batch": 64, "learning_rate": 0.02, "schedule": "triangular"}
FIXED, LEAST, FRESH, FORM = "128,000 tokens seen", "2,000 tokens again", "fresh text", "fitted D'"


class Epochs(fw.Study):
    """Fixed tokens, ever fewer of them unique: how many epochs are as good as fresh text?

    An MLP (3,059 weights) sees 128,000 tokens: all of them once, or 1/2 to 1/64 of them, random
    blocks of 1,000, more often; beside it once 7 sizes of fresh text, and ever longer the least.
    Minibatches are drawn with replacement. Adam, triangular decay, at the rate that is best on
    fresh text in a grid by factors of 2. Loss: cross-entropy on all text not trained on, above
    the entropy rate of the source, as each instance is another source.

    With U unique tokens and R = epochs - 1, D' = U + U R* (1 - exp(-R / R*)) fresh tokens are as
    good, which never fall as R rises. R* is fitted to the medians at fixed tokens through the
    curve of fresh text, its interval a bootstrap over instances: other sources and starts.
    """

    criterion = "To 4 epochs in fresh text's range, 16 to 64 above; the upturn D' lacks is shown."
    claim = "To 4 epochs about as good as fresh data; R* = 15.39, without the runs epochs had hurt."
    source = "Muennighoff et al. (2023), Scaling data-constrained language models, eq. 5, app. A"

    def plan(self) -> fw.Sweep:
        parts = [4**i if self.quick else 2**i for i in range(4 if self.quick else 7)]
        pairs = {(part, epochs) for part in parts for epochs in (1, part)}
        cells, budget = [], fw.Budget(work=1e6, seconds=120)
        for part, epochs in sorted(pairs | {(MOST, 4 * part) for part in parts}):
            data = {**MODEL, "held_out": 1 - TOKENS / part / LENGTH}
            how = {**TRAINING, "epochs": epochs}
            cells.append(fw.Task("adam", "next-token-mlp", how, data, budget=budget))
        return fw.Sweep(cells, seeds=1, instances=2 if self.quick else 5)

    def measure(self, results: fw.Results) -> fw.Tables:
        runs, curves, loss = [], [], repetition.loss_above_source
        for run in results:
            epochs, held_out = run.method_options["epochs"], run.problem_options["held_out"]
            row = {"epochs": epochs, "unique": round((1 - held_out) * LENGTH), "loss": loss(run)}
            runs.append({**row, "seen": row["unique"] * epochs, "instance": run.instance})
        fixed, fresh = fw.where(runs, seen=TOKENS), fw.where(runs, epochs=1)
        fitted = repetition.constant_with_interval(fixed, fresh, "instance", 1000)
        curve = repetition.fresh_curve(fresh, "unique", "loss")
        least = fw.where(runs, unique=TOKENS // MOST)
        for text, rows in {FIXED: fixed, LEAST: least, FRESH: fresh}.items():
            points = fw.summary(rows, "loss", ("epochs", "unique", "seen"))
            form = repetition.explained(points, fitted["R*"], curve) if text != FRESH else []
            for line, drawn in {text: points, FORM: form}.items():
                curves += [{"text": text, "line": line, **row} for row in drawn]
        table = {f"held-out loss (nats), {FIXED}": fw.summary(fixed, "loss", ("epochs", "unique"))}
        return {**table, "curves": curves, "R*": [fitted], "runs": runs}

    def judge(self, tables: fw.Tables) -> fw.Verdict:
        fixed, least = (fw.where(tables["curves"], line=line) for line in (FIXED, LEAST))
        fresh, few = fixed[0], [row["loss"] for row in fixed if 1 < row["epochs"] <= 4]
        many = min(row["low"] for row in fixed if row["epochs"] >= 16)
        best, last, fitted = min(least, key=lambda row: row["loss"]), least[-1], tables["R*"][0]
        up = "rises again" if last["low"] > best["high"] else "does not rise yet"
        text = f"Up to 4 epochs end at {max(few):.3f} nats or less, where fresh text ends at up to "
        text += f"{fresh['high']:.3f}, 16 to 64 at {many:.3f} or more in {fresh['n']} instances; "
        text += f"R* = {fitted['R*']:.0f} (published 15.39), but on {best['unique']:,} tokens loss "
        text += f"{up}: {best['loss']:.2f} after {best['epochs']} epochs, {last['loss']:.2f} after "
        numbers = {"fresh, most": fresh["high"], "to 4": max(few), "from 16": many, **fitted}
        return fw.Verdict(max(few) <= fresh["high"] < many, f"{text}{last['epochs']}.", numbers)

    def draw(self, tables: fw.Tables) -> fw.Chart:
        epochs, seen = fw.Axis("epochs", "epochs", "log"), fw.Axis("seen", "tokens seen", "log")
        y, names = fw.Axis("loss", "held-out excess loss (nats)"), (FIXED, LEAST, FRESH, FORM)
        fresh = fw.where(tables["curves"], line=FIXED)[0]["loss"]

        def panel(x: fw.Axis, *texts: str) -> fw.Chart:
            rows = [row for row in tables["curves"] if row["text"] in texts]
            runs, form = [r for r in rows if r["line"] != FORM], fw.where(rows, line=FORM)
            drawn = fw.curves(runs, x, y, "line", names=names, band=("low", "high"))
            return drawn + fw.curves(form, x, y, "line", names=names, points=False)

        fixed = panel(epochs, FIXED) + fw.level(fresh, "fresh text", proven=False)
        return fw.panels(fixed, panel(seen, LEAST, FRESH))
