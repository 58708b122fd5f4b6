"""The matrix of methods and problems is whole on narrow screens too."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from comparison.matrix import print_matrix
from methods import METHODS
from problems import PROBLEMS


@pytest.mark.parametrize("width", [100, 160])
def test_no_cell_is_cut_off(width) -> None:
    out = io.StringIO()
    print_matrix(Console(file=out, width=width, highlight=False))
    text = out.getvalue()
    assert "…" not in text
    heads = [line.split() for line in text.splitlines() if line.startswith("method (aliases)")]
    shown = [name for head in heads for name in head[3:]]
    assert shown == sorted(PROBLEMS.names(), key=_family)
    for method in METHODS.names():
        assert sum(line.split(" ")[0] == method for line in text.splitlines()) == len(heads)


def _family(name: str) -> int:
    families = list(dict.fromkeys(PROBLEMS.entry(n).family for n in PROBLEMS.names()))
    return families.index(PROBLEMS.entry(name).family)
