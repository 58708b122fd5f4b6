"""Published instance formats: numbers are read, faults told by file and line."""

import pytest

from problems.combinatorial.instance_file import (
    LARGEST,
    FormatError,
    Line,
    fingerprint,
    read_lines,
    words,
)


def line_of(text: str) -> Line:
    return Line("file.txt", 7, text)


def test_blank_lines_and_comments_are_skipped_but_counted(tmp_path) -> None:
    file = tmp_path / "instance.txt"
    file.write_bytes(b"c a comment\n\n  3 4 \r\n% another\n\t5\n c indented\n")
    lines = read_lines(str(file), comments="c%")
    assert [(line.number, line.text) for line in lines] == [(3, "3 4"), (5, "5")]
    assert lines[0].path == str(file)


def test_without_comment_characters_every_line_counts(tmp_path) -> None:
    file = tmp_path / "instance.txt"
    file.write_text("c 1\n2")
    assert [line.text for line in read_lines(str(file))] == ["c 1", "2"]


def test_a_comment_letter_stands_alone(tmp_path) -> None:
    file = tmp_path / "instance.txt"
    file.write_text("nonsense\nn 1 2\n#none\nc\n")
    assert [line.text for line in read_lines(str(file), comments="cn#")] == ["nonsense"]


def test_a_byte_order_mark_is_no_part_of_the_first_line(tmp_path) -> None:
    file = tmp_path / "instance.txt"
    file.write_bytes(b"\xef\xbb\xbf3 4\n")
    assert read_lines(str(file))[0].words == ["3", "4"]


def test_the_home_directory_is_known(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (tmp_path / "instance.txt").write_text("3 4\n")
    assert read_lines("~/instance.txt")[0].words == ["3", "4"]
    assert fingerprint("~/instance.txt") == fingerprint(str(tmp_path / "instance.txt"))


def test_what_cannot_be_a_path_says_so() -> None:
    with pytest.raises(FormatError, match=r"'a\\x00b' is not the path of a file: .*null"):
        read_lines("a\0b")


def test_words_come_with_the_line_they_are_on() -> None:
    lines = [Line("f", 1, "1  2"), Line("f", 4, "3\t4")]
    assert [(line.number, word) for line, word in words(lines)] == [
        (1, "1"),
        (1, "2"),
        (4, "3"),
        (4, "4"),
    ]
    assert lines[1].words == ["3", "4"]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", ", line 1: the file is empty"),
        (b"\n \n", ", line 1: the file is empty"),
        (b"c only a comment\n", ", line 1: the file is empty"),
        (b"1 2\n3 \xff\n", ", line 2: not UTF-8 text, byte 0xff"),
    ],
)
def test_a_file_that_is_no_instance_says_what_is_wrong(tmp_path, content, complaint) -> None:
    file = tmp_path / "instance.txt"
    file.write_bytes(content)
    with pytest.raises(FormatError) as error:
        read_lines(str(file), comments="c")
    assert str(error.value) == f"{file}{complaint}"
    assert isinstance(error.value, ValueError)


def test_a_missing_file_says_so(tmp_path) -> None:
    with pytest.raises(FormatError, match=r"none\.txt: No such file or directory"):
        read_lines(str(tmp_path / "none.txt"))


@pytest.mark.parametrize(
    ("word", "number"), [("12", 12), ("-3", -3), ("+4", 4), (str(LARGEST), LARGEST)]
)
def test_whole_numbers(word, number) -> None:
    assert line_of(word).whole(word) == number


@pytest.mark.parametrize(
    ("word", "number"), [("12", 12.0), ("-0.5", -0.5), ("1e3", 1000.0), (".5", 0.5)]
)
def test_real_numbers(word, number) -> None:
    assert line_of(word).real(word) == number


@pytest.mark.parametrize(
    ("word", "complaint"),
    [
        ("1.5", "expected a whole number, not '1.5'"),
        ("x", "expected a whole number, not 'x'"),
        ("1_0", "expected a whole number, not '1_0'"),
        ("\u0663", "expected a whole number, not '\u0663'"),  # 3 in Arabic
        ("9" * 5000, f"expected a whole number, not '{'9' * 40}'"),
        ("0", "expected a number from 1 to 5, not 0"),
        ("6", "expected a number from 1 to 5, not 6"),
    ],
)
def test_what_is_no_whole_number_in_range_is_told_by_file_and_line(word, complaint) -> None:
    with pytest.raises(FormatError) as error:
        line_of(word).whole(word, 1, 5)
    assert str(error.value) == f"file.txt, line 7: {complaint}"


@pytest.mark.parametrize("word", [str(LARGEST + 1), str(-LARGEST - 1)])
def test_a_number_that_is_damaged_or_hostile_is_refused(word) -> None:
    with pytest.raises(FormatError, match="expected a number from"):
        line_of(word).whole(word)
    with pytest.raises(FormatError, match="expected a number of at most 1e"):
        line_of(word).real(f"{word}0")


@pytest.mark.parametrize("word", ["nan", "inf", "-inf"])
def test_a_real_number_is_finite(word) -> None:
    with pytest.raises(FormatError, match="line 7: expected a number of at most"):
        line_of(word).real(word)


@pytest.mark.parametrize("word", ["x1", "1_0.5", "\u0663.5"])
def test_what_is_no_number_is_told(word) -> None:
    with pytest.raises(FormatError, match=f"line 7: expected a number, not '{word}'"):
        line_of(word).real(word)


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null"])
def test_a_device_which_need_not_end_is_refused(path):
    with pytest.raises(FormatError, match=f"{path}: a device or a pipe"):
        read_lines(path)
