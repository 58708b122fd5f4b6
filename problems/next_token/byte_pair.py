"""Byte-pair encoding (Gage 1994; for words Sennrich, Haddow and Birch 2016, algorithm 1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping


def byte_pair_encoding(words: Mapping[str, int], merges: int) -> tuple[list[str], int]:
    """Merge the most frequent pair of neighbouring tokens, `merges` times.

    Parameters
    ----------
    words : mapping from str to int
        Word types with their counts; no merge crosses the end of a word.
    merges : int
        How many pairs to merge; fewer where no word has two tokens left.

    Returns
    -------
    tokens : list of str
        The merged tokens, in order; of equally frequent pairs the first in
        alphabetical order is merged.
    total : int
        Number of tokens of the words under the merges themselves, which are
        replayed in order and need not give the fewest tokens.
    """
    merged, spelled = merge_words(words, merges)
    tokens = list(dict.fromkeys(map("".join, merged)))
    return tokens, sum(n * len(parts) for n, parts in zip(words.values(), spelled, strict=True))


def merge_words(
    words: Mapping[str, int], merges: int
) -> tuple[list[tuple[str, str]], list[list[str]]]:
    """Merge as `byte_pair_encoding` does, and return the pairs in order and each word's tokens."""
    spelled = [list(word) for word in words]
    counts = list(words.values())
    pairs: Counter[tuple[str, str]] = Counter()
    where: dict[tuple[str, str], set[int]] = {}

    def tally(w: int, sign: int) -> None:
        for pair in zip(spelled[w], spelled[w][1:], strict=False):
            pairs[pair] += sign * counts[w]
            where.setdefault(pair, set()).add(w)

    for w in range(len(spelled)):
        tally(w, 1)
    merged: list[tuple[str, str]] = []
    for _ in range(merges):
        most = max(pairs.values(), default=0)
        if most <= 0:
            break
        pair = min(pair for pair, times in pairs.items() if times == most)
        for w in where.pop(pair):
            tally(w, -1)
            spelled[w] = _merge(spelled[w], pair)
            tally(w, 1)
        del pairs[pair]
        merged.append(pair)
    return merged, spelled


def _merge(parts: list[str], pair: tuple[str, str]) -> list[str]:
    """Replace `pair` in `parts`, from left to right."""
    merged: list[str] = []
    i = 0
    while i < len(parts):
        if tuple(parts[i : i + 2]) == pair:
            merged.append(parts[i] + parts[i + 1])
            i += 2
        else:
            merged.append(parts[i])
            i += 1
    return merged
