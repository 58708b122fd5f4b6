"""Numbers of an instance file one after another, for formats in which line ends mean nothing."""

from __future__ import annotations

from itertools import islice

import numpy as np
from numpy.typing import NDArray

from problems.combinatorial.instance_file import LARGEST, Line, words


class WordStream:
    """Reads the words of `lines` in order; every fault names the line it is on.

    Parameters
    ----------
    lines : list of Line
        At least one.

    Attributes
    ----------
    line : Line
        Where the last word came from, the first line before any.
    """

    def __init__(self, lines: list[Line]) -> None:
        self.line, self._last = lines[0], lines[-1]
        self._words = words(lines)

    def whole(self, name: str, low: int = -LARGEST, high: int = LARGEST) -> int:
        """Read the next word as a whole number from `low` to `high`; `name` says what it is."""
        line, word = self._next(name)
        return line.whole(word, low, high)

    def real(self, name: str) -> float:
        """Read the next word as a finite number."""
        line, word = self._next(name)
        return line.real(word)

    def vector(self, name: str, n: int) -> NDArray[np.int64]:
        """Read `n` whole numbers, none of them negative."""
        return np.array([self.whole(f"{name} {i + 1} of {n}", 0) for i in range(n)], dtype=np.int64)

    def matrix(self, name: str, n: int) -> NDArray[np.int64]:
        """Read `n` rows of `n` whole numbers, none of them negative."""
        return np.array([self.vector(f"row {i + 1} of {name}, entry", n) for i in range(n)])

    def skip(self, name: str, n: int) -> None:
        """Pass over `n` words, unread."""
        passed = sum(1 for _ in islice(self._words, n))
        if passed < n:
            self._last.fail(f"the file ends before {name} {passed + 1} of {n}")

    def end(self, of: str = "file") -> None:
        """Refuse a word that is left."""
        for line, word in self._words:
            line.fail(f"expected the end of the {of}, not {word[:40]!r}")

    def _next(self, name: str) -> tuple[Line, str]:
        for line, word in self._words:
            self.line = line
            return line, word
        self._last.fail(f"the file ends before {name}")
