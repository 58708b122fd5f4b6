"""TSPLIB: the format and the distance functions of Reinelt (1991)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from problems.combinatorial.instance_file import Line, WordStream, read_lines

#: Beyond this the matrix of distances would no longer be small (46 MB).
MOST_CITIES = 2400
#: TSPLIB's own value, which its published optima depend on.
PI = 3.141592
#: Radius of the earth in km, again TSPLIB's.
RADIUS = 6378.388

Coordinates = NDArray[np.float64]
Lengths = NDArray[np.int64]


def euclidean(points: Coordinates) -> Lengths:
    """EUC_2D: the Euclidean distance, rounded to the nearest whole number, ½ up."""
    return (_distance(points) + 0.5).astype(np.int64)  # cuts, as C's (int) does


def euclidean_up(points: Coordinates) -> Lengths:
    """CEIL_2D: the Euclidean distance, rounded up."""
    return np.ceil(_distance(points)).astype(np.int64)


def pseudo_euclidean(points: Coordinates) -> Lengths:
    """ATT: the Euclidean distance over √10, rounded, and raised by 1 where that is less."""
    exact = np.sqrt(_squares(points) / 10.0)  # a root squared again may be an ulp too large
    rounded = (exact + 0.5).astype(np.int64)
    return rounded + (rounded < exact)


def geographical(points: Coordinates) -> Lengths:
    """GEO: kilometres on a sphere between (latitude, longitude), written DDD.MM.

    Degrees are cut, not rounded, as in the code that the published optima were
    computed with (TSPLIB's list of questions and answers).
    """
    degrees = np.trunc(points)
    latitude, longitude = (PI * (degrees + 5.0 * (points - degrees) / 3.0) / 180.0).T
    q1 = np.cos(longitude[:, None] - longitude)
    q2 = np.cos(latitude[:, None] - latitude)
    q3 = np.cos(latitude[:, None] + latitude)
    cosine = 0.5 * ((1.0 + q1) * q2 - (1.0 - q1) * q3)
    lengths = (RADIUS * np.arccos(np.clip(cosine, -1.0, 1.0)) + 1.0).astype(np.int64)
    np.fill_diagonal(lengths, 0)  # the formula gives 1
    return lengths


FUNCTIONS: dict[str, Callable[[Coordinates], Lengths]] = {
    "EUC_2D": euclidean,
    "CEIL_2D": euclidean_up,
    "ATT": pseudo_euclidean,
    "GEO": geographical,
}


def _distance(points: Coordinates) -> NDArray[np.float64]:
    squares = _squares(points)
    return np.sqrt(squares, out=squares)


def _squares(points: Coordinates) -> NDArray[np.float64]:
    """Return the squared distances; in place, as memory is what takes the time."""
    across, down = (np.subtract.outer(axis, axis) for axis in points.T)
    across *= across
    down *= down
    across += down
    return across


# ------------------------------------------------------------------- the format

#: Format name -> the columns that row i of an n × n matrix lists. By columns the upper
#: half of a symmetric matrix reads as the lower half does by rows, and vice versa.
MATRICES: dict[str, Callable[[int, int], range]] = {
    "FULL_MATRIX": lambda i, n: range(n),
    "UPPER_ROW": lambda i, n: range(i + 1, n),
    "LOWER_ROW": lambda i, n: range(i),
    "UPPER_DIAG_ROW": lambda i, n: range(i, n),
    "LOWER_DIAG_ROW": lambda i, n: range(i + 1),
    "UPPER_COL": lambda i, n: range(i),
    "LOWER_COL": lambda i, n: range(i + 1, n),
    "UPPER_DIAG_COL": lambda i, n: range(i + 1),
    "LOWER_DIAG_COL": lambda i, n: range(i, n),
}
#: The section with the distances of a file that computes them, and that lists them; what
#: the third holds is only drawn. Others, such as fixed edges, would change the problem.
SECTIONS = ("NODE_COORD_SECTION", "EDGE_WEIGHT_SECTION", "DISPLAY_DATA_SECTION")
#: Keys of the header that are used, each of which may be given once.
KEYS = ("TYPE", "DIMENSION", "EDGE_WEIGHT_TYPE", "EDGE_WEIGHT_FORMAT")


def read_tsplib(path: str) -> Lengths:
    """Return the symmetric matrix of distances, shape (n, n), of a ``.tsp`` file.

    EDGE_WEIGHT_TYPE is EUC_2D, CEIL_2D, ATT, GEO or EXPLICIT, the last as
    FULL_MATRIX or as the upper or lower half by rows or columns, with or without the
    diagonal. DISPLAY_DATA_SECTION, which only says where to draw cities, is skipped.
    At most `MOST_CITIES` cities.

    Raises
    ------
    FormatError
        Naming file and line, where the file does not follow the format.
    """
    lines = read_lines(path, keep_eof=True)
    header, sections = _split(lines)
    last = lines[-1]
    _one_of(header, "TYPE", ("TSP",), last)
    weights = _one_of(header, "EDGE_WEIGHT_TYPE", (*FUNCTIONS, "EXPLICIT"), last)
    line, text = _field(header, "DIMENSION", last)
    n = line.whole(text, 3, MOST_CITIES)
    needed = SECTIONS[weights == "EXPLICIT"]
    if needed not in sections:
        last.fail(f"the file ends without {needed}")
    if weights == "EXPLICIT":
        shape = _one_of(header, "EDGE_WEIGHT_FORMAT", tuple(MATRICES), last)
        return _matrix(sections[needed], n, shape)
    return FUNCTIONS[weights](_coordinates(sections[needed], n, degrees=weights == "GEO"))


Header = dict[str, tuple[Line, str]]


def _split(lines: list[Line]) -> tuple[Header, dict[str, list[Line]]]:
    """Return the fields of the header and the lines of each section, its title first."""
    header: Header = {}
    sections: dict[str, list[Line]] = {}
    inside: list[Line] | None = None
    for line in lines:
        title = line.text.rstrip(": \t")
        if title.upper() == "EOF":
            break
        if title.endswith("_SECTION"):
            if title not in SECTIONS:
                line.fail(f"{title[:40]} is not supported; expected {', '.join(SECTIONS)}")
            if title in sections:
                line.fail(f"{title} was given before")
            inside = sections[title] = [line]
        elif inside is not None and not line.text[0].isalpha():
            inside.append(line)
        else:
            key, colon, value = line.text.partition(":")
            if not colon:
                line.fail(f"expected 'KEYWORD: value' or a section, not {line.text[:40]!r}")
            key = key.strip()
            if key in KEYS and key in header:
                line.fail(f"{key} was given before")
            header[key] = (line, value.strip())
            inside = None
    return header, sections


def _field(header: Header, key: str, last: Line) -> tuple[Line, str]:
    if key not in header:
        last.fail(f"the file ends without a line '{key}: …'")
    return header[key]


def _one_of(header: Header, key: str, choices: tuple[str, ...], last: Line) -> str:
    line, text = _field(header, key, last)
    first = (text.split() or [""])[0]  # "TSP (M.~Hofmeister)" names its author as well
    if first not in choices:
        line.fail(f"{key} {text[:40]!r} is not supported; expected {', '.join(choices)}")
    return first


def _coordinates(lines: list[Line], n: int, *, degrees: bool) -> Coordinates:
    points = np.full((n, 2), np.nan)
    for line in lines[1:]:
        if len(line.words) != 3:
            line.fail(f"expected a city and its two coordinates, not {len(line.words)} words")
        city = line.whole(line.words[0], 1, n) - 1
        if not np.isnan(points[city, 0]):
            line.fail(f"city {city + 1} was listed before")
        points[city] = [line.real(word) for word in line.words[1:]]
        # Minutes are not checked: ali535 of TSPLIB itself has some beyond 59.
        if degrees and (abs(points[city]) > (90, 180)).any():
            line.fail(
                "expected a latitude from -90 to 90 and a longitude from -180 to 180, "
                f"not {' '.join(line.words[1:])[:40]}"
            )
    missing = np.flatnonzero(np.isnan(points[:, 0]))
    if len(missing):
        lines[-1].fail(f"the section ends before city {missing[0] + 1} of {n}")
    return points


def _matrix(lines: list[Line], n: int, shape: str) -> Lengths:
    lengths = np.zeros((n, n), dtype=np.int64)
    if len(lines) == 1:
        lines[0].fail("the section is empty")
    stream = WordStream(lines[1:])
    for i in range(n):
        for j in MATRICES[shape](i, n):
            lengths[i, j] = stream.whole(f"the distance from city {i + 1} to city {j + 1}", 0)
    stream.end("section")
    np.fill_diagonal(lengths, 0)  # some files hold 9999 there
    if shape != "FULL_MATRIX":
        return lengths + lengths.T
    i, j = np.unravel_index(np.abs(lengths - lengths.T).argmax(), lengths.shape)
    if lengths[i, j] != lengths[j, i]:
        lines[0].fail(
            f"the distances between cities {i + 1} and {j + 1} are "
            f"{lengths[i, j]} and {lengths[j, i]}: expected a symmetric matrix"
        )
    return lengths
