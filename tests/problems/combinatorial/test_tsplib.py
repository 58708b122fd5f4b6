"""TSPLIB: distances against numbers computed by hand, and files right and wrong."""

import numpy as np
import pytest

from problems.combinatorial.instance_file import FormatError
from problems.combinatorial.tsplib import (
    euclidean,
    euclidean_up,
    geographical,
    pseudo_euclidean,
    read_tsplib,
)

# ---------------------------------------------------------------- distances


def between(function, *points) -> list[int]:
    """Return the distances of the first point from the others."""
    return function(np.array(points, dtype=float))[0, 1:].tolist()


def test_euclidean_distances_are_rounded_to_the_nearest() -> None:
    # 5; √2 = 1.41; √3.25 = 1.80; 1.5 rounds up.
    assert between(euclidean, (0, 0), (3, 4), (1, 1), (1, 1.5), (0, 1.5)) == [5, 1, 2, 2]


def test_euclidean_distances_are_rounded_up() -> None:
    assert between(euclidean_up, (0, 0), (3, 4), (1, 1), (0, 1.01)) == [5, 2, 2]


def test_pseudo_euclidean_distances() -> None:
    # √(100/10) = 3.16 rounds to 3, which is less: 4. √(36/10) = 1.897 rounds to 2.
    # √(40/10) = 2 stays.
    assert between(pseudo_euclidean, (0, 0), (10, 0), (6, 0), (2, 6)) == [4, 2, 2]


def test_a_pseudo_euclidean_distance_that_is_whole_stays() -> None:
    # (9 + 6241)/10 = 25², and two cities of att48: (1208² + 2136²)/10 = 776².
    assert between(pseudo_euclidean, (0, 0), (3, 79)) == [25]
    assert between(pseudo_euclidean, (6347, 2683), (7555, 4819)) == [776]


def test_pseudo_euclidean_distances_follow_whole_numbers() -> None:
    # The least k with 10 k² >= dx² + dy²: rounding, then raising by 1 where that is
    # less, comes to rounding up.
    points = np.random.default_rng(0).integers(0, 9000, (150, 2))
    lengths = pseudo_euclidean(points.astype(float))
    squares = ((points[:, None] - points) ** 2).sum(axis=2)
    assert (10 * lengths**2 >= squares).all()
    apart = lengths > 0
    assert (10 * (lengths[apart] - 1) ** 2 < squares[apart]).all()


def test_geographical_distances() -> None:
    # 1°30' along the equator: 6378.388 · 1.5 · π/180 = 166.99, cut after adding 1.
    # 90° up: 6378.388 · π/2 = 10019.1. Half way round: 20038.3.
    points = (0.0, 0.0), (0.0, 1.30), (90.0, 0.0), (0.0, 180.0), (0.0, -1.30)
    assert between(geographical, *points) == [167, 10020, 20039, 167]


@pytest.mark.parametrize("function", [euclidean, euclidean_up, pseudo_euclidean, geographical])
def test_distances_are_symmetric_whole_and_zero_from_a_city_to_itself(function) -> None:
    lengths = function(np.random.default_rng(0).uniform(-80, 80, (20, 2)))
    assert lengths.dtype == np.int64
    assert (lengths == lengths.T).all()
    assert (lengths.diagonal() == 0).all()


# -------------------------------------------------------------------- files


def header(weights: str, n: int = 3, more: str = "") -> str:
    return f"NAME: tiny\nTYPE: TSP\nDIMENSION : {n}\nEDGE_WEIGHT_TYPE: {weights}\n{more}"


CITIES = "NODE_COORD_SECTION\n1 0 0\n3 3.0 4e0\n2 6 0\nEOF\n"


def written(tmp_path, text: str | bytes) -> str:
    file = tmp_path / "tiny.tsp"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(file)


@pytest.mark.parametrize(
    ("weights", "rows"),
    [
        ("EUC_2D", [[0, 6, 5], [6, 0, 5], [5, 5, 0]]),
        ("CEIL_2D", [[0, 6, 5], [6, 0, 5], [5, 5, 0]]),
        ("ATT", [[0, 2, 2], [2, 0, 2], [2, 2, 0]]),
    ],
)
def test_coordinates_are_read_in_any_order(tmp_path, weights, rows) -> None:
    path = written(tmp_path, header(weights) + "COMMENT: a : b\n" + CITIES)
    assert read_tsplib(path).tolist() == rows


def test_a_type_may_name_an_author(tmp_path) -> None:
    path = written(tmp_path, header("EUC_2D").replace("TSP\n", "TSP (A. Author)\n") + CITIES)
    assert read_tsplib(path)[0].tolist() == [0, 6, 5]


def test_geographical_files_are_read(tmp_path) -> None:
    text = header("GEO") + "NODE_COORD_SECTION\n1 0 0\n2 0 1.30\n3 90 0\n"
    assert read_tsplib(written(tmp_path, text))[0].tolist() == [0, 167, 10020]


@pytest.mark.parametrize(
    ("shape", "numbers"),
    [
        ("FULL_MATRIX", "0 1 2\n1 9999 3\n2 3 0"),
        ("UPPER_ROW", "1 2\n3"),
        ("LOWER_ROW", "1\n2 3"),
        ("UPPER_DIAG_ROW", "0 1 2 0\n3 0"),
        ("LOWER_DIAG_ROW", "0\n1 0\n2 3 0"),
        ("UPPER_COL", "1\n2 3"),
        ("LOWER_COL", "1 2\n3"),
        ("UPPER_DIAG_COL", "0\n1 0\n2 3 0"),
        ("LOWER_DIAG_COL", "0 1 2 0\n3 0"),
    ],
)
@pytest.mark.parametrize("after", ["EOF\n", "", "DISPLAY_DATA_SECTION\n1 5 5\n2 6 6\n3 7 7\nEOF"])
def test_explicit_matrices_are_read(tmp_path, shape, numbers, after) -> None:
    text = header("EXPLICIT", more=f"EDGE_WEIGHT_FORMAT: {shape}\n")
    path = written(tmp_path, f"{text}EDGE_WEIGHT_SECTION\n{numbers}\n{after}")
    assert read_tsplib(path).tolist() == [[0, 1, 2], [1, 0, 3], [2, 3, 0]]


EXPLICIT = header("EXPLICIT", more="EDGE_WEIGHT_FORMAT: {}\nEDGE_WEIGHT_SECTION\n")
EUCLIDEAN = header("EUC_2D") + "NODE_COORD_SECTION\n"


def test_comments_may_be_repeated_and_minutes_exceed_59(tmp_path) -> None:
    text = header("GEO", more="COMMENT: a\nCOMMENT: b\n") + "NODE_COORD_SECTION\n"
    lengths = read_tsplib(written(tmp_path, text + "1 0 0\n2 0 1.60\n3 0 2.0\n"))
    assert lengths[0, 1] == lengths[0, 2]  # 1°60' is 2°


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", ", line 1: the file is empty"),
        (EUCLIDEAN + "1 0 0\n2 1 1\n", ", line 7: the section ends before city 3 of 3"),
        (EUCLIDEAN + "1 0 0\n1 1 1\n", ", line 7: city 1 was listed before"),
        (EUCLIDEAN + "4 0 0\n", ", line 6: expected a number from 1 to 3, not 4"),
        (EUCLIDEAN + "1 0 0 0\n", ", line 6: expected a city and its two coordinates, not 4 words"),
        (EUCLIDEAN + "1 0 x\n", ", line 6: expected a number, not 'x'"),
        (EUCLIDEAN + "1 0 nan\n", ", line 6: expected a number of at most 1e+12, not nan"),
        (EUCLIDEAN + "1 0 1e99\n", ", line 6: expected a number of at most 1e+12, not 1e99"),
        (EUCLIDEAN + "cities\n", ", line 6: expected 'KEYWORD: value' or a section, not 'cities'"),
        (header("EUC_2D"), ", line 4: the file ends without NODE_COORD_SECTION"),
        (header("EXPLICIT") + CITIES, ", line 9: the file ends without EDGE_WEIGHT_SECTION"),
        ("TYPE: TSP\n\n", ", line 1: the file ends without a line 'EDGE_WEIGHT_TYPE: …'"),
        ("DIMENSION: 3\nNAME: x\n", ", line 2: the file ends without a line 'TYPE: …'"),
        (header("EUC_2D") + "DIMENSION: 4\n", ", line 5: DIMENSION was given before"),
        (header("EUC_2D") + "TYPE : TSP\n", ", line 5: TYPE was given before"),
        (
            EUCLIDEAN + "1 0 0\nNODE_COORD_SECTION\n",
            ", line 7: NODE_COORD_SECTION was given before",
        ),
        (
            header("GEO") + "NODE_COORD_SECTION\n1 90.01 0\n",
            ", line 6: expected a latitude from -90 to 90 and a longitude from -180 to 180, "
            "not 90.01 0",
        ),
        (
            header("GEO") + "NODE_COORD_SECTION\n1 0 0\n2 0 -180.5\n",
            ", line 7: expected a latitude from -90 to 90 and a longitude from -180 to 180, "
            "not 0 -180.5",
        ),
        (
            header("EUC_3D"),
            ", line 4: EDGE_WEIGHT_TYPE 'EUC_3D' is not supported; "
            "expected EUC_2D, CEIL_2D, ATT, GEO, EXPLICIT",
        ),
        ("TYPE: ATSP\n", ", line 1: TYPE 'ATSP' is not supported; expected TSP"),
        (
            header("EUC_2D") + "FIXED_EDGES_SECTION\n1 2\n-1\n",
            ", line 5: FIXED_EDGES_SECTION is not supported; "
            "expected NODE_COORD_SECTION, EDGE_WEIGHT_SECTION, DISPLAY_DATA_SECTION",
        ),
        (header("EUC_2D", 2), ", line 3: expected a number from 3 to 2400, not 2"),
        (header("EUC_2D", 10**9), ", line 3: expected a number from 3 to 2400, not 1000000000"),
        (
            EXPLICIT.format("FUNCTION"),
            ", line 5: EDGE_WEIGHT_FORMAT 'FUNCTION' is not supported; expected FULL_MATRIX, "
            "UPPER_ROW, LOWER_ROW, UPPER_DIAG_ROW, LOWER_DIAG_ROW, "
            "UPPER_COL, LOWER_COL, UPPER_DIAG_COL, LOWER_DIAG_COL",
        ),
        (EXPLICIT.format("UPPER_ROW"), ", line 6: the section is empty"),
        (
            EXPLICIT.format("UPPER_ROW") + "1\n2\n",
            ", line 8: the file ends before the distance from city 2 to city 3",
        ),
        (
            EXPLICIT.format("UPPER_ROW") + "1 2 3 4\n",
            ", line 7: expected the end of the section, not '4'",
        ),
        (
            EXPLICIT.format("UPPER_ROW") + "1 2 -3\n",
            ", line 7: expected a number from 0 to 1000000000000, not -3",
        ),
        (
            EXPLICIT.format("FULL_MATRIX") + "0 1 2 1 0 3 2 4 0\n",
            ", line 6: the distances between cities 2 and 3 are 3 and 4: "
            "expected a symmetric matrix",
        ),
        (b"NAME: tiny\nTYPE: \xe9\n", ", line 2: not UTF-8 text, byte 0xe9"),
    ],
)
def test_a_faulty_file_is_told_by_file_and_line(tmp_path, text, complaint) -> None:
    path = written(tmp_path, text)
    with pytest.raises(FormatError) as error:
        read_tsplib(path)
    assert str(error.value) == path + complaint
