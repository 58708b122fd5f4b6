"""What a certificate costs beside the solution that it certifies."""

from math import inf
from typing import Any

from studies import framework as fw

PROVER, SECONDS = "integer-programming", 30
OTHERS = ("genetic", "hill-climb", "simulated-annealing", "reinforce", "adam", "best-of-n")
#: About five seconds', so that it does not hang on the machine who matches.
WORK = dict(zip(OTHERS, (2e6, 2.5e5, 2.5e5, 4e4, 5e5, 1.5e6), strict=True))
FIND, PROVE = "integer program: to find", "integer program: to prove"
#: Letters and bits.
SIZES = [*((1, bits) for bits in range(2, 8)), *((2, bits) for bits in range(2, 6))]


class PriceOfProof(fw.Study):
    """CPU seconds to match the certified optimum, to find it and to prove it, by size.

    Ternary weights on codes of one or two letters (2 to 7 bits, 27 weights a bit). HiGHS is
    given the integer program and 30 s a run; the others have as much work as about five seconds
    do. Medians over three instances; to never match is slower than anything, and where the
    median run did not there is no point on the left. On the right is what it errs more than the
    best value that any run came to. Where all instances are proved that is the optimum, and
    marks are solid; elsewhere they are hollow.
    """

    criterion = "Not every size is proved in 30 s; at those that are, the program finds it first."
    claim = "A solver's time to optimality tells little of how soon its solutions are good."
    source = "Berthold (2013), Measuring the impact of primal heuristics, OR Letters 41"

    def plan(self) -> fw.Sweep:
        cells, share = [], 0.04 if self.quick else 1.0
        for letters, bits in ((1, 2), (1, 3), (2, 2)) if self.quick else SIZES:
            data: dict[str, Any] = {"corpus": "markov", "context": letters, "bits": bits}
            for way in (PROVER, *OTHERS):
                budget = fw.Budget(share * WORK.get(way, 0), SECONDS if way == PROVER else 120)
                cells.append(fw.Task(way, "next-token-ternary", {}, data, budget=budget))
        return fw.Sweep(cells, seeds=1, instances=1 if self.quick else 3)

    def measure(self, results: fw.Results) -> fw.Tables:
        def size(run: Any) -> dict[str, int]:
            return {"letters": run.problem_options["context"], "bits": run.problem_options["bits"]}

        rows, unproved = [], [size(r) for r in results if r.method == PROVER and not r.certified]
        for run, trace in results.traces():
            best = min(r.value for r in results.on_instance(run) if r.value is not None)
            reached = fw.cost_to_reach(trace, best + 1e-9, "cpu_seconds")
            spent, gap = run.ledger.cpu_seconds, (inf if run.value is None else run.value) - best
            cpus = {FIND: reached, PROVE: spent} if run.method == PROVER else {run.method: reached}
            at = {**size(run), "proved": size(run) not in unproved, "instance": run.instance}
            rows += [{**at, "way": way, "cpu": cpu, "gap": gap} for way, cpu in cpus.items()]
        by = ("letters", "bits", "proved", "way")
        table = {"median CPU seconds": fw.wide(rows, "cpu", by[:3], "way", (FIND, PROVE, *OTHERS))}
        return {**table, "medians": fw.medians(rows, ("cpu", "gap"), by), "runs": rows}

    def judge(self, tables: fw.Tables) -> fw.Verdict:
        rows, sizes = tables["medians"], fw.where(tables["medians"], way=PROVE)
        proved = fw.where(sizes, proved=True)

        def cpu(way: str, at: fw.Row) -> float:
            return fw.median(rows, "cpu", way=way, letters=at["letters"], bits=at["bits"])

        def reach(way: str, k: int = 1) -> int:  # the most bits, after k letters
            return max([0, *(a["bits"] for a in fw.where(proved, letters=k) if cpu(way, a) < inf)])

        lead = min((min(cpu(w, at) for w in OTHERS) / cpu(FIND, at) for at in proved), default=0)
        one, two, others = reach(PROVE), reach(PROVE, 2), max(map(reach, OTHERS))
        top = {"letters": 1, "bits": max(one, 2)}
        gap = min(fw.median(fw.where(tables["runs"], **top), "gap", way=w) for w in OTHERS)
        text = f"Proof in {SECONDS} s reaches {one} bits after one letter and {two} after two; at "
        text += f"{one} it takes {cpu(PROVE, top):.1f} CPU s, the optimum is found in "
        text += f"{cpu(FIND, top):.1f}, and the best of the other families errs {gap:.4f} more; "
        text += f"none of them matches it beyond {others} bits."
        numbers = {"sizes": len(sizes), "proved": len(proved), "lead (times)": lead, "gap": gap}
        return fw.Verdict(len(proved) < len(sizes) and lead > 1, text, numbers)

    def draw(self, tables: fw.Tables) -> fw.Chart:
        x, gap = fw.Axis("bits", "bits", domain=(2, 7)), fw.Axis("gap", "error above the best")
        drawn, y = [], fw.Axis("cpu", "CPU seconds (median)", "log", (0.005, 60))
        for letters, title in {1: "after one letter", 2: "after two letters"}.items():
            rows, names = fw.where(tables["medians"], letters=letters), (FIND, PROVE, *OTHERS)
            chart = fw.curves(rows, x, y, "way", solid="proved", title=title, names=names)
            limit = fw.level(SECONDS, f"limit, {SECONDS} s", proven=False)
            drawn += [chart + limit, fw.curves(rows, x, gap, "way", names=names, title=title)]
        return fw.panels(*drawn)
