"""A report's content made by hand, with a name that tries to be a script."""

from __future__ import annotations

from comparison.figures.theme import styles
from comparison.report.content import Axis, Content, Listing, Ranks
from tests.comparison.figures import rows

HOSTILE = "</script><script>window.hacked = 1</script><!--"
#: Read as a part of an expression, its backslashes would end it, or be no text at all.
OBJECTIVE = r"""top-1 error \xi \" + '1"""
PROBLEMS = ("next-token-rank", "next-token-ternary")


def summary():
    return [
        {
            "method": name,
            "family": family,
            "problem": problem,
            "instance": 0,
            "seeds": 5,
            "value": 0.9 - 0.01 * i,
            "value_low": None,
            "value_high": None,
            "last": None,
            "score": None,
            "reference": 0.72,
            "gap": 0.18 - 0.01 * i,
            "bound": None,
            "work": 5000.0 if i else None,
            "values": 5000 - i,
            "gradients": 0,
            "cpu_seconds": 0.1 * i,
            "wall_seconds": 0.2 * i,
            "solved": 0,
            "ended": "budget",
        }
        for problem in PROBLEMS
        for i, (name, family) in enumerate([*rows.FAMILIES.items(), (HOSTILE, "user")])
    ]


def content():
    curves = [*rows.curves(), {**rows.curves()[0], "contender": HOSTILE}]
    seconds = [
        {**row, "cost": row["cost"] / 1000} for row in curves if row["contender"] != "genetic"
    ]
    ends = [
        {**run, "cost": {"work": run["cost"], "cpu": run["cost"] / 1000}} for run in rows.runs()
    ]
    problems = [
        {
            "problem": problem,
            "title": "a small instance of <b>nothing</b>",
            "objective": OBJECTIVE,
            "reference": rows.REFERENCE if problem.endswith("rank") else None,
        }
        for problem in PROBLEMS
    ]
    findings = Listing(
        ("problem", "reference", "best method", "median"),
        [
            [PROBLEMS[0], "0.72, certified optimum", HOSTILE, "0.73"],
            [PROBLEMS[1], "—", "adam", "1"],
        ],
        "Medians over seeds.",
    )
    return Content(
        source="comparison.sqlite",
        total=110,
        styles=styles([*rows.FAMILIES.items(), (HOSTILE, "user")]),
        axes=[Axis("work", "work (looks; a gradient is 3)"), Axis("cpu", "CPU seconds")],
        problems=problems,
        findings=findings,
        facts=[("versions", "beyond-gradient 0.1.0, numpy 2.4.6"), ("processor", "a <fast> one")],
        curves={problem: {"work": curves, "cpu": seconds} for problem in PROBLEMS},
        runs=dict.fromkeys(PROBLEMS, ends),
        ecdf={"work": rows.shares("cost"), "cpu": []},
        profiles={"work": rows.shares("ratio"), "cpu": rows.shares("ratio")},
        data_profiles=rows.shares("budget"),
        ranks=Ranks(rows.ranks(), 3.1, rows.CLIQUES, "Friedman and Nemenyi over 12 problems."),
        cells=rows.cells(),
        progress={PROBLEMS[1]: rows.progress()},
        flips=rows.flips(),
        tests=[Listing(("methods", "p", "Holm"), [["adam against genetic", "0.012", "0.024"]])],
        regret=None,
        summary=summary(),
        notes=["value: best exact look.", HOSTILE],
    )
