"""Where the files of a distribution are, and what is said where they are not."""

from __future__ import annotations

import sys

import pytest

from problems.naming.extra import MissingExtra
from problems.pretrained.installed import installed_file


def test_a_file_is_read_and_its_package_is_not_imported():
    assert installed_file("g2p-en", "g2p_en/checkpoint20.npz").stat().st_size > 3_000_000
    assert "g2p_en" not in sys.modules


@pytest.mark.parametrize(
    ("name", "path", "message"),
    [
        ("no-such-distribution", "x", "no-such-distribution is not installed: pip install"),
        ("g2p-en", "g2p_en/other.npz", "g2p-en has no file g2p_en/other.npz: pip install"),
    ],
)
def test_what_is_not_there_says_what_to_type(name, path, message):
    with pytest.raises(MissingExtra, match=message):
        installed_file(name, path)
