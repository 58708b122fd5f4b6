"""Findings as a page of Markdown, with their figures beside it."""

from __future__ import annotations

from collections.abc import Sequence

from studies.laboratory.finding import Finding, number_text


def as_markdown(findings: Sequence[Finding], figures: str) -> str:
    """Return a page of findings.

    Parameters
    ----------
    findings : sequence of Finding
    figures : str
        The folder of the figures, as the page refers to it.
    """
    head = ["| study | what it asks | criterion |", "|---|---|---|"]
    rows = [f"| [{f.name}](#{f.name}) | {f.title} | {f.judgement} |" for f in findings]
    return "\n\n".join(["\n".join(head + rows), *(_section(f, figures) for f in findings)]) + "\n"


def _section(finding: Finding, figures: str) -> str:
    of = {row["what"]: row["value"] for row in finding.origin}
    numbers = [f"{name} {number_text(n)}" for name, n in finding.verdict.numbers.items()]
    made = [f"{of['runs']} runs, {of['seeds']} seeds", of.get("data", "no corpus")]
    seconds = f"{finding.seconds:.0f} s"
    return "\n\n".join(
        [
            f"## {finding.name}",
            f"{finding.title}",
            f"![{finding.title}]({figures}/{finding.name}.png)",
            f"**{finding.verdict.sentence}**",
            f"- Criterion **{finding.judgement}**: {finding.criterion}\n"
            f"- Decided by: {'; '.join(numbers)}\n"
            f"- Known before: {finding.claim} ({finding.source})\n"
            f"- Made by `python runner.py study {finding.name}` in {seconds}: {'; '.join(made)}",
            *([finding.text] if finding.text else []),
        ]
    )
