"""What tuning buys, and what it has cost by then."""

from itertools import product
from statistics import median

from studies import framework as fw
from studies.measurements.search_spaces import SPACES, settings
from studies.measurements.trials import LONGER, contests, trials_needed, trials_to_win

#: What a gap is measured in, by problem.
UNITS = {"next-token-rank": "top-1 error", "next-token-ternary": "top-1 error"}
UNITS |= {"knapsack": "worth", "rosenbrock": "function value"}


class Tuning(fw.Study):
    """How many trials a family needs to beat the others' defaults, the trials charged.

    As in AlgoPerf's external tuning (Dahl et al. 2023), a trial is one run with random settings,
    here of 1,000 work, from ranges that are the same on all problems. The best of k is chosen by
    one seed; its median run is over the other seeds, and over every set of k of 16 settings. It
    wins where that is better than the best default of the others. Charged, the best trial has to
    beat the best default of the others that was given the work of all k, chosen in hindsight.
    Dashed: the best default of all, given as much. Gap: to the proven optimum or bound, at the
    median.
    """

    criterion = "On each problem tuning makes a losing default win; under half still do if charged."
    claim = "Trying several optimizers at their defaults does about as well as tuning one of them."
    source = "Schmidt et al. (2021), Descending through a crowded valley; trials after AlgoPerf"

    def plan(self) -> fw.Sweep:
        trials, work = (4, 200) if self.quick else (16, 1000)
        one, longest = (fw.Budget(work=n * work, seconds=300) for n in (1, trials))
        problems, ways = [*UNITS][:: 1 + self.quick], [*SPACES][:: 1 + 2 * self.quick]
        cells = []
        for problem, way in product(problems, ways):
            of = {"corpus": "markov"} if problem.startswith("next-token") else {}
            made = [({}, longest), *((how, one) for how in [{}, *settings(way, trials)])]
            cells += [fw.Task(way, problem, how, of, budget=budget) for how, budget in made]
        return fw.Sweep(cells, seeds=2 if self.quick else 5)

    def measure(self, results: fw.Results) -> fw.Tables:
        one, rows = min(run.budget.work for run in results), []
        defaults = [run.method_options for run in results if run.budget.work > one]
        for run, trace in results.traces():
            k, default = round(run.budget.work / one), run.method_options in defaults
            how = LONGER if k > 1 else "" if default else str(run.method_options)
            row = {"problem": run.problem, "way": run.method, "settings": how, "seed": run.seed}
            for spent in range(1, k + 1):
                gap = fw.best_by(trace, spent * one) - run.reference.value
                rows.append({**row, "k": spent, "gap": gap})
        after = contests(rows)
        table = fw.wide(trials_needed(after), "trials", ["way"], "problem", UNITS)
        return {"trials to win (0: untuned)": table, "after k trials": after, "runs": rows}

    def judge(self, tables: fw.Tables) -> fw.Verdict:
        losing = [row for row in tables["after k trials"] if row["default"] >= row["others"]]
        losers = {(row["problem"], row["way"]) for row in losing}
        won = trials_to_win(losing, "tuned", "others")
        paid = won.keys() & trials_to_win(losing, "best trial", "given as much")
        led = won.keys() & trials_to_win(losing, "best trial", "leader")
        problems, after = {problem for problem, _ in losers}, median(won.values() or [0])
        text = f"Of {len(losers)} defaults that lose to another family's, on {len(problems)} "
        text += f"problems, {len(won)} win once tuned, after {after:g} trials in the median; "
        text += f"charged with their trials {len(paid)} of these do, and {len(led)} if they have "
        text += "to beat only the default that led after one run."
        numbers = {"lose at their defaults": len(losers), "win once tuned": len(won)}
        numbers |= {"within 5 trials": sum(k <= 5 for k in won.values()), "charged": len(paid)}
        numbers |= {"charged, against the first leader": len(led)}
        everywhere = problems == {problem for problem, _ in won}
        return fw.Verdict(everywhere and 2 * len(paid) < len(won), text, numbers)

    def draw(self, tables: fw.Tables) -> fw.Chart:
        drawn, x = [], fw.Axis("k", "trials, each a budget of work", "log")
        for (problem,), rows in fw.groups(tables["after k trials"], "problem"):
            scale = ("log", (0.5, 1e5)) if problem == "rosenbrock" else ("linear",)
            title = f"gap of the best trial ({UNITS[problem]})"
            y, best = (fw.Axis(field, title, *scale) for field in ("best trial", "best default"))
            chart = fw.curves(rows, x, y, "way", names=[*SPACES], title=problem, points=False)
            drawn.append(chart + fw.theory(rows, x, best))
        return fw.panels(*drawn)
