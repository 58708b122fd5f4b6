"""A study small enough for tests, and one that breaks."""

from __future__ import annotations

from studies import laboratory as lab


class Draws(lab.Study):
    """More draws find a better point.

    The best of 10 and of 100 random points of a sphere.

    Each with three seeds.
    """

    criterion = "The median best of 100 is below that of 10."
    claim = "The minimum of more draws is no larger."
    source = "order statistics"

    def plan(self) -> lab.Sweep:
        budgets = [lab.Budget(work=work) for work in (10, 20 if self.quick else 100)]
        return lab.Sweep(
            [
                lab.Task("random-search", "sphere", {}, {"dimension": 3}, budget=budget)
                for budget in budgets
            ]
        )

    def measure(self, results: lab.Results) -> lab.Tables:
        rows = [{"draws": run.budget.work, "seed": run.seed, "value": run.value} for run in results]
        return {"runs": rows, "medians": lab.summary(rows, "value", ["draws"])}

    def judge(self, tables: lab.Tables) -> lab.Verdict:
        few, *_, many = (row["value"] for row in tables["medians"])
        sentence = f"The best of more draws is {few / many:.1f} times lower."
        return lab.Verdict(many < few, sentence, {"few": few, "many": many})

    def draw(self, tables: lab.Tables) -> lab.Chart:
        x, y = lab.Axis("draws", "draws", "log"), lab.Axis("value", "squared distance", "log")
        return lab.curves(tables["medians"], x, y, band=("low", "high"))


class Broken(Draws):
    """A study whose runs fail."""

    def plan(self) -> lab.Sweep:
        broken = f"{__file__}:broken"
        return lab.Sweep([lab.Task(broken, "sphere")], seeds=1)


class Expected(Broken):
    """A study in which runs fail as they should."""

    can_fail = ("error",)

    def measure(self, results: lab.Results) -> lab.Tables:
        return {"medians": [{"draws": 1, "value": 2.0}, {"draws": 2, "value": 1.0}]}

    def draw(self, tables: lab.Tables) -> lab.Chart:
        x, y = lab.Axis("draws", "draws"), lab.Axis("value", "value")
        return lab.curves(tables["medians"], x, y)


class Incomplete(lab.Study):
    """A study that does not say what would count."""

    plan = Draws.plan
    judge = Draws.judge
    draw = Draws.draw


class Empty(Draws):
    """A study of nothing."""

    def plan(self) -> lab.Sweep:
        return lab.Sweep([])


def broken(oracle, rng):
    """Fail after a look."""
    oracle.value(oracle.space.sample(rng, 1)[0])
    raise RuntimeError("no more")


not_a_study = broken
