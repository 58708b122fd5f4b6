"""How the runs of a table were made, so that somebody else can make them again."""

from __future__ import annotations

from collections.abc import Iterator

from comparison.results import Results


def origin_rows(results: Results) -> Iterator[dict[str, str]]:
    """Yield facts about where and how the runs were made, a line each.

    Yields
    ------
    dict
        what, and the values that the file's runs have, joined where they differ.
    """
    runs = [run for run in results if run.ended != "unsupported"]
    facts = {
        "runs": [f"{len(runs):,}"],
        "seeds": [str(len({run.seed for run in runs}))],
        "instances": [str(len({run.instance for run in runs}))],
        "budget": [
            f"{run.budget.work:g} work, {run.budget.seconds:g} s"
            + ("" if run.budget.target is None else f", target {run.budget.target:g}")
            for run in runs
        ],
        "data": [
            f"{run.problem_options.get('corpus', 'file')} {run.fingerprint}"
            for run in runs
            if run.fingerprint
        ],
        "processor": [
            f"{run.provenance['cpu']}, {run.provenance.get('cores', '?')} cores"
            for run in runs
            if "cpu" in run.provenance
        ],
        "system": [run.provenance.get("system", "") for run in runs],
        "runs at a time": [run.provenance.get("jobs", "") for run in runs],
        "commit": [run.provenance.get("commit", "") for run in runs],
        "versions": [
            ", ".join(f"{package} {version}" for package, version in run.versions.items())
            for run in runs
        ],
    }
    for name, values in facts.items():
        distinct = [value for value in dict.fromkeys(values) if value]
        if distinct:
            yield {"what": name, "value": "; ".join(distinct)}
