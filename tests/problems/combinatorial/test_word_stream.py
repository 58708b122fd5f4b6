"""Reading numbers whatever the line ends: what is wrong, and on which line."""

import pytest

from problems.combinatorial.instance_file import FormatError, Line, WordStream, fingerprint


def stream_of(*texts: str) -> WordStream:
    return WordStream([Line("f", number, text) for number, text in enumerate(texts, start=1)])


def test_line_ends_mean_nothing() -> None:
    stream = stream_of("2 1.5", "1", "2 3 4", "5 6")
    assert stream.whole("n") == 2
    assert stream.real("x") == 1.5
    assert stream.matrix("A", 2).tolist() == [[1, 2], [3, 4]]
    assert stream.line.number == 3
    assert stream.vector("b", 2).tolist() == [5, 6]
    stream.end()


def test_what_is_missing_is_told_with_the_last_line() -> None:
    stream = stream_of("1 2", "3")
    with pytest.raises(FormatError) as error:
        stream.matrix("A", 2)
    assert str(error.value) == "f, line 2: the file ends before row 2 of A, entry 2 of 2"


def test_what_is_too_much_is_told() -> None:
    stream = stream_of("1", "2 x")
    stream.whole("n")
    with pytest.raises(FormatError, match="f, line 2: expected the end of the file, not '2'"):
        stream.end()


def test_bounds_are_kept_in_matrices() -> None:
    with pytest.raises(FormatError, match=r"f, line 2: expected a number from 0 to 10+, not -1"):
        stream_of("1 2", "-1 4").matrix("A", 2)


def test_a_fingerprint_is_that_of_the_bytes(tmp_path) -> None:
    for name, text in (("a", "1 2"), ("b", "1 2"), ("c", "1 3")):
        (tmp_path / name).write_text(text)
    a, b, c = (fingerprint(str(tmp_path / name)) for name in "abc")
    assert a == b != c
    assert len(a) == 12
