"""The house rules that a reader relies on, read from the code with `ast`."""

from __future__ import annotations

import ast
import importlib
import inspect
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

#: Imports run down this list only.
LAYERS = ("problems", "methods", "comparison", "studies", "runner")
DOCUMENTED = ("problems", "methods", "comparison", "studies")
#: Slow to import, or an adapter's own affair.
HEAVY = {
    *(
        "altair",
        "cma",
        "deap",
        "gymnasium",
        "highspy",
        "jinja2",
        "pandas",
        "pulp",
        "scipy",
        "torch",
    ),
    "vl_convert",
}
#: Environments subclass gymnasium's, models torch's; their files are imported where one is built.
AT_MODULE_LEVEL = {
    "problems/core/environment.py": {"gymnasium"},
    "problems/next_token/reward_policy.py": {"gymnasium"},
    "problems/next_token/transformer_model.py": {"torch"},
}


def sources(*packages: str) -> list[Path]:
    files = [file for package in packages for file in (ROOT / package).rglob("*.py")]
    files += [ROOT / f"{name}.py" for name in packages if (ROOT / f"{name}.py").is_file()]
    return sorted(files)


def name_of(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def module_of(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def each(files: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("file", files, ids=name_of)


def imported(node: ast.AST) -> list[str]:
    """Return the modules that an import statement may load, ``from a import b`` as a and a.b."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"line {node.lineno}: imports are absolute"
        assert node.module is not None
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


def all_imports(file: Path) -> list[str]:
    return [name for node in ast.walk(ast.parse(file.read_text())) for name in imported(node)]


def imports_on_import(file: Path) -> list[str]:
    """Return what is imported when the file is: not in functions, not for the type checker."""
    found: list[str] = []

    def visit(node: ast.AST) -> None:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            return
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            for child in node.orelse:
                visit(child)
            return
        found.extend(imported(node))
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(ast.parse(file.read_text()))
    return found


# ------------------------------------------------------------------------- layers


#: The files of methods/ that are no methods: they have the names of all, or run one.
NAMES_AND_RUNS = ("run.py", "result.py", "provenance.py", "chain.py", "catalogue.py", "__init__.py")


def test_the_rules_see_the_code():
    seen = {name_of(file) for file in sources(*LAYERS)}
    assert {
        "runner.py",
        "problems/core/space.py",
        "methods/run.py",
        "comparison/running/grid.py",
    } <= seen
    assert len(seen) > 40


@each(sources(*LAYERS))
def test_imports_run_one_way(file):
    own = module_of(file).partition(".")[0]
    for name in all_imports(file):
        package = name.partition(".")[0]
        if package in LAYERS:
            assert LAYERS.index(package) <= LAYERS.index(own), f"{own} imports {name}"


@each(sources(*LAYERS))
def test_nothing_depends_on_tests_or_benchmarks(file):
    assert not {name.partition(".")[0] for name in all_imports(file)} & {"tests", "benchmarks"}


@each([f for f in sources("methods") if f.name not in NAMES_AND_RUNS])
def test_a_method_knows_nothing_but_the_core_of_problems(file):
    tree = ast.parse(file.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            known = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            known = [node.module]
        else:
            continue
        for name in known:
            if name.partition(".")[0] == "problems":
                assert name.startswith("problems.core."), f"{name_of(file)} imports {name}"


@each([f for f in sources("methods") if f.name not in NAMES_AND_RUNS])
def test_a_method_knows_no_other_method(file):
    own = {name for name in all_imports(file) if name.startswith("methods.")}
    assert all(name.startswith("methods.shared") for name in own), own


@each(sources(*LAYERS))
def test_heavy_libraries_are_imported_where_they_are_used(file):
    loaded = {name.partition(".")[0] for name in imports_on_import(file)}
    assert loaded & HEAVY <= AT_MODULE_LEVEL.get(name_of(file), set())


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


# -------------------------------------------------------------------------- house


@each(sources(*LAYERS, "tests", "benchmarks"))
def test_no_file_is_a_drawer(file):
    assert file.stem not in ("utils", "util", "helpers", "misc", "common")


def test_the_packages_are_those_that_are_built():
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    found = {module_of(f) for f in sources(*LAYERS) if f.name == "__init__.py"}
    assert set(listed) == found


def public(name: str) -> bool:
    return not name.startswith("_")


@each([f for f in sources(*DOCUMENTED) if public(f.stem) or f.stem == "__init__"])
def test_whatever_is_public_has_a_docstring(file):
    tree = ast.parse(file.read_text())
    assert ast.get_docstring(tree), "the module has none"
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    for node in tree.body:
        if isinstance(node, kinds) and public(node.name):
            assert ast.get_docstring(node), f"{node.name}, line {node.lineno}, has none"


@each([f for f in sources(*DOCUMENTED) if public(f.stem)])
def test_public_methods_have_a_docstring_or_inherit_one(file):
    for extra in AT_MODULE_LEVEL.get(name_of(file), ()):
        pytest.importorskip(extra)
    module = importlib.import_module(module_of(file))
    for cls in vars(module).values():
        if not (
            inspect.isclass(cls) and cls.__module__ == module.__name__ and public(cls.__name__)
        ):
            continue
        described = " ".join(base.__doc__ or "" for base in cls.__mro__)
        for name, member in vars(cls).items():
            if public(name) and (inspect.isfunction(member) or isinstance(member, property)):
                documented = inspect.getdoc(getattr(cls, name)) or name in described
                assert documented, f"{cls.__name__}.{name} has none"


@each(sources(*LAYERS))
def test_user_input_is_not_checked_with_assert(file):
    """``python -O`` drops assertions; those that help the type checker compare with None."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Assert):
            assert "None" in ast.unparse(node.test), f"line {node.lineno}"
