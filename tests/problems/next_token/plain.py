"""A text read and counted whole, in lines that anybody can check."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from problems.next_token.corpus import Corpus

#: How each alphabet joins the lines of a text, and what it keeps of one.
BOUNDARIES = {"letters": " ", "characters": "\n", "bytes": "\n"}
WORD = re.compile(r"[^ \t\n\r\f\v]+")


class Plain(NamedTuple):
    """Symbols, where documents begin, and what stands between these."""

    text: str
    starts: list[int]
    boundary: str


def plain(text: str, alphabet: str, documents: str) -> Plain:
    """Read a text whole."""
    lines = [text] if documents == "whole" else re.split("\r\n|\n|\r", text)
    if alphabet == "letters":
        lines = [re.sub("[^a-z]+", " ", line.lower()).strip() for line in lines]
    elif alphabet == "bytes":
        lines = [line.encode().decode("latin-1") for line in lines]
    boundary = "" if documents == "whole" else BOUNDARIES[alphabet]
    lines = [line + boundary for line in lines if line]
    return Plain("".join(lines), [len("".join(lines[:i])) for i in range(len(lines))], boundary)


def counts(read: Plain, parts: list[int], k: int) -> list[Counter[tuple[str, str]]]:
    """Count (context, token) in the training and in the held-out part, token by token."""
    counted: list[Counter[tuple[str, str]]] = [Counter(), Counter()]
    for i, token in enumerate(read.text):
        start = max(s for s in read.starts if s <= i)
        context = read.text[max(start, i - k) : i]
        if read.boundary:
            context = context.rjust(k, read.boundary)
        elif len(context) < k or len(set(parts[i - k : i + 1])) > 1:
            continue  # it would reach beyond the text, or across an edge of the split
        if parts[i] < len(counted):
            counted[parts[i]][context, token] += 1
    return counted


def words(corpus: Corpus, parts: list[int]) -> list[Counter[str]]:
    """Count the words of either part that lie in it as a whole."""
    counted: list[Counter[str]] = [Counter(), Counter()]
    text = "".join(corpus.symbols[token] for token in corpus.tokens)
    for match in WORD.finditer(text):
        part, *others = set(parts[match.start() : match.end()])
        if not others and part < len(counted):
            counted[part][match.group()] += 1
    return counted
