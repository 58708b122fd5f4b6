"""What tuning buys, and what it has cost by then."""

from operator import itemgetter
from statistics import median
from typing import Any

from studies import laboratory as lab

BY_VALUES = ("hill-climb", "evolution-strategy", "cma-es", "genetic", "spsa", "reinforce")
FAMILIES = ("gradient-descent", "adam", *BY_VALUES)
TEXT: dict[str, Any] = {"corpus": "markov"}
PROBLEMS = {"next-token-rank": TEXT, "next-token-ternary": TEXT, "knapsack": {}, "rosenbrock": {}}
TRIALS, WORK, GIVEN = 16, 1000, itemgetter("given as much")


class Tuning(lab.Study):
    """How many trials a family needs to beat the others' defaults, the trials charged.

    A trial is one run of 1,000 work with random settings, from ranges that are the same on all
    problems. The best of k is chosen by one seed, and its median run is over the other seeds and
    over every set of k of 16 settings. It wins where that is better than the best default of the
    others. Charged, the best trial has to beat the best default of the others that is given the
    work of all k. Drawn: the gap of the best trial to the proven optimum or bound, at the median;
    dashed the best default's with as much work.
    """

    criterion = "On each problem tuning makes a losing default win; under half still do if charged."
    claim = "Trying several optimizers at their defaults does about as well as tuning one of them."
    source = (
        "Schmidt et al. (2021), Descending through a crowded valley; Dahl et al. (2023), AlgoPerf"
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
        runs, given = lab.trials_of(results)
        one = min(run.budget.work for run in results)
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
            y = lab.Axis("best trial", "gap", "log" if problem == "rosenbrock" else "linear")
            chart = lab.curves(rows, x, y, "way", names=FAMILIES, title=problem, points=False)
            best = [min(at, key=GIVEN) for _, at in lab.groups(rows, "k")]
            given = [{"work": row["work"], "best trial": GIVEN(row)} for row in best]
            drawn.append(chart + lab.theory(given, x, y))
        return lab.panels(*drawn)
