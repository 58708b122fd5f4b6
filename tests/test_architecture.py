"""Which file may import which, read from the code: a rule is a test, which names all offenders."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from tests.house import circles, floors, import_graph, rooms
from tests.source_files import (
    LAYERS,
    ROOT,
    all_imports,
    imports_on_import,
    module_of,
    name_of,
    sources,
    tree_of,
)

#: Slow to import, or an adapter's own affair.
HEAVY = {
    *(
        "altair",
        "cma",
        "deap",
        "gymnasium",
        "highspy",
        "jinja2",
        "nevergrad",
        "optuna",
        "pandas",
        "pulp",
        "pymoo",
        "scipy",
        "torch",
    ),
    "vl_convert",
}
#: Environments subclass gymnasium's, models torch's; their files are imported where one is built.
AT_MODULE_LEVEL = {
    "problems/core/environment.py": {"gymnasium"},
    "problems/next_token/reward_policy.py": {"gymnasium"},
    "problems/pretrained/speller_policy.py": {"gymnasium"},
    "problems/next_token/transformer_decoder.py": {"torch"},
    "problems/next_token/transformer_model.py": {"torch"},
}
#: The files of methods/ that are no methods: they have the names of all, or run one.
NAMES_AND_RUNS = ("run.py", "result.py", "provenance.py", "chain.py", "catalogue.py", "__init__.py")
METHOD_FILES = [file for file in sources("methods") if file.name not in NAMES_AND_RUNS]

#: Which rooms of comparison/ a room may import, as docs and design draw them.
ROOMS: dict[str, set[str]] = {
    "statistics": set(),
    "results": set(),
    "analysis": {"statistics", "results"},
    "figures": {"analysis", "statistics", "results"},
    "report": {"figures", "analysis", "statistics", "results"},
    "terminal": {"figures", "analysis", "statistics", "results"},
    "export": {"figures", "analysis", "statistics", "results"},
    "running": {"results"},
    "contract": {"running", "results"},
}
#: How many rooms of comparison/ may stand above each other.
FLOORS = 5


def against_the_rooms() -> set[tuple[str, str]]:
    """Return which modules of comparison/ import a room that theirs may not."""
    offenders = set()
    for file in sources("comparison"):
        own = room_of(module_of(file))
        for room in map(room_of, all_imports(file)):
            if own is not None and room is not None and room not in ROOMS[own] | {own}:
                offenders.add((module_of(file), room))
    return offenders


def room_of(module: str) -> str | None:
    """Return the room of comparison/ that a module is in, if it is in one."""
    package, _, rest = module.partition(".")
    room = rest.partition(".")[0]
    return room if package == "comparison" and room in ROOMS else None


def test_the_rules_see_the_code():
    seen = {name_of(file) for file in sources(*LAYERS)}
    assert {
        "runner.py",
        "problems/core/space.py",
        "methods/run.py",
        "comparison/running/grid.py",
    } <= seen
    assert len(seen) > 40


def test_imports_run_one_way():
    offenders = [
        f"{name_of(file)} imports {name}"
        for file in sources(*LAYERS)
        for name in sorted(all_imports(file))
        if (package := name.partition(".")[0]) in LAYERS
        and LAYERS.index(package) > LAYERS.index(module_of(file).partition(".")[0])
    ]
    assert not offenders


def test_nothing_depends_on_tests_or_benchmarks():
    offenders = [
        f"{name_of(file)} imports {name}"
        for file in sources(*LAYERS)
        for name in sorted(all_imports(file))
        if name.partition(".")[0] in ("tests", "benchmarks")
    ]
    assert not offenders


def test_the_rooms_are_those_of_comparison():
    folders = {file.parent.name for file in sources("comparison") if file.name == "__init__.py"}
    assert folders - {"comparison"} == set(ROOMS)


def test_the_rooms_of_comparison_import_one_way():
    assert not against_the_rooms()


def test_no_modules_import_each_other_not_even_inside_functions():
    assert not circles(import_graph(sources(*LAYERS), anywhere=True))


def test_comparison_has_few_floors():
    assert floors(rooms("comparison")) <= FLOORS


def test_a_method_knows_nothing_but_the_core_of_problems():
    offenders = []
    for file in METHOD_FILES:
        for node in ast.walk(tree_of(file)):
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                modules = [node.module or ""]
            else:
                continue
            offenders += [
                f"{name_of(file)} imports {name}"
                for name in modules
                if name.partition(".")[0] == "problems" and not name.startswith("problems.core.")
            ]
    assert not offenders


def test_a_method_knows_no_other_method():
    offenders = [
        f"{name_of(file)} imports {name}"
        for file in METHOD_FILES
        for name in sorted(all_imports(file))
        if name.startswith("methods.") and not name.startswith("methods.shared")
    ]
    assert not offenders


def test_heavy_libraries_are_imported_where_they_are_used():
    offenders = []
    for file in sources(*LAYERS):
        loaded = {name.partition(".")[0] for name in imports_on_import(file)}
        allowed = AT_MODULE_LEVEL.get(name_of(file), set())
        offenders += [f"{name_of(file)} imports {name}" for name in (loaded & HEAVY) - allowed]
    assert not offenders


def test_the_exceptions_are_still_needed():
    for name, libraries in AT_MODULE_LEVEL.items():
        loaded = {module.partition(".")[0] for module in imports_on_import(ROOT / name)}
        assert libraries <= loaded


@pytest.mark.parametrize(
    "module",
    ["problems", "methods", "comparison.running.grid", "comparison.terminal.table", "runner"],
)
def test_importing_loads_no_heavy_library(module):
    code = f"import sys, {module}; print(*sorted({HEAVY!r} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
