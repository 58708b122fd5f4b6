"""What the tests of survival compare with."""

from __future__ import annotations

from time import monotonic

import pytest

from tests.survival.comparisons import COMPARISON, QUICK, finished, start


@pytest.fixture(scope="package")
def undisturbed(tmp_path_factory):
    """The table of a comparison that nothing happened to, and how long it took."""
    began = monotonic()
    rows = finished(start(tmp_path_factory.mktemp("undisturbed"), *COMPARISON))
    return rows, monotonic() - began


@pytest.fixture(scope="package")
def quick(tmp_path_factory):
    """The table of the quick comparison that nothing happened to."""
    return finished(start(tmp_path_factory.mktemp("quick"), *QUICK))
