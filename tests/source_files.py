"""The source files of the suite, and what each imports, read with `ast`."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

#: Imports run down this list only.
LAYERS = ("problems", "methods", "comparison", "studies", "runner")


@cache
def sources(*packages: str) -> tuple[Path, ...]:
    """Return the Python files of packages, or of modules in the root."""
    files = [file for package in packages for file in (ROOT / package).rglob("*.py")]
    files += [ROOT / f"{name}.py" for name in packages if (ROOT / f"{name}.py").is_file()]
    return tuple(sorted(files))


def name_of(file: Path) -> str:
    """Return a file's path from the root."""
    return file.relative_to(ROOT).as_posix()


def module_of(file: Path) -> str:
    """Return the name by which a file is imported."""
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree_of(file: Path) -> ast.Module:
    """Return a file's syntax tree."""
    return ast.parse(file.read_text(encoding="utf-8"))


def imported(node: ast.AST) -> list[str]:
    """Return the modules that an import statement may load, ``from a import b`` as a and a.b."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"line {node.lineno}: imports are absolute"
        assert node.module is not None
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


@cache
def all_imports(file: Path) -> frozenset[str]:
    """Return all that a file imports, wherever it does."""
    return frozenset(name for node in ast.walk(tree_of(file)) for name in imported(node))


@cache
def imports_on_import(file: Path) -> frozenset[str]:
    """Return what is imported when the file is: not in functions, not for the type checker."""
    names: list[str] = []

    def visit(node: ast.AST) -> None:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            return
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            for child in node.orelse:
                visit(child)
            return
        names.extend(imported(node))
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(tree_of(file))
    return frozenset(names)
