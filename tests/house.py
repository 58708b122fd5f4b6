"""Measure the house: its code, its docstrings, and how its files import each other.

``python -m tests.house`` prints the numbers that `tests.test_house_rules` holds to their bars.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.source_files import all_imports, imports_on_import, module_of, name_of, sources

PACKAGES = ("problems", "methods", "comparison", "studies")
#: What has a docstring.
DOCUMENTED = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Size:
    """Lines of some files: of code, of docstrings, and of the longest file with all it has."""

    files: int
    code: int
    docstrings: int
    longest: int

    @property
    def share(self) -> float:
        """The share of docstrings in the lines of code and docstrings."""
        return self.docstrings / (self.code + self.docstrings)


@cache
def size(*packages: str) -> Size:
    """Return the size of packages, or of modules in the root."""
    files = sources(*packages)
    texts = [file.read_text(encoding="utf-8") for file in files]
    counts = [lines_of(text) for text in texts]
    return Size(
        files=len(files),
        code=sum(code for code, _ in counts),
        docstrings=sum(docstrings for _, docstrings in counts),
        longest=max(len(text.splitlines()) for text in texts),
    )


@cache
def lines_of(text: str) -> tuple[int, int]:
    """Count the lines of code and those of docstrings; blank ones and comments are neither."""
    documented = {
        number
        for node in ast.walk(ast.parse(text))
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None
        for number in range(node.body[0].lineno, node.body[0].end_lineno + 1)
    }
    lines = [line.strip() for line in text.splitlines()]
    written = {i for i, line in enumerate(lines, start=1) if line and not line.startswith("#")}
    return len(written - documented), len({i for i in documented if lines[i - 1]})


def import_graph(files: Iterable[Path], *, anywhere: bool) -> dict[str, frozenset[str]]:
    """Return which modules each module imports: when it is imported, or anywhere in it."""
    names = {module_of(file) for file in files}
    imports = all_imports if anywhere else imports_on_import
    return {module_of(file): imports(file) & names - {module_of(file)} for file in files}


def circles(graph: Mapping[str, Set[str]]) -> list[set[str]]:
    """Return the groups of modules that import each other, however far round (Tarjan, 1972)."""
    index: dict[str, int] = {}
    lowest: dict[str, int] = {}
    open_modules: list[str] = []
    groups: list[set[str]] = []

    def visit(module: str) -> None:
        index[module] = lowest[module] = len(index)
        open_modules.append(module)
        for other in sorted(graph[module]):
            if other not in index:
                visit(other)
                lowest[module] = min(lowest[module], lowest[other])
            elif other in open_modules:
                lowest[module] = min(lowest[module], index[other])
        if lowest[module] == index[module]:
            start = open_modules.index(module)
            group = set(open_modules[start:])
            del open_modules[start:]
            if len(group) > 1 or module in graph[module]:
                groups.append(group)

    for module in sorted(graph):
        if module not in index:
            visit(module)
    return groups


def rooms(package: str) -> dict[str, set[str]]:
    """Return which other folders of a package each of its folders imports from, anywhere."""
    inner = {module_of(file) for file in sources(package) if file.name == "__init__.py"} - {package}
    graph: dict[str, set[str]] = {room: set() for room in inner}
    for module, imported in import_graph(sources(package), anywhere=True).items():
        for room in inner & {module, module.rpartition(".")[0]}:
            graph[room] |= inner & {name.rpartition(".")[0] for name in imported} - {room}
    return graph


def floors(graph: Mapping[str, Set[str]]) -> int:
    """Return how many rooms stand above each other: those of the longest way down the imports.

    Rooms that import each other stand above each other in any order.
    """
    together = {room: frozenset(group) for group in circles(graph) for room in group}
    group_of = {room: together.get(room, frozenset({room})) for room in graph}

    @cache
    def height(group: frozenset[str]) -> int:
        below = {group_of[other] for room in group for other in graph[room]} - {group}
        return len(group) + max(map(height, below), default=0)

    return max(map(height, group_of.values()))


def main() -> None:
    """Print the sizes of the packages and of the rooms of comparison/, and the imports."""
    print(f"{'':26} {'files':>6} {'code':>7} {'docstrings':>10} {'share':>6} {'longest':>8}")
    inside = [room.replace(".", "/") for room in sorted(rooms("comparison"))]
    for name in (*PACKAGES, *inside, "runner", "tests"):
        _print_size(name, size(name))
    _print_size("the four packages", size(*PACKAGES))
    files = sources(*PACKAGES, "runner")
    for where, anywhere in (("on import", False), ("anywhere", True)):
        found = circles(import_graph(files, anywhere=anywhere))
        print(f"import circles {where}: {len(found)} {[sorted(group) for group in found] or ''}")
    print(f"floors of comparison/: {floors(rooms('comparison'))}")
    longest = max(files, key=lambda file: len(file.read_text(encoding="utf-8").splitlines()))
    print(f"longest source file: {name_of(longest)}")


def _print_size(name: str, of: Size) -> None:
    print(
        f"{name:26} {of.files:6,} {of.code:7,} {of.docstrings:10,} {of.share:6.1%} {of.longest:8,}"
    )


if __name__ == "__main__":
    main()
