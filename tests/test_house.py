"""The measures of the house, by hand."""

from __future__ import annotations

import pytest

from tests import house
from tests.source_files import LAYERS, sources

SOURCE = '''"""What it is for.

More of it.
"""

# A comment.
import os  # and one beside code


class Thing:
    """A docstring in one line."""

    text = """not a docstring,

    but code"""

    def call(self):
        "also one"
        return "# no comment"
'''


def test_code_is_neither_blank_nor_comment_nor_docstring():
    assert house.lines_of(SOURCE) == (6, 5)
    assert house.lines_of("") == (0, 0)
    assert house.lines_of("def f():\n    1 + 1\n") == (2, 0)


def test_the_parts_add_up_to_the_whole():
    whole = house.size(*house.PACKAGES)
    parts = [house.size(name) for name in house.PACKAGES]
    assert whole.code == sum(part.code for part in parts) > 10_000
    assert whole.docstrings == sum(part.docstrings for part in parts)
    assert whole.files == sum(part.files for part in parts)
    assert whole.longest == max(part.longest for part in parts)


def test_circles_are_seen():
    graph = {"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set(), "e": {"e"}}
    assert house.circles(graph) == [{"b", "c"}, {"e"}]


@pytest.mark.parametrize(
    ("graph", "expected"),
    [
        ({"a": set()}, 1),
        ({"a": set(), "b": set()}, 1),
        ({"a": {"b", "c"}, "b": {"c"}, "c": set()}, 3),
        ({"a": {"b"}, "b": {"c"}, "c": {"b"}}, 3),  # two in a circle, and one above
        ({"a": {"c"}, "b": {"c", "d"}, "c": {"e"}, "d": {"e"}, "e": set()}, 3),
    ],
)
def test_floors_are_the_longest_way_down(graph, expected):
    assert house.floors(graph) == expected


def test_rooms_are_the_folders_and_what_they_import():
    rooms = house.rooms("comparison")
    assert rooms["comparison.statistics"] == set()
    assert "comparison.statistics" in rooms["comparison.analysis"]
    assert not house.rooms("runner")


def test_imports_inside_functions_count_where_they_are_asked_for():
    files = sources(*LAYERS)
    on_import = house.import_graph(files, anywhere=False)
    anywhere = house.import_graph(files, anywhere=True)
    assert "studies.framework.command" in anywhere["runner"] - on_import["runner"]
    assert all(on_import[name] <= anywhere[name] for name in on_import)


def test_the_command_prints_a_line_for_each_package_and_room(capsys):
    house.main()
    lines = capsys.readouterr().out.splitlines()
    named = {line.split("  ")[0] for line in lines}
    assert {*house.PACKAGES, "comparison/results", "the four packages"} <= named
    assert "import circles on import: 0" in [line.rstrip() for line in lines]
