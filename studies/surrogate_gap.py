"""What it costs to minimise cross-entropy where the error is what one wants."""

from typing import Any

import problems
from studies import laboratory as lab

SURROGATE, RANDOM = "l-bfgs-b-gradient", "hill-climb"
AFTER = f"{SURROGATE}@3000+{RANDOM}"
WAYS = {
    SURROGATE: "cross-entropy's optimum",
    RANDOM: "direct search from random",
    AFTER: "direct search from cross-entropy's optimum",
}


class SurrogateGap(lab.Study):
    """The surrogate's error above the proven optimum, by the rank of the model.

    A next-token model of rank r after one letter, whose least error is known at every rank.
    L-BFGS descends on cross-entropy, and its last iterate counts; direct search (hill-climb)
    mutates on the error itself, from random weights or from L-BFGS's best point after 3,000
    of the 10,000 work that each has. Medians over seeds, bands over all of them.
    """

    criterion = "The gap is 0 at rank V - 1, a table; at rank 1 both direct searches err less."
    claim = "In fine-tuning on accuracy or F1 itself, cross-entropy as objective won everywhere."
    source = "Malladi et al. (2023), Fine-tuning language models with just forward passes, Table 3"

    def plan(self) -> lab.Sweep:
        budget = lab.Budget(work=10_000, seconds=120)
        ranks = (1, 4, 26) if self.quick else (1, 2, 3, 4, 6, 8, 12, 16, 26)
        options: list[dict[str, Any]] = [{"corpus": "markov", "rank": rank} for rank in ranks]
        name = "next-token-rank"
        settings = [lab.Task(w, name, {}, o, budget=budget) for o in options for w in WAYS]
        return lab.Sweep(settings, seeds=2 if self.quick else 10)

    def measure(self, results: lab.Results) -> lab.Tables:
        rows, known = [], {}
        for run in results:
            problem: Any = problems.make(run.problem, **run.problem_options)
            x = lab.last_iterate(problem, run) if run.method == SURROGATE else run.x
            row = {"rank": problem.rank, "way": WAYS[run.method], "seed": run.seed}
            rows.append({**row, "train": problem.value(x), "held-out": problem.score(x)})
            optimum = problem.construction()
            known = {"train": run.reference.value, "held-out": problem.score(optimum)}
        return {"runs": rows, "optimum": [known]}

    def judge(self, tables: lab.Tables) -> lab.Verdict:
        runs, optimum = tables["runs"], tables["optimum"][0]["train"]
        table = max(row["rank"] for row in runs)
        gaps = {way: lab.median(runs, "train", rank=1, way=way) - optimum for way in WAYS.values()}
        last = lab.median(runs, "train", rank=table, way=WAYS[SURROGATE]) - optimum
        told = ", ".join(f"{way} {gap:.3f}" for way, gap in gaps.items())
        told = f"Above the known error at rank 1: {told}; the first at rank {table}: {last:.4f}."
        numbers = {**{f"{way}, rank 1": gap for way, gap in gaps.items()}, f"rank {table}": last}
        surrogate, *searches = gaps.values()
        return lab.Verdict(last < 1e-9 and max(searches) < surrogate, told, numbers)

    def draw(self, tables: lab.Tables) -> lab.Chart:
        drawn = []
        for part, label in {"train": "known optimum", "held-out": "that optimum, held out"}.items():
            rows = lab.summary(tables["runs"], part, ["rank", "way"])
            x = lab.Axis("rank", "rank", "log")
            y = lab.Axis(part, f"top-1 error, {part}", domain=(0.715, 0.87))
            chart = lab.curves(rows, x, y, "way", band=("low", "high"), names=[*WAYS.values()])
            at, proven = tables["optimum"][0][part], part == "train"
            drawn.append(chart + lab.level(at, label, proven=proven, below=True))
        return lab.panels(*drawn)
