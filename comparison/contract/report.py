"""The outcome of the contract suite for a person."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import Any

from comparison.contract.examination import Finding, examine
from comparison.harmless import for_terminal


def print_report(console: Any, name: str) -> int:
    """Print every check's outcome; return 0 if all passed, else 1."""
    findings: list[Finding] = []
    for subject, group in groupby(examine(name), key=attrgetter("subject")):
        subject_findings = list(group)
        faults = [f for f in subject_findings if f.fault]
        findings += subject_findings
        verdict = "fails" if faults else "ok"
        console.print(f"{verdict}  {for_terminal(subject)}", markup=False)
        for finding in faults:
            line = for_terminal(f"{finding.check}: {finding.fault}")
            console.print(f"      {line}", markup=False)
    faults = [finding for finding in findings if finding.fault]
    if faults and {finding.subject for finding in findings} == {name}:
        console.print("Nothing else is tried before that is mended.")
    console.print(f"{len(findings)} checks, {len(faults)} failed")
    return 1 if faults or not findings else 0
