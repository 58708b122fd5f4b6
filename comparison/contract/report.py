"""The outcome of the contract suite for a person."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from comparison.contract.examination import Finding, examine
from comparison.harmless import for_terminal


def print_report(console: Any, name: str) -> int:
    """Print every check's outcome; return 0 if all passed, else 1."""
    findings: list[Finding] = []
    for subject_findings in _by_subject(examine(name)):
        faults = [f for f in subject_findings if f.fault]
        findings += subject_findings
        verdict = "fails" if faults else "ok"
        subject = for_terminal(subject_findings[0].subject)
        console.print(f"{verdict}  {subject}", markup=False)
        for finding in faults:
            line = for_terminal(f"{finding.check}: {finding.fault}")
            console.print(f"      {line}", markup=False)
    faults = [finding for finding in findings if finding.fault]
    if faults and {finding.subject for finding in findings} == {name}:
        console.print("Nothing else is tried before that is mended.")
    console.print(f"{len(findings)} checks, {len(faults)} failed")
    return 1 if faults or not findings else 0


def _by_subject(findings: Iterator[Finding]) -> Iterator[list[Finding]]:
    for _, group in groupby(findings, key=lambda finding: finding.subject):
        yield list(group)
