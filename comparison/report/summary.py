"""The columns of the page's table, and what their headings mean."""

from __future__ import annotations

from typing import Any


def _column(name: str, title: str, hint: str = "", *, number: bool = True) -> dict[str, Any]:
    return {"name": name, "title": title, "hint": hint, "number": number}


#: One row a contender, problem and instance; numbers are medians over seeds.
COLUMNS = [
    _column("contender", "method", number=False),
    _column("family", "family", number=False),
    _column("problem", "problem", number=False),
    _column("instance", "instance"),
    _column("seeds", "seeds", "runs that differ in their seeds only"),
    _column("value", "value", "the best exact look that a run paid for"),
    _column("value_low", "low", "lower end of a 95 % bootstrap interval of the median"),
    _column("value_high", "high", "upper end of a 95 % bootstrap interval of the median"),
    _column("last", "last", "the final iterate of a gradient method"),
    _column("score", "held-out", "the same solution on data that no method sees"),
    _column("reference", "reference", "the best value or bound that is known"),
    _column("gap", "gap", "value − reference"),
    _column("bound", "bound", "the best lower bound that a run proved"),
    _column("quality", "quality", "1 is the reference, 0 a median random point"),
    _column("aocc", "AOCC", "area over the curve of log regret, in work, from 0 to 1"),
    _column("at_1", "at 1 %", "the value at 1 % of the work that all were given"),
    _column("at_10", "at 10 %", "the value at 10 % of the work that all were given"),
    _column("ert_10", "ERT 0.1", "expected work to a tenth of a random point's regret"),
    _column("ert_1", "ERT 0.01", "expected work to a hundredth of a random point's regret"),
    _column(
        "par10", "PAR10", "work to that; ten times the most that any spent where it was missed"
    ),
    _column("p_better", "P(worse)", "that a run of the instance's best is better than one of this"),
    _column("p_holm", "p", "of that difference, after Holm's correction"),
    _column("work", "work", "1 is one look at all the data"),
    _column("values", "values", "looks at the objective"),
    _column("gradients", "gradients", "looks at a relaxation's gradient"),
    _column("cpu_seconds", "CPU s", "user + system"),
    _column("wall_seconds", "wall s"),
    _column("solved", "solved", "seeds that reached the optimum"),
    _column("ended", "ended", "how the runs ended", number=False),
]
