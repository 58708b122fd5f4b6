"""What a loss looks like, how methods go down it, and what momentum buys."""

from typing import Any

import problems
from studies import framework as fw
from studies.measurements.paths import ways_down
from studies.measurements.quadratic_rates import DESCENTS, best_settings, predicted_steps

TARGET, METHODS = 1e-6, (*DESCENTS, "adam", "nelder-mead", "cma-es")
MLP = {"corpus": "markov:length=20000", "loss": "cross-entropy", "embedding": 2, "hidden": 4}
SURFACES: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "quadratic, condition 100": ("ellipsoid", {"dimension": 2, "condition": 100}, {}),
    "Rosenbrock": ("rosenbrock", {"dimension": 2}, {"learning_rate": 1e-4}),
    "slice of an MLP's loss": ("next-token-mlp", {**MLP, "context": 1}, {"learning_rate": 0.3}),
}


class LossSurface(fw.Study):
    """Three loss surfaces, the paths of six methods on them, and what momentum buys.

    Steps to 1e-6 on rotated quadratics of 10 variables by the condition number, medians of 5
    instances, each method with the step and momentum that theory calls best; dashed: what it
    predicts in the long run from the median start. Heavy-ball momentum takes more, as it first
    swings out. Paths of 600 work, from a ring to dots, with default options but for two learning
    rates: on a quadratic, in Rosenbrock's valley, and for an MLP of 201 weights in the plane of
    its paths' two principal components (Li et al. 2018). They begin in one point and are an
    illustration: Nelder-Mead's simplex goes flat at the edge of the quadratic's box, and the
    MLP's paths are seen projected onto the plane, CMA-ES's from far off it, where its loss is
    higher than the shade.
    """

    criterion = "At condition number 100 momentum needs at most a third of plain descent's steps."
    claim = "Descent needs steps in proportion to the condition number, momentum to its root."
    source = "Polyak (1964), Some methods of speeding up the convergence of iteration methods"

    def plan(self) -> fw.Sweep:
        cells, budget = [], fw.Budget(work=400_000, seconds=120, target=TARGET)
        for kappa in (10, 100) if self.quick else (3, 10, 30, 100, 300, 1000, 3000, 10_000):
            of, ways = {"dimension": 10, "condition": kappa}, best_settings(2 * kappa, 2)
            cells += [fw.Task(m, "ellipsoid", how, of, budget=budget) for m, how in ways.items()]
        return fw.Sweep(cells, seeds=1, instances=2 if self.quick else 5)

    def measure(self, results: fw.Results) -> fw.Tables:
        steps, paths, heights, size = [], [], [], 25 if self.quick else 45
        for run, trace in results.traces():
            row = {"method": run.method, "condition": run.problem_options["condition"]}
            theory = predicted_steps(**row, share=TARGET / trace["value"][0])
            needed = run.ledger.gradients if run.ended == "target" else None
            steps.append({**row, "instance": run.instance, "steps": needed, "theory": theory})
        for surface, (name, options, how) in SURFACES.items():
            ways = {method: how if method in DESCENTS else {} for method in METHODS}
            at, grid = ways_down(problems.make(name, **options), ways, work=600, size=size)
            paths += [{"surface": surface, **row} for row in at]
            heights += [{"surface": surface, **row} for row in grid]
        medians = fw.medians(steps, ("steps", "theory"), ("condition", "method"))
        table = {"median steps": fw.wide(steps, "steps", ["condition"], "method", DESCENTS)}
        return {**table, "medians": medians, "paths": paths, "steps": steps, "heights": heights}

    def judge(self, tables: fw.Tables) -> fw.Verdict:
        of = {method: fw.where(tables["medians"], method=method) for method in DESCENTS}
        plain, heavy, nesterov = (fw.median(rows, "steps", condition=100) for rows in of.values())
        rises = [fw.exponent(rows, "condition", "steps")[0] for rows in of.values()]
        n = len({row["instance"] for row in tables["steps"]})
        text = f"At condition 100 descent takes {plain:.0f} steps, momentum {heavy:.0f}, Nesterov's"
        text += f" {nesterov:.0f} (medians of {n} instances); they rise with exponents "
        text += f"{rises[0]:.2f}, {rises[1]:.2f} and {rises[2]:.2f}."
        exponents = {f"exponent, {m}": rise for m, rise in zip(DESCENTS, rises, strict=True)}
        return fw.Verdict(heavy <= plain / 3, text, {"ratio of steps": heavy / plain, **exponents})

    def draw(self, tables: fw.Tables) -> fw.Chart:
        drawn = []
        for name in SURFACES:
            of = "principal component" if "MLP" in name else "coordinate"
            x, y = fw.Axis("x", f"first {of}"), fw.Axis("y", f"second {of}")
            rows, shades = (fw.where(tables[t], surface=name) for t in ("paths", "heights"))
            gone = fw.curves(rows, x, y, "method", names=METHODS, title=name, order="step")
            drawn.append(fw.surface(shades, x, y, "loss") + gone)
        x, y = fw.Axis("condition", "condition number", "log"), fw.Axis("steps", "steps", "log")
        theory = fw.theory([{**r, "steps": r["theory"]} for r in tables["medians"]], x, y, "method")
        needed = fw.curves(tables["medians"], x, y, "method", names=METHODS, title="steps to 1e-6")
        return fw.panels(*drawn, needed + theory)
