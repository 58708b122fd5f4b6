"""A study small enough for tests, and one that breaks."""

from __future__ import annotations

from studies import framework as fw


class Draws(fw.Study):
    """More draws find a better point.

    The best of 10 and of 100 random points of a sphere.

    Each with three seeds.
    """

    criterion = "The median best of 100 is below that of 10."
    claim = "The minimum of more draws is no larger."
    source = "order statistics"

    def plan(self) -> fw.Sweep:
        budgets = [fw.Budget(work=work) for work in (10, 20 if self.quick else 100)]
        return fw.Sweep(
            [
                fw.Task("random-search", "sphere", {}, {"dimension": 3}, budget=budget)
                for budget in budgets
            ]
        )

    def measure(self, results: fw.Results) -> fw.Tables:
        rows = [{"draws": run.budget.work, "seed": run.seed, "value": run.value} for run in results]
        return {"runs": rows, "medians": fw.summary(rows, "value", ["draws"])}

    def judge(self, tables: fw.Tables) -> fw.Verdict:
        few, *_, many = (row["value"] for row in tables["medians"])
        sentence = f"The best of more draws is {few / many:.1f} times lower."
        return fw.Verdict(many < few, sentence, {"few": few, "many": many})

    def draw(self, tables: fw.Tables) -> fw.Chart:
        x, y = fw.Axis("draws", "draws", "log"), fw.Axis("value", "squared distance", "log")
        return fw.curves(tables["medians"], x, y, band=("low", "high"))


class Broken(Draws):
    """A study whose runs fail."""

    def plan(self) -> fw.Sweep:
        broken = f"{__file__}:broken"
        return fw.Sweep([fw.Task(broken, "sphere")], seeds=1)


class Expected(Broken):
    """A study in which runs fail as they should."""

    can_fail = ("error",)

    def measure(self, results: fw.Results) -> fw.Tables:
        return {"medians": [{"draws": 1, "value": 2.0}, {"draws": 2, "value": 1.0}]}

    def draw(self, tables: fw.Tables) -> fw.Chart:
        x, y = fw.Axis("draws", "draws"), fw.Axis("value", "value")
        return fw.curves(tables["medians"], x, y)


class Incomplete(fw.Study):
    """A study that does not say what would count."""

    plan = Draws.plan
    judge = Draws.judge
    draw = Draws.draw


class Empty(Draws):
    """A study of nothing."""

    def plan(self) -> fw.Sweep:
        return fw.Sweep([])


def broken(oracle, rng):
    """Fail after an evaluation."""
    oracle.value(oracle.space.sample(rng, 1)[0])
    raise RuntimeError("no more")


not_a_study = broken
