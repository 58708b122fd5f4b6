"""What it costs to minimise cross-entropy where the error is what one wants."""

from itertools import pairwise
from typing import Any

import problems
from studies import framework as fw
from studies.measurements.last_iterate import last_iterate

SURROGATE, RANDOM = "l-bfgs-b-gradient", "hill-climb"
AFTER = f"{SURROGATE}@3000+{RANDOM}"
WAYS = {SURROGATE: "cross-entropy's optimum", RANDOM: "direct search from random"}
WAYS |= {AFTER: "direct search from cross-entropy's optimum"}


class SurrogateGap(fw.Study):
    """The surrogate's error above the proven optimum, by the rank of the model.

    A next-token model of rank r after one letter, whose least error is known at every rank.
    L-BFGS descends on cross-entropy until it converges or has spent 10,000 work, whatever
    the error, and its last iterate counts: an optimum near its seeded start, not of all.
    Direct search (hill-climb) mutates on the error itself, from random weights or from
    L-BFGS's best point after 3,000 of the 10,000 work that each has, and ends where the
    known optimum is met. A model of rank V - 1 is a table, V tokens being 27. Falls: never
    rises with the rank. Medians over seeds, bands over all of them.
    """

    criterion = "The gap falls to 0 at rank V - 1; at rank 1 both searches err less, held out too."
    claim = "Fine-tuning on accuracy or F1 itself lost everywhere to cross-entropy: the opposite."
    source = "Malladi et al. (2023), Fine-tuning language models with just forward passes, Table 3"

    def plan(self) -> fw.Sweep:
        budget = fw.Budget(work=10_000, seconds=120)
        ranks = (1, 26) if self.quick else (1, 2, 3, 4, 6, 8, 16, 26)
        options: list[dict[str, Any]] = [{"corpus": "markov", "rank": rank} for rank in ranks]
        name = "next-token-rank"
        settings = [fw.Task(w, name, {}, o, budget=budget) for o in options for w in WAYS]
        return fw.Sweep(settings, seeds=2 if self.quick else 10)

    def measure(self, results: fw.Results) -> fw.Tables:
        rows, optimum = [], {}
        for run in results:
            problem: Any = problems.make(run.problem, **run.problem_options)
            x = last_iterate(problem, run) if run.method == SURROGATE else run.x
            row = {"rank": problem.rank, "way": WAYS[run.method], "seed": run.seed}
            rows.append({**row, "train": problem.value(x), "held-out": problem.score(x)})
            x = problem.construction()
            optimum = {"train": problem.value(x), "held-out": problem.score(x)}
        table = {"median error, train": fw.wide(rows, "train", ["rank"], "way", WAYS.values())}
        return {**table, "runs": rows, "optimum": [optimum]}

    def judge(self, tables: fw.Tables) -> fw.Verdict:
        runs, optimum = tables["runs"], tables["optimum"][0]
        ranks = sorted({row["rank"] for row in runs})

        def gap(way: str, rank: int, part: str = "train") -> float:
            return fw.median(runs, part, rank=rank, way=WAYS[way]) - optimum[part]

        gaps, seeds = [gap(SURROGATE, rank) for rank in ranks], {row["seed"] for row in runs}
        won = {w: [r for r in ranks if gap(w, r) < gap(SURROGATE, r)] for w in (AFTER, RANDOM)}
        held_out = all(gap(w, 1, "held-out") < gap(SURROGATE, 1, "held-out") for w in won)
        falls = all(more >= less for more, less in pairwise(gaps)) and gaps[-1] < 1e-9
        after, at_random = (", ".join(map(str, at)) or "none" for at in won.values())
        text = (
            f"Over {len(seeds)} seeds cross-entropy's optimum errs {gaps[0]:.3f} above the known "
            f"optimum at rank 1 and {gaps[-1]:.3f} at rank {ranks[-1]}; direct search from there "
            f"errs less than it at rank {after}, from random weights at rank {at_random}."
        )
        numbers = {f"{WAYS[w]}, rank 1, {p}": gap(w, 1, p) for p in optimum for w in WAYS}
        numbers[f"{WAYS[SURROGATE]}, rank {ranks[-1]}, train"] = gaps[-1]
        return fw.Verdict(falls and held_out and all(1 in r for r in won.values()), text, numbers)

    def draw(self, tables: fw.Tables) -> fw.Chart:
        drawn = []
        for part, label in {"train": "known optimum", "held-out": "that optimum, held out"}.items():
            rows = fw.summary(tables["runs"], part, ["rank", "way"])
            x = fw.Axis("rank", "rank", "log")
            y = fw.Axis(part, f"top-1 error, {part}", domain=(0.715, 0.87))
            chart = fw.curves(rows, x, y, "way", band=("low", "high"), names=[*WAYS.values()])
            at = tables["optimum"][0][part]
            drawn.append(chart + fw.level(at, label, proven=part == "train", below=True))
        return fw.panels(*drawn)
