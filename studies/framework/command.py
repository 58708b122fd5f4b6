"""The command ``runner.py study``: its arguments, the list, and what is printed."""

from __future__ import annotations

import argparse
from pathlib import Path

from comparison.terminal.arguments import Parser, command
from studies import STUDIES
from studies.framework.description import first_line
from studies.framework.finding import Finding, StudyFailed


def study_parser() -> Parser:
    """Return the parser of the arguments."""
    p = command("study", "Make an experiment and say what it shows; without a name, list them.")
    p.epilog = (
        "Exit code: 0 fine, whether or not a criterion is met, 1 some run failed, 2 bad usage."
    )
    add = p.add_argument
    add("names", nargs="*", metavar="NAME", help="studies, FILE.py:NAME, or all")
    add("--quick", action="store_true", help="the same code on less, in under a minute each")
    add("--jobs", type=int, default=1, metavar="N", help="runs at a time (default 1)")
    where = "where NAME.sqlite, .json, .png and .html are (default: study-results)"
    add("--to", default="study-results", metavar="DIR", help=where)
    add("--markdown", metavar="FILE", help="write the findings as a page, its figures beside it")
    return p


def study(chosen: argparse.Namespace) -> int:
    """Make the chosen studies, print each when it is done, and return the exit code."""
    if not chosen.names:
        for name in STUDIES.names():
            entry = STUDIES.entry(name)
            needs = f" (needs the extra {entry.extra})" if entry.missing else ""
            print(f"{name:20} {first_line(entry)}{needs}")
        return 0
    from comparison.output import say
    from comparison.terminal.console import progress_bar
    from studies.framework.markdown import write_page
    from studies.framework.perform import load_study, perform

    entries = STUDIES.expand(chosen.names)
    # What cannot be made is said before any run.
    studies = [load_study(entry, quick=chosen.quick) for entry in entries]
    for missing in STUDIES.left_out(chosen.names):
        say(f"Left out: {missing.missing}")
    findings: list[Finding] = []
    for entry, one in zip(entries, studies, strict=True):
        try:
            with progress_bar() as progress:
                finding = perform(entry.name, one, chosen.to, jobs=chosen.jobs, progress=progress)
        except StudyFailed as failure:
            say(f"runner.py: {failure}")
            continue
        findings.append(finding)
        files = Path(chosen.to) / finding.file_name
        print(*finding.lines, f"  {files}.png, .html, .json, .sqlite", sep="\n", flush=True)
    if chosen.markdown and findings:
        write_page(findings, chosen.markdown)
    return 0 if len(findings) == len(entries) else 1
