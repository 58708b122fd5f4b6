"""The same runs, another unit of compute, another winner."""

from collections.abc import Sequence

from comparison.analysis.curves import UNITS, Evidence
from comparison.analysis.unit_flips import flip_rows, unit_rows, winner_rows
from comparison.figures.figure import Frame, Panel
from comparison.figures.theme import styles
from comparison.figures.unit_flips import unit_flips
from comparison.running.suites import REFERENCE
from methods import METHODS
from problems import PROBLEMS, load_problem
from problems.naming.options import options_of
from studies import framework as fw

FEW = {"gradient-descent", "adam", "hill-climb", "genetic", "next-token-rank", "rosenbrock"}


class Units(fw.Study):
    """The reference comparison ranked in five units of compute: every flip of a winner.

    Its methods and problems at 5,000 work, without integer programming, which makes no
    evaluations. In each unit the medians of 3 seeds are read off at what every method was given
    of it. A gradient costs 1 evaluation (that counts evaluations), 3, or as many as there are
    variables. A winner flips where no method is best, or tied for best, in both units. CPU
    seconds are this machine's; tokens are counted where an evaluation reads the text.
    """

    criterion = (
        "On a third of the problems the winner depends on the unit; a price alone flips one."
    )
    claim = "Evaluations are the one measure of cost with a generic meaning; CPU time is not taken."
    source = "Hansen et al. (2016), COCO: performance assessment, arXiv 1605.03560, section 1"

    def plan(self) -> fw.Sweep:
        chosen = REFERENCE.arguments()
        problems = [p for p in chosen["problem"] if p in FEW or not self.quick]
        methods = [m for m in chosen["methods"] if m in FEW or not self.quick]
        budget, settings = fw.Budget(200 if self.quick else 5000, seconds=120), []
        for problem in problems:
            reads = "corpus" in options_of(load_problem(PROBLEMS.entry(problem)))
            data = {"corpus": "markov"} if reads else {}
            metered = (m for m in methods if not METHODS.entry(m).white_box)
            settings += [fw.Task(method, problem, {}, data, budget=budget) for method in metered]
        return fw.Sweep(settings, seeds=1 if self.quick else 3)

    def measure(self, results: fw.Results) -> fw.Tables:
        evidence = Evidence(results)
        winners, flips = [], []
        for row in winner_rows(evidence):
            by_unit = {unit: self.listed(row.winners.get(unit, ())) for unit in UNITS}
            winners.append({"problem": row.problem, **by_unit, "flips": row.flips})
        for flip in flip_rows(evidence):
            flips.append({**vars(flip), "others": " = ".join(flip.others)})
        ranks = [vars(rank) for rank in unit_rows(evidence)]
        return {"winners": winners, "flips": flips, "ranks": ranks}

    @staticmethod
    def listed(winners: Sequence[str]) -> str | None:
        return " = ".join(winners) or None if len(winners) < 4 else f"{len(winners)} methods tie"

    def judge(self, tables: fw.Tables) -> fw.Verdict:
        n, flips, prices = len(tables["winners"]), tables["flips"], {*list(UNITS)[:3]}
        flipped = sum(row["flips"] for row in tables["winners"])
        price = {f["problem"] for f in flips if {f["unit"], f["other_unit"]} <= prices}
        numbers = {"problems": n, "no winner in all units": flipped, "flips": len(flips) // 2}
        numbers["winner flips with a gradient's price"] = len(price)
        text = f"On {flipped} of {n} problems no method wins in all units of compute, on "
        text += f"{len(price)} a gradient's price alone decides; {len(flips) // 2} flips in all"
        if flips:
            most = max(flips, key=lambda flip: flip["rank"])
            numbers["where a winner falls to, at most"] = most["rank"]
            text += ", the steepest on {problem}: {winner} is first by {unit} and number {rank} by "
            text = (text + "{other_unit}").format(**most)
        return fw.Verdict(3 * flipped >= n and bool(price), text + ".", numbers)

    def draw(self, tables: fw.Tables) -> fw.Chart:
        ranks = tables["ranks"]
        families = {r["contender"]: METHODS.entry(r["contender"]).family for r in ranks}
        return unit_flips(Panel({"ranks": ranks}), Frame(styles(families.items())))
