"""Anybody's text, harmless where it is shown; letters of any language as they are."""

from __future__ import annotations

import csv
import io
import json

import pytest

from comparison.harmless import for_csv, for_latex, for_markdown, for_terminal, in_all_texts

LEGITIMATE = [
    *("größer als", "зачёт", "优化 问题", "x̄ ≤ 0.5", "नमस्ते", "می‌خواهم", "👩‍🔬 ✓", "naïve → ∑"),
    *("next-token (corpus=markov)", "1.5e-3", "-0.25", "≤ 3 … 4", "a_b*c"),
]
UNSAFE = ["\x1b[2J\x1b]0;t\x07", "\0", "\x9b31m", "\u202e", "\u2066", "\u200f", "\ufeff", "\udce9"]


@pytest.mark.parametrize("text", LEGITIMATE)
def test_what_people_write_stays_as_it_is(text):
    assert for_terminal(text) == for_csv(f"x{text}")[1:] == in_all_texts(text) == text


@pytest.mark.parametrize("text", LEGITIMATE)
def test_what_people_write_is_shown_as_it_is_by_markdown(text):
    assert for_markdown(text).replace("\\", "") == text


@pytest.mark.parametrize("text", UNSAFE)
@pytest.mark.parametrize("function", [for_terminal, for_csv, for_markdown, for_latex, in_all_texts])
def test_what_commands_a_terminal_or_cannot_be_seen_is_shown(function, text):
    shown = function(f"a{text}b")
    assert shown.isprintable()
    assert not set(text) & set(shown) - set("[]2J0;t31m")
    assert shown.startswith("a")
    assert shown.endswith("b")


@pytest.mark.parametrize(
    "end", ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\t"]
)
def test_a_text_is_one_line(end):
    assert for_terminal(f"a{end}runner.py: all is well") == "a runner.py: all is well"
    assert len(for_markdown(f"a{end}b").splitlines()) == 1
    assert for_latex(f"a{end}b") == "a b"


@pytest.mark.parametrize("sign", list("=+-@\t\r\n＝＋－＠"))
def test_no_text_is_a_formula(sign):
    out = io.StringIO()
    csv.writer(out).writerow(map(for_csv, [f"{sign}1+1", -1.5, None, "a=b"]))
    ((text, number, nothing, plain),) = csv.reader(io.StringIO(out.getvalue(), newline=""))
    assert text == f"'{sign}1+1"
    assert (number, nothing, plain) == ("-1.5", "", "a=b")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a|b", "a\\|b"),
        ("a\\|b", "a\\\\\\|b"),
        ("[x](javascript:alert(1))", "\\[x\\](javascript:alert(1))"),
        ("![x](http://y)", "!\\[x\\](http://y)"),
        ("<img src=x onerror=y>", "&lt;img src=x onerror=y&gt;"),
        ("&lt;b&gt;", "&amp;lt;b&amp;gt;"),
        ("`x`", "\\`x\\`"),
        ("# title", "\\# title"),
        ("- item", "\\- item"),
        ("---", "\\---"),
        ("> quoted", "&gt; quoted"),
        ("-0.5", "-0.5"),
    ],
)
def test_no_text_is_markup(text, shown):
    assert for_markdown(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\\input{/etc/passwd}", r"\textbackslash{}input\{/etc/passwd\}"),
        ("50 % of $x_1^2$", r"50 \% of \$x\_1\textasciicircum{}2\$"),
        ("a\n\\end{table}", r"a \textbackslash{}end\{table\}"),
    ],
)
def test_no_text_is_a_command_of_latex(text, shown):
    assert for_latex(text) == shown


def test_in_plain_data_names_are_texts_as_well():
    data = {"a\x1b": ["\u202e", 1.5, None, {"b": ("c\0",)}]}
    found = in_all_texts(data)
    assert found == {"a\\x1b": ["\\u202e", 1.5, None, {"b": ["c\\x00"]}]}
    assert json.loads(json.dumps(found)) == found
