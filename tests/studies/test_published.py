"""The published page of findings: all studies, as the code now says what they ask."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from studies import STUDIES
from studies.framework.description import first_line

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "studies.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", STUDIES.names())
def test_a_study_is_told_with_its_figure_verdict_claim_and_command(name):
    section = PAGE.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    title = first_line(STUDIES.entry(name))
    assert f"*{title}*" in section
    assert f"](figures/study-{name}.png)" in section
    assert (DOCS / f"figures/study-{name}.png").read_bytes()[:4] == b"\x89PNG"
    verdict = re.search(r"Criterion \*\*(met|not met)\*\*: ", section).group(1)
    assert f"| [{name}](#{name}) | {title} | {verdict} |" in PAGE
    assert "- Known before: " in section
    assert f"`python runner.py study {name}`" in section
    assert re.search(r"\d+ runs, \d+ seeds?", section)
    assert re.search(r"^\|---\|", section, re.M), "the table behind the sentence"


def test_it_was_made_whole_in_less_than_45_minutes():
    assert "python runner.py study all --jobs 2 --markdown docs/studies.md" in PAGE
    assert int(re.search(r"wrote in (\d+) minutes", PAGE).group(1)) <= 45
