"""How often the same text can be read before fresh text would have taught more."""

from studies import laboratory as lab
from studies.laboratory import repetition

LENGTH, TOKENS = 400_000, 131_072
TEXT = {"corpus": f"markov:order=2,length={LENGTH},symbols=12", "context": 2}
MODEL = {**TEXT, "embedding": 8, "hidden": 64, "loss": "cross-entropy"}
TRAINING = {"batch": 64, "learning_rate": 0.01, "schedule": "triangular"}
FIXED, LEAST, FRESH, FORM = "131,072 tokens seen", "2,048 tokens again", "fresh text", "D' fitted"


class Epochs(lab.Study):
    """Fixed tokens, ever fewer of them unique: how many epochs are as good as fresh text?

    An MLP (3,059 weights) sees 131,072 tokens, 1 to 64 times the same, in random blocks of the
    text; beside it one epoch over 7 sizes of fresh text, and more epochs over the least. Adam
    with triangular decay; cross-entropy on all that was not trained on. R* is fitted through the
    curve of fresh text, its interval a bootstrap over instances, each with its own blocks.
    """

    criterion = "To 4 epochs inside the fresh text's range over instances, from 16 on above it."
    claim = "Up to 4 epochs are about as good as fresh data; fitted R* = 15.39."
    source = "Muennighoff et al. (2023), Scaling data-constrained language models, section 5"

    def plan(self) -> lab.Sweep:
        parts = [4**i if self.quick else 2**i for i in range(4 if self.quick else 7)]
        pairs = {(part, epochs) for part in parts for epochs in (1, part)}
        cells, budget = [], lab.Budget(work=1e6, seconds=120)
        for part, epochs in sorted(pairs | {(64, 4), (64, 16), (64, 256)}):
            data = {**MODEL, "held_out": 1 - TOKENS / part / LENGTH}
            how = {**TRAINING, "epochs": epochs}
            cells.append(lab.Task("adam", "next-token-mlp", how, data, budget=budget))
        return lab.Sweep(cells, seeds=1, instances=2 if self.quick else 5)

    def measure(self, results: lab.Results) -> lab.Tables:
        runs, curves = [], []
        for run in results:
            epochs, held_out = run.method_options["epochs"], run.problem_options["held_out"]
            unique = round((1 - held_out) * LENGTH)
            row = {"epochs": epochs, "unique": unique, "seen": unique * epochs, "loss": run.score}
            runs.append({**row, "instance": run.instance})
        fixed = [row for row in runs if 0.9 < row["seen"] / TOKENS < 1.1]
        fresh, least = lab.where(runs, epochs=1), lab.where(runs, unique=TOKENS // 64)
        found = repetition.constant_with_interval(fixed, fresh, "instance", 200)
        curve = repetition.fresh_curve(fresh, "unique", "loss")
        for text, rows in {FIXED: fixed, LEAST: least, FRESH: fresh}.items():
            points = lab.summary(rows, "loss", ("epochs", "unique", "seen"))
            form = repetition.explained(points, found["R*"], curve) if text != FRESH else []
            curves += [{"text": text, "drawn as": text, **row} for row in points]
            curves += [{"text": text, "drawn as": FORM, **row} for row in form]
        return {"curves": curves, "R*": [found], "runs": runs}

    def judge(self, tables: lab.Tables) -> lab.Verdict:
        fixed = {row["epochs"]: row for row in lab.where(tables["curves"], **{"drawn as": FIXED})}
        least, found = lab.where(tables["curves"], **{"drawn as": LEAST}), tables["R*"][0]
        few = max(row["loss"] for epochs, row in fixed.items() if 1 < epochs <= 4)
        many = min(row["loss"] for epochs, row in fixed.items() if epochs >= 16)
        best, last = min(least, key=lambda row: row["loss"]), least[-1]
        turns = f"to {last['loss']:.2f}, which D' cannot express" if last != best else "not yet"
        told = (
            f"To 4 epochs at most {few:.3f} nats (fresh text {fixed[1]['loss']:.3f}), from 16 on "
        )
        told += f"{many:.3f} or more; R* = {found['R*']:.0f} (published 15.39); the upturn after "
        told += f"{best['epochs']} epochs on {best['unique']:,} tokens: {turns}."
        numbers = {"fresh, most": fixed[1]["high"], "to 4": few, "from 16": many, **found}
        return lab.Verdict(few <= fixed[1]["high"] < many, told, numbers)

    def draw(self, tables: lab.Tables) -> lab.Chart:
        epochs, seen = lab.Axis("epochs", "epochs", "log"), lab.Axis("seen", "tokens seen", "log")
        y, names = lab.Axis("loss", "held-out cross-entropy (nats)"), (FIXED, LEAST, FRESH, FORM)
        fixed = lab.where(tables["curves"], text=FIXED)
        other = [row for row in tables["curves"] if row["text"] != FIXED]
        left = lab.curves(fixed, epochs, y, "drawn as", names=names, band=("low", "high"))
        return lab.panels(left, lab.curves(other, seen, y, "drawn as", names=names))
