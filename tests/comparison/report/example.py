"""A report's content made by hand, with a name that tries to be a script."""

from __future__ import annotations

from dataclasses import replace

from comparison.analysis.columns import columns
from comparison.figures.catalogue import figures
from comparison.figures.figure import Panel
from comparison.figures.places import Place
from comparison.figures.quality import nearest
from comparison.figures.theme import styles
from comparison.report.content import Content, Listing
from methods.result import Facts
from problems.core.reference import Reference
from tests.comparison.analysis.small import made
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


def places():
    """Return two instances, of which the first has a reference."""
    facts = Facts("user", objective=OBJECTIVE)
    run = made("adam", title="a small instance of <b>nothing</b>", facts=facts)
    optimum = Reference(rows.REFERENCE["value"], "certified", "proved")
    return [
        Place(problem, problem, 0, [run], reference)
        for problem, reference in zip(PROBLEMS, (optimum, None), strict=True)
    ]


def panels():
    """Return the panels of each figure, by its name; genetic has no cost in CPU seconds."""
    curves = [*rows.curves(), {**rows.curves()[0], "contender": HOSTILE}]
    others = [row for row in curves if row["contender"] != "genetic"]
    note = "Not on the axis “CPU seconds”: genetic."
    quality = []
    for problem, reference in zip(PROBLEMS, ([rows.REFERENCE], []), strict=True):
        for axis, unit, shown in (("work", 1, curves), ("cpu", 1000, others)):
            steps = [{**row, "cost": row["cost"] / unit} for row in shown]
            runs = [{**run, "cost": run["cost"] / unit} for run in rows.runs()]
            at = reference[0]["value"] if reference else 0.0
            quality.append(
                Panel(
                    {"curves": steps, "runs": runs, "reference": reference},
                    {"problem": problem, "axis": axis},
                    {"reference": at, "nearest": nearest(runs, at)},
                    note=note if axis == "cpu" else "",
                )
            )
    caption = "Friedman and Nemenyi over 12 problems."
    return {
        "quality": quality,
        "bounds": [replace(rows.bounds(), choice={"problem": PROBLEMS[1]})],
        "ecdf": [Panel({"shares": rows.shares("cost")}, {"axis": "work"})],
        "performance-profile": [
            Panel({"shares": rows.shares("ratio")}, {"axis": axis}) for axis in ("work", "cpu")
        ],
        "data-profile": [Panel({"shares": rows.shares("budget")})],
        "critical-difference": [replace(rows.ranking(), caption=caption)],
        "heat-map": [Panel({"cells": rows.cells()})],
        "unit-flips": [Panel({"ranks": rows.flips()})],
    }


def content():
    findings = Listing(
        ("problem", "reference", "best method", "median"),
        [
            [PROBLEMS[0], "0.72, certified optimum", HOSTILE, "0.73"],
            [PROBLEMS[1], "—", "adam", "1"],
        ],
        "Medians over seeds.",
    )
    by_name = panels()
    return Content(
        source="comparison.sqlite",
        total=110,
        styles=styles([*rows.FAMILIES.items(), (HOSTILE, "user")]),
        axes={"work": "work (evaluations; a gradient is 3)", "cpu": "CPU seconds"},
        places=places(),
        findings=findings,
        facts=[("versions", "beyond-gradient 0.1.0, numpy 2.4.6"), ("processor", "a <fast> one")],
        figures={figure: by_name[figure.name] for figure in figures()},
        tests=[Listing(("methods", "p", "Holm"), [["adam against genetic", "0.012", "0.024"]])],
        regret=None,
        columns=columns("page"),
        summary=summary(),
        notes=["value: best exact evaluation.", HOSTILE],
    )
