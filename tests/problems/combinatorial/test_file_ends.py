"""Every format of instance files, as other systems and older programs write them."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from problems.combinatorial.covering import read_scp
from problems.combinatorial.formula import read_cnf
from problems.combinatorial.graph_files import read_col, read_gset
from problems.combinatorial.instance_file import FormatError, read_lines
from problems.combinatorial.job_shop_file import read_job_shop
from problems.combinatorial.knapsack_file import read_knapsack
from problems.combinatorial.quadratic_assignment import read_qaplib
from problems.combinatorial.tsplib import read_tsplib

#: Reader -> a small file, one that ends too soon, and the line at fault there.
FILES = {
    read_tsplib: (
        "NAME: a\nTYPE: TSP\nDIMENSION: 3\nEDGE_WEIGHT_TYPE: EUC_2D\nNODE_COORD_SECTION\n"
        "1 0 0\n2 3 0\n3 0 4\n",
        "NAME: a\nTYPE: TSP\nDIMENSION: 3\nEDGE_WEIGHT_TYPE: EUC_2D\nNODE_COORD_SECTION\n"
        "1 0 0\n2 3 x\n",
        7,
    ),
    read_qaplib: ("2\n\n0 1\n1 0\n\n0 2\n2 0\n", "2\n0 1\n1 0\n0 2\n2\n", 5),
    read_knapsack: ("1\n2 1 0\n3 4\n1 2\n2\n", "1\n2 1 0\n3 4\n1 x\n2\n", 4),
    read_scp: ("2 2\n1 1\n1 1\n1 2\n", "2 2\n1 1\n1 1\n1 3\n", 4),
    read_col: ("c one\np edge 3 2\ne 1 2\ne 2 3\n", "c one\np edge 3 2\ne 1 2\ne 2 4\n", 4),
    read_gset: ("3 2\n1 2 1\n2 3 1\n", "3 2\n1 2 1\n2 3\n", 3),
    read_cnf: ("c one\np cnf 2 2\n1 2 0\n-1 0\n", "c one\np cnf 2 2\n1 2 0\n-3 0\n", 4),
    read_job_shop: ("# one\n1 2\n0 3 1 4\n", "# one\n1 2\n0 3 0 4\n", 3),
}
ENDS = {
    "as it is": lambda text: text,
    "CR LF": lambda text: text.replace("\n", "\r\n"),
    "CR": lambda text: text.replace("\n", "\r"),
    "EOF": lambda text: text + "EOF\n",
    "eof": lambda text: text + "eof",
    "^Z": lambda text: text + "\x1a",
    "EOF and ^Z of DOS": lambda text: (text + "EOF\n\n").replace("\n", "\r\n") + "\x1a\r\n\x1a",
    "no end of the last line": lambda text: text.rstrip("\n"),
    "a byte order mark": lambda text: "\ufeff" + text,
    "tabs": lambda text: text.replace(" ", "\t"),
}
each_reader = pytest.mark.parametrize("read", FILES, ids=lambda read: read.__name__)


def plain(found):
    """Return what a reader found in a form that can be compared."""
    if isinstance(found, np.ndarray):
        return found.tolist()
    if isinstance(found, tuple):
        return [plain(part) for part in found]
    return {k: plain(v) for k, v in vars(found).items()} if hasattr(found, "__dict__") else found


@functools.cache
def right(read, folder):
    file = folder / "instance.txt"
    file.write_bytes(FILES[read][0].encode())
    return plain(read(str(file)))


@each_reader
@pytest.mark.parametrize("end", ENDS)
def test_a_file_is_read_whatever_it_ends_with(read, end, tmp_path):
    expected = right(read, tmp_path)
    file = tmp_path / "instance.txt"
    file.write_bytes(ENDS[end](FILES[read][0]).encode())
    assert plain(read(str(file))) == expected


@each_reader
@pytest.mark.parametrize("end", ["as it is", "CR LF", "CR"])
def test_a_fault_names_its_line(read, end, tmp_path):
    file = tmp_path / "instance.txt"
    file.write_bytes(ENDS[end](FILES[read][1]).encode())
    with pytest.raises(FormatError, match=rf"instance\.txt, line {FILES[read][2]}: "):
        read(str(file))


def test_a_tabulator_may_follow_a_key(tmp_path):
    file = tmp_path / "instance.txt"
    text = FILES[read_tsplib][0].replace("TYPE: TSP\n", "TYPE:\tTSP\tby hand\n")
    file.write_text(text.replace("NODE_COORD_SECTION", "NODE_COORD_SECTION :\t"))
    assert read_tsplib(str(file)).tolist() == [[0, 3, 4], [3, 0, 5], [4, 5, 0]]


@pytest.mark.parametrize("stated", ["1234", "1234.5"])
def test_the_best_known_value_may_stand_beside_the_size(stated, tmp_path):
    file = tmp_path / "instance.txt"
    file.write_text(f"2 {stated}\n0 1\n1 0\n0 2\n2 0\n")
    assert plain(read_qaplib(str(file))) == [[[0, 1], [1, 0]], [[0, 2], [2, 0]]]
    file.write_text("2 0\n1 1 0\n0 2\n2 0\n")  # the numbers of the matrices, wherever lines end
    assert plain(read_qaplib(str(file))) == [[[0, 1], [1, 0]], [[0, 2], [2, 0]]]
    file.write_text("2 unknown\n0 1\n1 0\n0 2\n2 0\n")
    with pytest.raises(FormatError, match="line 1: expected a number, not 'unknown'"):
        read_qaplib(str(file))


@pytest.mark.parametrize("content", [b"EOF\n", b"\x1a", b"\r\r\x1a", b"\n eof \n"])
def test_a_file_that_only_ends_is_empty(content, tmp_path):
    file = tmp_path / "instance.txt"
    file.write_bytes(content)
    with pytest.raises(FormatError, match="the file is empty"):
        read_lines(str(file))
