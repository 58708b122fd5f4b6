"""Reading the published formats of problem instances, every fault told by file and line."""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NoReturn, TypeVar

import numpy as np
from numpy.typing import NDArray

from problems.core.usage_error import UsageError

Instance = TypeVar("Instance")

#: No number of a real instance is larger; beyond it a file is damaged or hostile.
LARGEST = 10**12
_LINE_END = re.compile(rb"\r\n|\n|\r")
#: What DOS ended text files with, and all that follows of it and of white space.
_END = re.compile(rb"\x1a[\x1a\s]*\Z")


class FormatError(UsageError):
    """An instance file that does not follow its format; names file and line."""


@dataclass(frozen=True)
class Line:
    """One line of an instance file, without its line end."""

    path: str
    number: int
    text: str

    @property
    def words(self) -> list[str]:
        """What white space separates."""
        return self.text.split()

    def fail(self, message: str) -> NoReturn:
        """Raise a `FormatError` that names this line."""
        raise FormatError(f"{self.path}, line {self.number}: {message}")

    def whole(self, word: str, low: int = -LARGEST, high: int = LARGEST) -> int:
        """Read a whole number of this line, between `low` and `high`."""
        try:
            number = int(_plain(word))
        except ValueError:
            self.fail(f"expected a whole number, not {word[:40]!r}")
        if not low <= number <= high:
            self.fail(f"expected a number from {low} to {high}, not {word[:40]}")
        return number

    def real(self, word: str) -> float:
        """Read a finite number of this line."""
        try:
            number = float(_plain(word))
        except ValueError:
            self.fail(f"expected a number, not {word[:40]!r}")
        if not abs(number) <= LARGEST:
            self.fail(f"expected a number of at most {LARGEST:g}, not {word[:40]}")
        return number


def _plain(word: str) -> str:
    """Refuse what Python reads as a number but no format has: 1_000, digits of other scripts."""
    if not word.isascii() or "_" in word:
        raise ValueError
    return word


def read_lines(path: str, *, comments: str = "", keep_eof: bool = False) -> list[Line]:
    """Return the lines that are neither blank nor comments.

    Lines end with LF, CR LF or CR. A last character ^Z, and a last line ``EOF`` in
    whatever case unless `keep_eof`, are no part of a file. A comment begins with a
    character of `comments`; a letter has to stand alone, so that a damaged line is not
    taken for one. ``~`` is the home directory.

    Raises
    ------
    FormatError
        When the file is missing, empty or not UTF-8 text.
    """
    raw = _END.sub(b"", _content(path).removeprefix(codecs.BOM_UTF8))
    lines = []
    for number, line in enumerate(_LINE_END.split(raw), start=1):
        try:
            text = line.decode().strip()
        except UnicodeDecodeError as error:
            byte = error.object[error.start]
            raise FormatError(f"{path}, line {number}: not UTF-8 text, byte 0x{byte:02x}") from None
        if text and not _comment(text, comments):
            lines.append(Line(path, number, text))
    if lines and lines[-1].text.upper() == "EOF" and not keep_eof:
        lines.pop()
    if not lines:
        Line(path, 1, "").fail("the file is empty")
    return lines


def _content(path: str) -> bytes:
    try:
        file = Path(path).expanduser()
        if file.is_char_device() or file.is_fifo():
            raise FormatError(f"{path}: a device or a pipe, which need not end")
        return file.read_bytes()
    except OSError as error:
        raise FormatError(f"{path}: {error.strerror}") from None
    except FormatError:
        raise
    except (ValueError, RuntimeError) as error:  # a null byte in it, a user without a home
        raise FormatError(f"{path!r} is not the path of a file: {error}") from None


def _comment(text: str, marks: str) -> bool:
    return text[0] in marks and (not text[0].isalpha() or text.split(maxsplit=1)[0] == text[0])


def words(lines: list[Line]) -> Iterator[tuple[Line, str]]:
    """Yield every word with its line, for formats in which line ends mean nothing."""
    for line in lines:
        for word in line.words:
            yield line, word


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


def fingerprint(path: str) -> str:
    """Return a hash of a file that was read, so that results are kept apart by content."""
    return hashlib.sha256(_content(path)).hexdigest()[:12]


def one_source(**options: str) -> None:
    """Refuse a built-in instance and a file at the same time.

    Raises
    ------
    ValueError
        When more than one of the options is given.
    """
    given = [f"{name}={value}" for name, value in options.items() if value]
    if len(given) > 1:
        raise ValueError(f"{' and '.join(given)}: expected only one of {' and '.join(options)}")


def named_instance(
    option: str,
    name: str,
    families: Iterable[tuple[str, Sequence[int], Callable[[str, int], Instance]]],
    expected: str,
) -> Instance:
    """Build the instance that a name such as ``cycle-9`` stands for.

    Parameters
    ----------
    option, name : str
        The option and what it was set to.
    families : iterable of (pattern, sizes, build)
        A pattern has groups for the size, which are all equal in a name; ``build(name, size)``
        returns the instance.
    expected : str
        Names that there are.

    Raises
    ------
    ValueError
        When there is no such instance.
    """
    for pattern, sizes, build in families:
        match = re.fullmatch(pattern, name, re.ASCII)
        if match and len(set(match.groups())) == 1:
            size = int(match[1][:6])
            if size in sizes:
                return build(name, size)
            listed = f"of {', '.join(map(str, sizes))}"
            of_sizes = f"from {sizes[0]} to {sizes[-1]}" if isinstance(sizes, range) else listed
            raise ValueError(f"{option}={name}: expected a size {of_sizes}")
    raise ValueError(f"{option}={name}: expected {expected}")
