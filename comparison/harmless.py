"""Text of any origin, such as a method's name or an error's message, made harmless to show.

There is a function a place, which whoever prints a text or writes it into a file takes.
Letters of any language stay as they are. Characters that command a terminal, that turn text
around, or that nobody can see are shown as Python writes them, as in ``\\x1b``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

#: Characters that begin another line, or whose width is unknown.
_SPACES = re.compile("\r\n|[\t\n\v\f\r\x85\u2028\u2029]")

#: Control characters but for tabs and ends of lines, marks of direction, invisible signs, halves
#: of surrogate pairs, and what is no character. The joiners U+200C and U+200D are parts of
#: letters in Persian and Hindi.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    "\U000e0000-\U000e007f]"
)

#: Beginnings that make a spreadsheet take a text for a formula (OWASP, "CSV Injection").
_FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")

#: Signs of Markdown, or of the HTML within it, wherever they stand.
_MARKDOWN = {
    **{sign: f"\\{sign}" for sign in "\\|`[]"},
    "<": "&lt;",
    ">": "&gt;",
    "&": "&amp;",
}
#: Signs of Markdown at the beginning of a line.
_BLOCK = re.compile(r"#{1,6}(\s|$)|[-+*](\s|$)|[-=_*~]{3,}|\d{1,9}[.)](\s|$)")

_LATEX = {
    "\\": r"\textbackslash{}",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "—": "---",
    "…": r"\ldots{}",
    "≤": r"$\leq$",
    "≥": r"$\geq$",
    "−": "$-$",
    "×": r"$\times$",
    "→": r"$\to$",
    "“": "``",
    "”": "''",
}


def for_terminal(text: str) -> str:
    """Return text as one line that moves no cursor, and reads in the order in which it stands.

    Examples
    --------
    >>> print(for_terminal("größer\\n\\x1b[2Jthan \\u202etxt"))
    größer \\x1b[2Jthan \\u202etxt
    """
    return _visible(_SPACES.sub(" ", text))


def for_csv(cell: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula; only texts are changed,
    and keep their lines, which are quoted.

    A text that begins with one of ``= + - @``, a tab or a return gets an apostrophe before it.

    Examples
    --------
    >>> for_csv("=1+1"), for_csv("a-b"), for_csv(-1.0)
    ("'=1+1", 'a-b', -1.0)
    """
    if not isinstance(cell, str):
        return cell
    return "'" * cell.startswith(_FORMULA) + _visible(cell)


def for_markdown(text: str) -> str:
    """Return text that Markdown shows as it stands, in a table's cell too, as one line.

    Emphasis by ``*`` and ``_`` is left alone: it is harmless, and names are full of it.

    Examples
    --------
    >>> print(for_markdown("![a|b](http://x) <b>"))
    !\\[a\\|b\\](http://x) &lt;b&gt;
    """
    line = "".join(_MARKDOWN.get(sign, sign) for sign in for_terminal(text))
    return f"\\{line}" if _BLOCK.match(line) and not line[0].isdigit() else line


def for_latex(text: str) -> str:
    r"""Return text that LaTeX prints as it stands.

    Examples
    --------
    >>> print(for_latex("50 % of a_b"))
    50 \% of a\_b
    """
    line = " ".join(for_terminal(text).split())
    return "".join(_LATEX.get(sign, sign) for sign in line)


def for_vega(title: str) -> str:
    r"""Return the title of a tooltip's line, which Vega-Lite writes into an expression.

    There it escapes ``"`` only: another backslash would be read as the beginning of an
    escape, or end the text and let what follows be computed, and a line's end is an error.

    Examples
    --------
    >>> print(for_vega(r"\xi loss"))
    \\xi loss
    """
    return for_terminal(title).replace("\\", r"\\")


def in_all_texts(data: Any) -> Any:
    """Return plain data, for a page or a chart, with all that cannot be seen in it shown.

    Two of the ends of lines as well: within an expression of Vega's they are no text's.
    """
    if isinstance(data, str):
        return _visible(data).replace("\u2028", r"\u2028").replace("\u2029", r"\u2029")
    if isinstance(data, Mapping):
        return {in_all_texts(key): in_all_texts(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [in_all_texts(value) for value in data]
    return data


def _visible(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    return _UNSEEN.sub(_as_python_writes_it, text)


def _as_python_writes_it(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode()
