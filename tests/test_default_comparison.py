"""What the default comparison shows as a whole."""

from __future__ import annotations

import pytest

from comparison import load
from comparison.analysis.below_random import below_random
from comparison.analysis.rows import rows
from tests.command_line import RESULTS, command


@pytest.mark.slow
def test_no_method_of_the_default_comparison_is_significantly_worse_than_random_search(tmp_path):
    made = command("--seeds", "7", "--results", RESULTS, folder=tmp_path, timeout=900)
    assert made.returncode == 0, made.stderr
    table = rows(load(tmp_path / RESULTS))
    assert len({row.problem for row in table}) == 4
    assert below_random(table) == []
    assert "worse than random-search" not in made.stdout
    assert "cannot show" not in made.stdout
