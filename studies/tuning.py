"""What tuning buys, and what it has cost by then."""

from statistics import median
from typing import Any

from studies import laboratory as lab

FAMILIES = ("gradient-descent", "adam", "hill-climb", "evolution-strategy", "cma-es", "genetic")
FAMILIES += ("spsa", "reinforce")
TEXT: dict[str, Any] = {"corpus": "markov"}
PROBLEMS = {"next-token-rank": TEXT, "next-token-ternary": TEXT, "knapsack": {}, "rosenbrock": {}}
TRIALS, WORK = 16, 1000


class Tuning(lab.Study):
    """How many trials a family needs to beat the others' defaults, the trials charged.

    A trial is one run of 1,000 work with random settings, from ranges that are the same on all
    problems. The best of k is chosen by one seed, and its median run is over the other seeds and
    over every set of k of 16 settings. It wins where that is better than the best default of the
    others. Charged, the best trial has to beat the best default of the others that is given the
    work of all k (dashed). Gap: to the proven optimum or bound, at the median.
    """

    criterion = (
        "On every problem tuning makes a family win that loses at its defaults; charged with its "
        "trials, fewer than half of these still do."
    )
    claim = "Trying several optimizers at their defaults does about as well as tuning one of them."
    source = (
        "Schmidt, Schneider & Hennig (2021), Descending through a crowded valley; "
        "trials after Dahl et al. (2023), AlgoPerf, external tuning ruleset"
    )

    def plan(self) -> lab.Sweep:
        trials, work = (4, 200) if self.quick else (TRIALS, WORK)
        one, longest = (lab.Budget(work=n * work, seconds=300) for n in (1, trials))
        families = FAMILIES[1:4] if self.quick else FAMILIES
        cells = []
        for problem, way in [(p, way) for p in [*PROBLEMS][:: 1 + self.quick] for way in families]:
            made = [({}, longest), *((how, one) for how in [{}, *lab.settings(way, trials)])]
            of = PROBLEMS[problem]
            cells += [lab.Task(way, problem, how, of, budget=budget) for how, budget in made]
        return lab.Sweep(cells, seeds=2 if self.quick else 5)

    def measure(self, results: lab.Results) -> lab.Tables:
        one = min(run.budget.work for run in results)
        long = [run for run in results if run.budget.work > one]
        defaults, runs, given = [run.method_options for run in long], [], []
        for run, trace in results.traces():
            bound = results.reference(run).value
            row = {"problem": run.problem, "way": run.method, "seed": run.seed}
            for k in range(1, round(run.budget.work / one) + 1):
                gap = lab.best_by(trace, k * one) - bound
                if run.budget.work > one:
                    given.append({**row, "k": k, "gap": gap})
                else:
                    how = "" if run.method_options in defaults else str(run.method_options)
                    runs.append({**row, "settings": how, "gap": gap})
        after = [{**row, "work": row["k"] * one} for row in lab.contests(runs, given)]
        return {"after k trials": after, "runs": runs}

    def judge(self, tables: lab.Tables) -> lab.Verdict:
        losers = [row for row in tables["after k trials"] if row["default"] >= row["others"]]
        pairs = dict(lab.groups(losers, "problem", "way"))
        wins = {key: lab.first_below(rows, "tuned", "others", "k") for key, rows in pairs.items()}
        won = {key: k for key, k in wins.items() if k is not None}
        paid = [k for k in won if lab.first_below(pairs[k], "best trial", "given as much", "k")]
        names = sorted({problem for problem, _ in pairs})
        everywhere = all(any(name == problem for problem, _ in won) for name in names)
        middle = median(won.values()) if won else 0
        told = f"Of {len(pairs)} defaults that lose on {len(names)} problems, {len(won)} win when "
        told += f"tuned, after {middle:g} trials in the median, and {len(paid)} of these do when "
        told += "charged with their trials."
        numbers = {"lose at their defaults": len(pairs), "win when tuned": len(won)}
        numbers |= {"win within 5 trials": sum(k <= 5 for k in won.values())}
        numbers |= {"win when charged": len(paid)}
        numbers["seeds"] = len({run["seed"] for run in tables["runs"]})
        return lab.Verdict(everywhere and 2 * len(paid) < len(won), told, numbers)

    def draw(self, tables: lab.Tables) -> lab.Chart:
        x, drawn = lab.Axis("work", "work of all trials (looks)", "log"), []
        for (problem,), rows in lab.groups(tables["after k trials"], "problem"):
            scale = "log" if problem == "rosenbrock" else "linear"
            y = lab.Axis("best trial", "gap of the best trial", scale)
            chart = lab.curves(rows, x, y, "way", names=FAMILIES, title=problem, points=False)
            bar = lab.theory(rows, x, lab.Axis("given as much", y.title, scale))
            drawn.append(chart + bar)
        return lab.panels(*drawn)
