"""What a method imports is imported before its run: `Entry.preload`."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import problems
from methods import METHODS, minimize
from problems.naming.registry import Entry

#: Methods that declare the same imports, which one process can check.
ALIKE: dict[tuple[str, ...], list[str]] = {}
for _name in METHODS.names():
    ALIKE.setdefault(METHODS.entry(_name).imports, []).append(_name)

#: A library's own hook, which it imports beside its profiler.
HOOKS = {"torch.profiler._cupti_monitor"}

CODE = """
import contextlib, json, sys
import problems
from methods import METHODS, minimize
from problems import Unsupported

names = json.loads(sys.argv[1])
made = [
    problems.make(name, **problems.PROBLEMS.entry(name).small)
    for name in ("sphere", "g06", "knapsack", "next-token-table")
]
for problem in made:
    problem.reference, problem.anchors
for name in names:
    METHODS.entry(name).preload()
before = set(sys.modules)
for problem in made:
    for name in names:
        with contextlib.suppress(Unsupported, ValueError):
            minimize(problem, name, budget=100, seconds=5)
print(json.dumps(sorted(set(sys.modules) - before)))
"""


@pytest.mark.parametrize("names", ALIKE.values(), ids=lambda names: names[0])
def test_a_run_after_preload_imports_no_library(names) -> None:
    usable = [name for name in names if not METHODS.entry(name).missing]
    answer = subprocess.run(
        [sys.executable, "-c", CODE, json.dumps(usable)],
        capture_output=True,
        text=True,
        check=True,
    )
    imported = set(json.loads(answer.stdout)) - HOOKS
    own = {"methods", "problems", "__mp_main__"} | set(sys.stdlib_module_names)
    assert [name for name in imported if name.partition(".")[0] not in own] == []


def test_a_chain_preloads_its_methods_and_no_users_file(tmp_path) -> None:
    file = tmp_path / "mine.py"
    file.write_text("raise RuntimeError('imported')")
    chain = METHODS.entry(f"best-of-n@100+{file}:mine+nelder-mead")
    assert chain.imports == ("scipy.special", "scipy.optimize")
    chain.preload()
    assert "scipy.optimize" in sys.modules


def test_what_is_not_installed_is_left_out() -> None:
    Entry("some", "math:sqrt", imports=("no_such_library", "json")).preload()


@pytest.mark.parametrize("by", ["name", "function"])
def test_a_run_is_preloaded_before_its_clocks_begin(monkeypatch, by) -> None:
    from methods.genetic import genetic
    from methods.run import Oracle

    happened = []

    def made(*arguments):
        happened.append("oracle")
        return Oracle(*arguments)

    monkeypatch.setattr(Entry, "preload", lambda entry: happened.append(entry.name))
    monkeypatch.setattr("methods.run.Oracle", made)
    minimize(problems.make("onemax", n=6), "ga" if by == "name" else genetic, budget=10)
    assert happened == ["genetic", "oracle"]


def test_what_a_library_warns_of_as_it_is_imported_is_not_shown(tmp_path, monkeypatch, recwarn):
    (tmp_path / "cannot_plot.py").write_text("import warnings; warnings.warn('no plots')")
    monkeypatch.syspath_prepend(tmp_path)
    Entry("mine", "methods.random_search:random_search", imports=("cannot_plot",)).preload()
    assert "cannot_plot" in sys.modules
    assert not recwarn.list
