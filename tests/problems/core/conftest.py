"""The clock that tests of the oracle turn by hand."""

import pytest

from tests.problems.toys import Clock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)
