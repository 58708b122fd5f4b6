"""What the tests of all commands share."""

from __future__ import annotations

import pytest

import runner


@pytest.fixture
def call(capfd, tmp_path, monkeypatch):
    """Run the command line in this process, in a folder of its own, its workers in theirs."""
    monkeypatch.chdir(tmp_path)

    def called(*arguments):
        capfd.readouterr()
        try:
            code = runner.main([*map(str, arguments)])
        except SystemExit as end:
            code = end.code
        return code, *capfd.readouterr()

    return called
