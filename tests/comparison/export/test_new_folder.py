"""An export is whole or not there, and overwrites nothing."""

from __future__ import annotations

import errno
import os
import re

import pytest

from comparison.export.new_folder import file_names, new_folder


def test_a_folder_appears_when_it_is_whole(tmp_path):
    with new_folder(tmp_path / "out") as folder:
        (folder / "a.txt").write_text("whole")
        assert not (tmp_path / "out").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out" / "a.txt").read_text() == "whole"


def write_into(path, failure=None):
    with new_folder(path) as folder:
        (folder / "a.txt").write_text("half")
        if failure is not None:
            raise failure


@pytest.mark.parametrize("kind", ["folder", "file", "dangling link"])
def test_what_exists_is_named_and_left_alone(tmp_path, kind):
    path = tmp_path / "out"
    if kind == "folder":
        path.mkdir()
    elif kind == "file":
        path.write_text("mine")
    else:
        path.symlink_to("nowhere")
    with pytest.raises(ValueError, match=re.escape(f"{path}: exists already")):
        write_into(path)
    assert [found.name for found in tmp_path.iterdir()] == ["out"]
    assert kind != "file" or path.read_text() == "mine"


@pytest.mark.parametrize("failure", [RuntimeError("no"), KeyboardInterrupt()], ids=repr)
def test_a_failure_leaves_nothing(tmp_path, failure):
    with pytest.raises(type(failure)):
        write_into(tmp_path / "out", failure)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_in_one_line_that_names_the_folder(tmp_path):
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with pytest.raises(ValueError, match="out: cannot be written: No space left on device"):
        write_into(tmp_path / "out", full)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_a_folder_that_is_missing_is_refused(tmp_path):
    with pytest.raises(ValueError, match="missing/out: cannot be written: No such file"):
        write_into(tmp_path / "missing" / "out")


def test_names_of_files_are_safe_distinct_and_short():
    labels = ["a", "A", "a", "../../x", "", "é", "=1", "b.dat", "x" * 500, "x" * 501]
    names = file_names(labels)
    assert list(names) == list(dict.fromkeys(labels))
    assert len({name.lower() for name in names.values()}) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9=+@_-]{1,90}", name) for name in names.values())
    assert names["a"] == "a"
