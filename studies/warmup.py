"""How much the choice of a learning rate matters, and what makes it matter less."""

from itertools import pairwise, product

from studies import laboratory as lab

NAME, BUDGET, SIZES = "next-token-transformer", lab.Budget(1e6, 600), {16: 1, 32: 2}
RATES, PLAIN, QK = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0), "warmup 5%", "qk-norm, warmup 5%"
SETTINGS = {"warmup 0%": 0.0, PLAIN: 0.05, "warmup 20%": 0.2, "warmup 50%": 0.5, QK: 0.05}
DATA = {"corpus": "markov:order=2,symbols=4", "context": 16}
ADAM = {"batch": 16, "schedule": "triangular", "beta2": 0.95, "clip": 1.0}


class Warmup(lab.Study):
    """Final loss by learning rate with more and less warmup, and with normalised attention.

    Transformers of one layer of width 16 and two of width 32. Adam with the paper's beta2 and
    clipping makes 600 steps of 256 tokens, the rate falling linearly to 0 after the warmup. With
    four symbols so short a training comes near the entropy. Loss: cross-entropy over the sample
    at the last iterate, at most that before training. Sensitivity: its mean over seven rates less
    its lowest value. Medians over seeds. qk-norm is held against the same warmup without it.
    """

    criterion = "Best losses within 0.05; qk-norm: 30 % less sensitive; longer warmup: no more."
    claim = "qk-norm and longer warmup make the final loss less sensitive to the learning rate."
    source = "Wortsman et al. (2023), arXiv 2309.14322, sections 2.2, 3.1.1 and 3.2.1"
    can_fail = ("nan",)

    def plan(self) -> lab.Sweep:
        cells, (steps, every, tokens) = [], (40, 3, 1024) if self.quick else (600, 1, 16_384)
        for width, name, rate in product(SIZES, SETTINGS, RATES[::every]):
            model = {**DATA, "tokens": tokens, "width": width, "layers": SIZES[width]}
            model["qk_norm"] = name == QK
            how = {**ADAM, "steps": steps, "warmup": SETTINGS[name], "learning_rate": rate}
            cells.append(lab.Task("adam", NAME, how, model, budget=BUDGET))
        return lab.Sweep(cells, seeds=1 if self.quick else 3)

    def measure(self, results: lab.Results) -> lab.Tables:
        runs = []
        for run, row in lab.loss_levels(results):
            how, model, top = run.method_options, run.problem_options, row["initial"]
            row["setting"] = QK if model["qk_norm"] else f"warmup {how['warmup']:.0%}"
            row |= {"width": model["width"], "rate": how["learning_rate"], "seed": run.seed}
            runs.append({**row, "loss": top if run.surrogate is None else min(run.surrogate, top)})
        seeds = lab.rate_sensitivities(runs, ("width", "setting", "seed"))
        found = lab.medians(seeds, ("best", "sensitivity"), ("width", "setting"))
        return {"medians": found, "seeds": seeds, "runs": runs}

    def judge(self, tables: lab.Tables) -> lab.Verdict:
        sizes = [rows for _, rows in lab.groups(tables["medians"], "width")]
        apart = max(max(r["best"] for r in rows) - min(r["best"] for r in rows) for rows in sizes)
        found = [{row["setting"]: row["sensitivity"] for row in rows} for rows in sizes]
        lower = [1 - of[QK] / of[PLAIN] for of in found]
        added = [b - a for of in found for a, b in pairwise(of[s] for s in SETTINGS if s != QK)]
        told = (
            f"Best losses are within {apart:.3f} nats; qk-norm lowers the sensitivity to the rate "
        )
        told += f"by {min(lower):.0%} to {max(lower):.0%}, each longer warmup changes it by "
        told += f"{min(added):+.3f} to {max(added):+.3f} nats ({len(sizes)} sizes, 3 seeds)."
        numbers = {"best losses differ by": apart, "least that qk-norm lowers by": min(lower)}
        numbers["most that a longer warmup adds"] = max(added)
        return lab.Verdict(apart <= 0.05 and min(lower) >= 0.3 and max(added) <= 0, told, numbers)

    def draw(self, tables: lab.Tables) -> lab.Chart:
        x, y = lab.Axis("rate", "peak learning rate", "log"), lab.Axis("loss", "loss (nats)")
        names, drawn = [*SETTINGS], []
        for (width,), runs in lab.groups(tables["runs"], "width"):
            rows = lab.medians(runs, "loss", ("setting", "rate"))
            lines = lab.level(runs[0]["initial"], "before training", proven=False, below=True)
            lines += lab.level(runs[0]["entropy"], "entropy of the source", below=True)
            title = f"layers {SIZES[width]}, width {width}"
            drawn.append(lab.curves(rows, x, y, "setting", names=names, title=title) + lines)
        x, y = lab.Axis("width", "width", "log"), lab.Axis("sensitivity", "sensitivity (nats)")
        return lab.panels(*drawn, lab.curves(tables["medians"], x, y, "setting", names=names))
