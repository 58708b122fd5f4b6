"""The same runs, another unit of compute, another winner."""

from itertools import combinations

from comparison.charts.theme import styles
from comparison.charts.unit_flips import unit_flips
from comparison.evidence.curves import UNITS, Evidence
from comparison.evidence.unit_flips import unit_rows, winner_rows
from comparison.suites import REFERENCE
from methods import METHODS
from problems import PROBLEMS, load_problem
from problems.options import options_of
from studies import laboratory as lab

FEW = {"gradient-descent", "adam", "hill-climb", "genetic", "next-token-rank", "rosenbrock"}


class Units(lab.Study):
    """The reference comparison ranked in five units of compute: every flip of a winner.

    Its methods and problems at 5,000 work, without integer programming, which does not look.
    In each unit the medians are read off at what every method was given of it. A gradient costs
    1, 3 or as many looks as there are variables; a winner flips where no method is best, or
    tied for best, in both units. Tokens are counted where a problem reads a text.
    """

    criterion = (
        "On a third of the problems the winner depends on the unit; a price alone flips one."
    )
    claim = "Evaluations are the one measure of cost with a generic meaning; CPU time is not taken."
    source = "Hansen et al. (2016), COCO: performance assessment, arXiv 1605.03560, section 1"

    def plan(self) -> lab.Sweep:
        chosen = REFERENCE.arguments()
        problems = [p for p in chosen["problem"] if p in FEW or not self.quick]
        methods = [m for m in chosen["methods"] if m in FEW or not self.quick]
        budget, settings = lab.Budget(200 if self.quick else 5000, seconds=120), []
        for problem in problems:
            reads = "corpus" in options_of(load_problem(PROBLEMS.entry(problem)))
            data = {"corpus": "markov"} if reads else {}
            looks = (m for m in methods if not METHODS.entry(m).white_box)
            settings += [lab.Task(method, problem, {}, data, budget=budget) for method in looks]
        return lab.Sweep(settings, seeds=1 if self.quick else 5)

    def measure(self, results: lab.Results) -> lab.Tables:
        evidence = Evidence(results)
        winners, flips = [], []
        for row in winner_rows(evidence):
            problem, best = row["problem"], row["winners"]
            told = {unit: " = ".join(best.get(unit, ())) for unit in UNITS}
            winners.append({"problem": problem, "flips": row["flips"], **told})
            for one, other in combinations(best, 2):
                if not set(best[one]) & set(best[other]):
                    flip = {"unit": one, "best": told[one], "other unit": other}
                    flips.append({"problem": problem, **flip, "then best": told[other]})
        return {"winners": winners, "flips": flips, "ranks": [*unit_rows(evidence)]}

    def judge(self, tables: lab.Tables) -> lab.Verdict:
        n, flips = len(tables["winners"]), tables["flips"]
        flipped = [row["problem"] for row in tables["winners"] if row["flips"]]
        prices = {*list(UNITS)[:3]}
        by_price = {f["problem"] for f in flips if {f["unit"], f["other unit"]} <= prices}
        numbers = {"problems": n, "no winner in all units": len(flipped)}
        numbers |= {"winner flips with a gradient's price": len(by_price), "flips": len(flips)}
        told = f"On {len(flipped)} of {n} problems no method wins in all units of compute, on "
        told += f"{len(by_price)} the price of a gradient alone decides; {len(flips)} flips in all."
        return lab.Verdict(3 * len(flipped) >= n and bool(by_price), told, numbers)

    def draw(self, tables: lab.Tables) -> lab.Chart:
        known = {
            row["contender"]: METHODS.entry(row["contender"]).family for row in tables["ranks"]
        }
        return unit_flips(tables["ranks"], styles(known.items()), step=92)
