"""A finding, its page and its Markdown."""

from __future__ import annotations

import math
import re

import numpy as np

from comparison.figures.export import specification
from studies import framework as fw
from studies.framework.finding import Finding, finite, number_text
from studies.framework.markdown import as_markdown
from studies.framework.page import MOST_ROWS, render
from tests.studies.framework.examples import Draws
from tests.studies.framework.small import ROWS


def test_numbers_are_written_plainly():
    assert finite({"a": np.float64(2.0), "b": np.int64(3), "c": math.nan, "d": "x"}) == {
        "a": 2.0,
        "b": 3,
        "c": None,
        "d": "x",
    }
    assert number_text(math.inf) == "—"
    assert (number_text(True), number_text(False)) == ("yes", "no")


class Trial(Draws):
    """A study of which only the words count."""

    criterion, claim, source = "It is so.", "Somebody said so.", "Anon (1900)"


def finding(*, quick=False, **changes):
    x, y = fw.Axis("seed", "seed"), fw.Axis("x", "x")
    default = {
        "name": "trial",
        "study": Trial(quick=quick),
        "title": "What <it> shows.",
        "text": "First.\n\nSecond.",
        "verdict": fw.Verdict(False, "It is <not> so.", {"how much": 0.123456}),
        "tables": {"all": [{"seed": i, "x": i / 7} for i in range(MOST_ROWS + 5)]},
        "origin": {"runs": "4", "seeds": "2"},
        "specification": specification(fw.curves(ROWS, x, y, "way")),
        "seconds": 75.0,
    }
    return Finding(**{**default, **changes})


def test_the_page_has_it_all_and_loads_nothing():
    page = render(finding())
    markup = re.sub(r"(<script[^>]*>).*?</script>", r"\1", page, flags=re.S)
    assert "It is &lt;not&gt; so." in markup
    assert "Criterion not met." in markup
    assert "0.1235" in markup
    assert "<p>Second.</p>" in markup
    assert "and 5 more rows" in markup
    assert "default-src &#39;none&#39;" in markup
    assert not re.search(r"<(?:link|img|iframe|script[^>]*\ssrc)\b", markup)


def test_the_quick_page_says_so():
    assert "too little to conclude from" in render(finding(quick=True))
    assert "too little to conclude from" in finding(quick=True).lines[-1]


def test_markdown_tells_criterion_numbers_source_and_command():
    page = as_markdown([finding()])
    assert "**It is <not> so.**" in page
    assert "- Criterion **not met**: It is so." in page
    assert "how much 0.1235." in page
    assert "Somebody said so. (Anon (1900))" in page
    assert "All:\n\n| seed | x |\n|---|---|\n| 0 | 0 |\n| 1 | 0.1429 |\n" in page
    assert "`python runner.py study trial` in 75 s: 4 runs, 2 seeds, no corpus." in page


def test_a_bar_in_a_cell_does_not_end_it():
    page = as_markdown([finding(tables={"all": [{"way": "a|b"}]})])
    assert "| way |\n|---|\n| a\\|b |\n" in page
