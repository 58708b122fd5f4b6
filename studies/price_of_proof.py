"""What a certificate costs beside the solution that it certifies."""

from typing import Any

from studies import laboratory as lab

PROVER, OTHERS = "integer-programming", ("genetic", "hill-climb", "reinforce", "adam")
FIND, PROVE = "integer program: to find", "integer program: to prove"
SIZES = {1: (2, 3, 4, 5, 6, 7), 2: (2, 3, 4, 5)}
LIMITS = {PROVER: 40, **dict.fromkeys(OTHERS, 4)}  # seconds


class PriceOfProof(lab.Study):
    """CPU seconds to match the certified optimum, to find it and to prove it, by size.

    Ternary weights on codes of one or two letters (2 to 7 bits, 27 weights a bit). HiGHS is
    given the integer program and 40 s a run; the others look for 4 s. Medians over three
    instances; where the median run did not prove, or match what was proved, there is no point.
    """

    criterion = "After two letters some size is not proved; at most bits after one nobody matches."
    claim = "Integer programs are mostly solved long before they are proved to be."
    source = "Berthold (2013), Measuring the impact of primal heuristics"

    def plan(self) -> lab.Sweep:
        settings, name = [], "next-token-ternary"
        for letters, sizes in ({1: (2, 3), 2: (2,)} if self.quick else SIZES).items():
            for bits, way in [(b, w) for b in sizes for w in (PROVER, *OTHERS)]:
                data: dict[str, Any] = {"corpus": "markov", "context": letters, "bits": bits}
                seconds = 0.3 if self.quick and way != PROVER else LIMITS[way]
                settings.append(lab.Task(way, name, {}, data, budget=lab.Budget(1e9, seconds)))
        return lab.Sweep(settings, seeds=1, instances=1 if self.quick else 3)

    def measure(self, results: lab.Results) -> lab.Tables:
        rows = []
        for run, trace in results.traces():
            proved = [r.value for r in results.on_instance(run) if r.ended == "optimal"]
            came = lab.cost_to_reach(trace, min(proved, default=-1) + 1e-9, "cpu_seconds")
            spent = run.ledger.cpu_seconds if run.ended == "optimal" else None
            told = {FIND: came, PROVE: spent} if run.method == PROVER else {run.method: came}
            at = {"letters": run.problem_options["context"], "bits": run.problem_options["bits"]}
            rows += [{**at, "instance": run.instance, "way": w, "cpu": t} for w, t in told.items()]
        return {"medians": lab.medians(rows, "cpu", ("letters", "bits", "way")), "runs": rows}

    def judge(self, tables: lab.Tables) -> lab.Verdict:
        proofs = lab.where(tables["runs"], way=PROVE)
        unproved = {(row["letters"], row["bits"]) for row in proofs if row["cpu"] is None}
        sizes = {(row["letters"], row["bits"]) for row in proofs} - unproved
        one, two = (max(bits for letters, bits in sizes if letters == k) for k in (1, 2))
        at = {row["way"]: row for row in lab.where(tables["medians"], letters=1, bits=one)}
        numbers: dict[str, Any] = {"bits proved, one letter": one, "two letters": two}
        numbers |= {"to find (s)": at[FIND]["cpu"], "to prove (s)": at[PROVE]["cpu"]}
        numbers["others that match"] = came = sum(at[way]["cpu"] is not None for way in OTHERS)
        told = (
            f"In 40 s proof reaches {one} bits after one letter and {two} after two; at {one} bits "
        )
        told += f"the program finds the optimum in {at[FIND]['cpu']:.1f} s and proves it in "
        told += (
            f"{at[PROVE]['cpu']:.1f} s, and {came} of {len(OTHERS)} other families match it in 4 s."
        )
        return lab.Verdict(any(k == 2 for k, _ in unproved) and not came, told, numbers)

    def draw(self, tables: lab.Tables) -> lab.Chart:
        x, drawn = lab.Axis("bits", "bits", domain=(2, 7)), []
        y = lab.Axis("cpu", "CPU seconds (median)", "log")
        for letters, title in {1: "after one letter", 2: "after two letters"}.items():
            rows = lab.where(tables["medians"], letters=letters)
            chart = lab.curves(rows, x, y, "way", title=title, names=(FIND, PROVE, *OTHERS))
            chart += lab.level(40, "limit, 40 s", proven=False)
            drawn.append(chart + lab.level(4, "limit of the others, 4 s", proven=False))
        return lab.panels(*drawn)
