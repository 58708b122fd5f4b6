"""A file is written as a person expects, at whatever stands at its path, and never by half."""

from __future__ import annotations

import os
import resource
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

import runner
from comparison.results.store import Store
from comparison.whole_file import write_whole
from tests.comparison.analysis.small import made, step
from tests.comparison.results.test_store import as_nobody

TEXT = "größer\n" * 1000


@pytest.fixture
def public_folder():
    """A folder that others may enter; pytest's own is closed to them."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)
        Path(folder).chmod(0o777)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_new_file_has_the_permissions_of_any_new_file(tmp_path):
    path, plain = tmp_path / "page", tmp_path / "plain"
    write_whole(path, TEXT)
    plain.touch()
    assert path.read_text(encoding="utf-8") == TEXT
    assert path.stat().st_mode == plain.stat().st_mode
    assert names(tmp_path) == ["page", "plain"]


def test_what_is_there_is_replaced_and_keeps_its_permissions(tmp_path):
    path = tmp_path / "page"
    path.write_text("before")
    path.chmod(0o640)
    write_whole(path, b"after")
    assert path.read_bytes() == b"after"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.parametrize("exists", [True, False])
def test_a_link_stays_one_and_what_it_leads_to_is_written(tmp_path, exists):
    (tmp_path / "there").mkdir()
    target, link = tmp_path / "there" / "page", tmp_path / "link"
    if exists:
        target.write_text("before")
    link.symlink_to("there/page")
    write_whole(link, "after")
    assert link.is_symlink()
    assert target.read_text() == "after"
    assert names(tmp_path / "there") == ["page"]


def test_a_pipe_is_written_to(tmp_path):
    path, read = tmp_path / "pipe", []
    os.mkfifo(path)
    reader = threading.Thread(target=lambda: read.append(path.read_bytes()))
    reader.start()
    write_whole(path, TEXT)
    reader.join()
    assert read == [TEXT.encode()]
    assert stat.S_ISFIFO(path.stat().st_mode)


@pytest.mark.parametrize("name", ["/dev/null", "/dev/fd/{}", "/proc/self/fd/{}"])
def test_a_device_is_written_to(tmp_path, name):
    with (tmp_path / "page").open("wb") as file:
        write_whole(name.format(file.fileno()), "after")
    assert (tmp_path / "page").read_text() == ("" if name == "/dev/null" else "after")


def test_a_full_device_is_told(tmp_path):
    link = tmp_path / "link"
    link.symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        write_whole(link, TEXT)
    assert link.is_symlink()


def test_a_full_disk_leaves_what_was_there_and_no_half(tmp_path):
    path = tmp_path / "page"
    path.write_text("before")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            write_whole(path, TEXT)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
    assert path.read_text() == "before"
    assert names(tmp_path) == ["page"]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("folder", "it is a folder"),
        ("no/such/page", "there is no folder no/such"),
        ("", "expected the name of a file"),
        ("a\0b", "expected the name of a file"),
        ("x" * 300, "too long"),
    ],
)
def test_where_there_can_be_no_file_it_says_why(tmp_path, monkeypatch, name, why):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError) as error:  # noqa: PT011 - the reason is compared below
        write_whole(name, TEXT)
    assert why in error.value.strerror
    assert names(tmp_path) == ["folder"]


def test_a_file_that_may_not_be_written_to_is_left_alone(public_folder):
    path = public_folder / "page"
    path.write_text("before")
    path.chmod(0o444)
    with as_nobody(), pytest.raises(PermissionError):
        write_whole(path, "after")
    assert path.read_text() == "before"


def test_a_file_that_may_be_written_to_is_so_in_a_folder_that_may_not(public_folder):
    path = public_folder / "page"
    path.write_text("before, and longer")
    path.chmod(0o666)
    public_folder.chmod(0o555)
    with as_nobody():
        write_whole(path, "after")
        with pytest.raises(PermissionError):
            write_whole(public_folder / "another", "after")
    assert path.read_text() == "after"


@pytest.fixture
def results(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with Store("results.sqlite") as store:
        store.add("key", "problem", made("genetic", step(1, 1.0)))
    return tmp_path


@pytest.mark.parametrize("name", ["-", "/dev/stdout"])
def test_a_page_to_standard_output_is_the_page_and_nothing_else(results, name):
    command = [sys.executable, runner.__file__, "report", "results.sqlite", "--output", name]
    with (results / "page.html").open("wb") as file:
        done = subprocess.run(command, stdout=file, stderr=subprocess.PIPE, text=True, check=True)
    page = (results / "page.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert page.rstrip().endswith("</html>")
    assert "opens in any browser" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["report", "results.sqlite", "--output", "folder"], "page folder: it is a folder"),
        (["report", "results.sqlite", "--output", "a/b"], "page a/b: No such file or directory"),
        (["report", "results.sqlite", "--figures", "file"], "figures in file: File exists"),
        (["export", "results.sqlite", "--format", "csv", "--to", "file"], "file: exists already"),
        (["export", "results.sqlite", "--format", "csv", "--to", "a/b"], "a/b: cannot be written"),
        (["hc", "--problem", "sphere", "--results", "-"], "results file -: a database is no"),
        (["hc", "--problem", "sphere", "--results", "folder"], "folder: unable to open: it is a"),
        (["hc", "--problem", "sphere", "--results", "a/b"], "a/b: unable to open database file"),
    ],
)
def test_what_cannot_be_written_is_told_in_one_line(results, capsys, arguments, why):
    (results / "folder").mkdir()
    (results / "file").touch()
    with pytest.raises(SystemExit) as end:
        runner.main(arguments)
    assert end.value.code == 2
    err = capsys.readouterr().err
    assert why in err
    assert err.count("\n") == 1
