"""Maximum likelihood has a closed form for a table: what does descent pay without it?"""

from typing import Any

import problems
from studies import framework as fw

WAYS = ("counting", "l-bfgs-b-gradient", "adam", "gradient-descent")
#: With scipy's own tolerances it may stop before.
OPTIONS: dict[str, Any] = {"l-bfgs-b-gradient": {"ftol": 1e-14, "gtol": 1e-8}}
NEAR = 5e-5  # half of the fourth decimal


class Counting(fw.Study):
    """A table by counting, by descent and by L-BFGS: the same number at very different prices.

    The bigram table of the text. Counting goes over the data once; the others see its
    cross-entropy and the gradient, 3 work a step, from seeded starts. A run ends within half
    of the fourth decimal of the table's entropy, which is known.
    """

    criterion = "All come to the table's entropy to 4 decimals; the ratio of work is reported."
    claim = "Relative frequencies maximise a table's likelihood, so descent can at best tie."
    source = "Manning & Schütze (1999), Foundations of statistical NLP, section 6.2.1"

    def plan(self) -> fw.Sweep:
        data: dict[str, Any] = {"corpus": "markov:length=20000" if self.quick else "markov"}
        optimum = problems.make("next-token-table", **data).reference.value
        budget = fw.Budget(work=3_000_000, seconds=120, target=optimum + NEAR)
        settings = [
            fw.Task(way, "next-token-table", OPTIONS.get(way, {}), data, budget=budget)
            for way in WAYS
        ]
        return fw.Sweep(settings, seeds=1 if self.quick else 5)

    def measure(self, results: fw.Results) -> fw.Tables:
        runs, gaps = [], []
        for run, trace in results.traces():
            optimum = run.reference.value
            work = fw.cost_to_reach(trace, optimum + NEAR)
            runs.append({"way": run.method, "seed": run.seed, "value": run.value, "work": work})
            for point in fw.thinned(trace, 60) if run.seed == 0 else ():
                gap = max(point["value"] - optimum, 1e-6)  # a logarithmic axis has no 0
                gaps.append({"way": run.method, "work": point["work"], "gap": gap})
        medians = fw.medians(runs, ("value", "work"), ("way",))
        return {"median value (nats) and work": medians, "runs": runs, "gaps": gaps}

    def judge(self, tables: fw.Tables) -> fw.Verdict:
        met = all(run["work"] is not None for run in tables["runs"])
        work = {way: fw.median(tables["runs"], "work", way=way) for way in WAYS}
        ratios = {f"{way} / counting": work[way] / work["counting"] for way in WAYS[1:]}
        prices = ", ".join(f"{name.split()[0]} {ratio:,.0f}" for name, ratio in ratios.items())
        text = f"Counting costs {work['counting']:g} passes over the data; times more: {prices}."
        return fw.Verdict(met, text, {"entropy (nats)": tables["runs"][0]["value"], **ratios})

    def draw(self, tables: fw.Tables) -> fw.Chart:
        x = fw.Axis("work", "work (evaluations on all data)", "log")
        y = fw.Axis("gap", "gap to the table's entropy (nats)", "log")
        drawn = fw.curves(tables["gaps"], x, y, "way", names=WAYS).properties(width=560)
        return drawn + fw.level(NEAR, "the same to 4 decimals")
