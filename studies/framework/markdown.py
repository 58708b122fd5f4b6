"""Findings as a page of Markdown, with their figures beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from comparison.terminal.markdown import pipe_table
from problems.core.usage_error import UsageError
from studies import STUDIES
from studies.framework.finding import Finding, texts

INTRODUCTION = """\
# The studies

Each is one short file in `studies/`: what is varied, what is measured, and a criterion that is
judged by code and may come out *not met*. Sizes, rates and recipes were chosen on trial runs,
so that an effect can be seen at this size if there is one; the runs below decide. No number on
this page was typed by hand: it is what

    {command}

wrote in {minutes:.0f} minutes on {machine}. What holds here holds at this size: models of a
few hundred to a few thousand parameters, and text from a Markov source, whose hash stands
beside its name. In tables, low and high are the ends over the n runs, and — is what never came.
"""


def write_page(findings: Sequence[Finding], page: str | Path) -> None:
    """Write findings as a page, their figures in the folder ``figures`` beside it.

    Raises
    ------
    UsageError
        When nothing can be written.
    """
    from comparison.figures.export import save

    path = Path(page)
    try:
        (path.parent / "figures").mkdir(parents=True, exist_ok=True)
        for finding in findings:
            save(finding.specification, path.parent / _figure(finding))
        path.write_text(as_markdown(findings, str(page)), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"page {page}: {error.strerror}") from None


def as_markdown(findings: Sequence[Finding], page: str = "studies.md") -> str:
    """Return a page of findings; their figures are in ``figures``.

    Parameters
    ----------
    findings : sequence of Finding
    page : str
        The page's own name.
    """
    of = findings[0].origin
    names = "all" if len(findings) == len(STUDIES.names()) else " ".join(f.name for f in findings)
    jobs = of.get("runs at a time", "1")
    introduction = INTRODUCTION.format(
        command=f"python runner.py study {names} --jobs {jobs} --markdown {page}",
        minutes=sum(finding.seconds for finding in findings) / 60,
        machine=of.get("processor", "an unknown machine"),
    )
    links = ([f"[{f.name}](#{f.name})", f.title, f.judgement] for f in findings)
    contents = pipe_table(("study", "what it shows", "criterion"), links, shown=str)
    return "\n\n".join([introduction, contents, *map(_section, findings)]) + "\n"


def _figure(finding: Finding) -> str:
    return f"figures/study-{finding.file_name}.png"


def _section(finding: Finding) -> str:
    study = finding.study
    parts = [
        f"## {finding.name}",
        f"*{finding.title}*",
        f"![{finding.title}]({_figure(finding)})",
        f"**{finding.verdict.sentence}**",
        f"- Criterion **{finding.judgement}**: {study.criterion}\n"
        f"- Decided by: {'; '.join(finding.numbers)}.\n"
        f"- Known before: {study.claim} ({study.source})\n"
        f"- Made by `python runner.py study {finding.name}` in {finding.seconds:.0f} s: "
        f"{finding.made}.",
    ]
    return "\n\n".join([*parts, *_table(finding), *([finding.text] if finding.text else [])])


def _table(finding: Finding) -> list[str]:
    """Return the finding's first table under its name, if it has any."""
    for name, rows in finding.tables.items():
        titles, *cells = texts(rows)
        return [f"{name[:1].upper()}{name[1:]}:", pipe_table(titles, cells)]
    return []
