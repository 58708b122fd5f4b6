"""What a reader of the files relies on: their names, lengths and docstrings, and nothing stray."""

from __future__ import annotations

import ast
import importlib
import inspect
import subprocess
import tomllib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import PurePosixPath

import pytest

from tests.source_files import LAYERS, ROOT, module_of, name_of, sources, tree_of
from tests.test_architecture import AT_MODULE_LEVEL

DOCUMENTED = ("problems", "methods", "comparison", "studies")
LONGEST = 300
#: Source files that are longer today. Only to be shortened.
TOO_LONG: set[str] = set()

#: What a repository of source is made of, by the ends of names; figures only where docs show them.
TEXTS = {".py", ".md", ".toml", ".txt", ".html", ".css", ".js", ".csv", ".json", ".yml", ".yaml"}
WITHOUT_AN_END = {".gitignore", ".gitattributes", ".ci/run", "LICENSE"}
FIGURES = {".png", ".svg"}


def public(name: str) -> bool:
    return not name.startswith("_")


def test_no_file_is_a_drawer():
    drawers = ("utils", "util", "helpers", "misc", "common")
    files = sources(*LAYERS, "tests", "benchmarks")
    assert not [name_of(file) for file in files if file.stem in drawers]


def test_no_source_file_is_too_long():
    lengths = {
        name_of(file): len(file.read_text(encoding="utf-8").splitlines())
        for file in sources(*LAYERS)
    }
    offenders = {name for name, lines in lengths.items() if lines > LONGEST}
    assert not {name: lengths[name] for name in offenders - TOO_LONG}
    assert not TOO_LONG - offenders, "no longer too long; take them from TOO_LONG"


def test_the_packages_are_those_that_are_built():
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    packages = {module_of(file) for file in sources(*LAYERS) if file.name == "__init__.py"}
    assert set(listed) == packages


def stray(tracked: str) -> bool:
    """Whether a tracked file is none that a repository of source is made of."""
    path = PurePosixPath(tracked)
    if path.suffix in FIGURES:
        return not path.is_relative_to("docs/figures")
    return path.suffix not in TEXTS and tracked not in WITHOUT_AN_END


@pytest.mark.parametrize(
    ("tracked", "is_stray"),
    [
        ("beyond_gradient-0.1.0-py3-none-any.whl", True),
        ("comparison.sqlite", True),
        ("docs/figure.png", True),
        ("docs/figures/quality.png", False),
        ("comparison/report/page.js", False),
        ("notes", True),
        ("LICENSE", False),
    ],
)
def test_a_stray_file_is_told_from_source(tracked, is_stray):
    assert stray(tracked) is is_stray


def test_no_binary_or_stray_file_is_tracked():
    if not (ROOT / ".git").exists():
        pytest.skip("these files are no git repository")
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
        )
    except (FileNotFoundError, subprocess.CalledProcessError) as error:
        pytest.skip(f"git lists no files: {error}")
    tracked = [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
    assert not [name for name in tracked if stray(name)]
    texts = [name for name in tracked if PurePosixPath(name).suffix not in FIGURES]
    assert not [name for name in texts if b"\0" in (ROOT / name).read_bytes()]


def undocumented() -> Iterator[str]:
    """Yield the modules and what is public at their top that have no docstring."""
    for file in sources(*DOCUMENTED):
        if not (public(file.stem) or file.stem == "__init__"):
            continue
        if not ast.get_docstring(tree_of(file)):
            yield name_of(file)
        for node in tree_of(file).body:
            if (
                isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
                and public(node.name)
                and not ast.get_docstring(node)
            ):
                yield f"{name_of(file)}:{node.lineno} {node.name}"


def test_whatever_is_public_has_a_docstring():
    assert not [*undocumented()]


def undocumented_methods(cls: type) -> Iterator[str]:
    """Yield a class's public methods without a docstring that no base has or mentions."""
    described = " ".join(base.__doc__ or "" for base in cls.__mro__)
    for name, member in vars(cls).items():
        if (
            public(name)
            and (inspect.isfunction(member) or isinstance(member, property))
            and not (inspect.getdoc(getattr(cls, name)) or name in described)
        ):
            yield f"{cls.__module__}.{cls.__name__}.{name}"


def test_public_methods_have_a_docstring_or_inherit_one():
    offenders = []
    for file in sources(*DOCUMENTED):
        # A file that needs an extra is looked at where that is installed.
        if not public(file.stem) or not all(map(find_spec, AT_MODULE_LEVEL.get(name_of(file), ()))):
            continue
        module = importlib.import_module(module_of(file))
        for cls in vars(module).values():
            if inspect.isclass(cls) and cls.__module__ == module.__name__ and public(cls.__name__):
                offenders += undocumented_methods(cls)
    assert not offenders


def test_user_input_is_not_checked_with_assert():
    """``python -O`` drops assertions; those that help the type checker compare with None."""
    offenders = [
        f"{name_of(file)}:{node.lineno}"
        for file in sources(*LAYERS)
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Assert) and "None" not in ast.unparse(node.test)
    ]
    assert not offenders
