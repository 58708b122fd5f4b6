"""Names, groups and user files."""

import hashlib
import json
import math
import sys
from pathlib import Path

import pytest

from problems.naming.options import UnknownName, closest, resolve
from problems.naming.registry import Entry, Registry

REGISTRY = Registry(
    "thing",
    [
        Entry("square-root", "math:sqrt", aliases=("sqrt", "root"), groups=("roots", "all")),
        Entry("cube-root", "math:cbrt", groups=("roots", "all")),
        Entry("sine", "math:sin", groups=("all",)),
        Entry("mistyped", "math:sqtr"),
    ],
)


# --------------------------------------------------------------------------- names


@pytest.mark.parametrize("name", ["square-root", "sqrt", "root"])
def test_a_name_and_its_aliases_are_one_entry(name) -> None:
    entry = REGISTRY.entry(name)
    assert entry.name == "square-root"
    assert entry.load() is math.sqrt


def test_names_come_in_order_of_declaration() -> None:
    assert REGISTRY.names() == ["square-root", "cube-root", "sine", "mistyped"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("sqare-root", "unknown thing 'sqare-root'; did you mean 'square-root'?"),
        ("sqr", "unknown thing 'sqr'; did you mean 'sqrt'?"),
        ("xyzzy", "unknown thing 'xyzzy'; known: square-root, cube-root, sine, mistyped"),
        ("", "unknown thing ''; known: square-root, cube-root, sine, mistyped"),
        ("math:sqrt", "unknown thing 'math:sqrt'; did you mean 'sqrt'?"),
        ("file.py", "unknown thing 'file.py'; known: "),
        ("file.py:", "unknown thing 'file.py:'; known: "),
        ("file.py:not a name", "unknown thing 'file.py:not a name'"),
    ],
)
def test_an_unknown_name_offers_the_closest_or_all(name, message) -> None:
    with pytest.raises(UnknownName) as error:
        REGISTRY.entry(name)
    assert str(error.value).startswith(message)
    assert isinstance(error.value, ValueError)


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["roots"], ["square-root", "cube-root"]),
        (["sine", "roots"], ["sine", "square-root", "cube-root"]),
        (["root", "roots", "sqrt"], ["square-root", "cube-root"]),
        (["all"], ["square-root", "cube-root", "sine"]),
        ([], []),
    ],
)
def test_groups_expand_in_order_each_entry_once(names, found) -> None:
    assert [entry.name for entry in REGISTRY.expand(names)] == found


def test_an_unknown_group_is_an_unknown_name() -> None:
    with pytest.raises(UnknownName, match="unknown thing 'rots'"):
        REGISTRY.expand(["all", "rots"])


def test_a_missing_attribute_offers_the_closest() -> None:
    with pytest.raises(UnknownName, match=r"math has no 'sqtr'; did you mean 'sqrt'\?"):
        REGISTRY.entry("mistyped").load()


@pytest.mark.parametrize(
    ("name", "hint"), [("genetc", "; did you mean 'genetic'?"), ("zzz", ""), ("", "")]
)
def test_closest(name, hint) -> None:
    assert closest(name, ["genetic", "adam"]) == hint


# ---------------------------------------------------------------------- user files


@pytest.fixture
def user_file(tmp_path):
    """Return a function that writes a user's file; its module is forgotten afterwards."""
    modules, path = set(sys.modules), list(sys.path)

    def write(text: str, name: str = "mine.py"):
        file = tmp_path / name
        file.write_text(text)
        return file

    yield write
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        del sys.modules[name]


def test_a_thing_of_a_users_file_works_as_a_name(user_file) -> None:
    file = user_file("def twice(x):\n    return 2 * x\n")
    entry = REGISTRY.entry(f"{file}:twice")
    assert (entry.name, entry.family, entry.file) == ("mine.py:twice", "user", file)
    assert entry.load()(21) == 42


def test_a_users_file_may_be_named_relative_to_the_folder_or_home(user_file, monkeypatch) -> None:
    file = user_file("thing = 1\n")
    monkeypatch.chdir(file.parent)
    monkeypatch.setenv("HOME", str(file.parent))
    for path in ("mine.py", "./mine.py", "~/mine.py"):
        assert REGISTRY.entry(f"{path}:thing").target == f"{file.resolve()}:thing"


def test_a_users_file_is_run_once(user_file) -> None:
    file = user_file("class Thing: pass\n")
    loaded = [REGISTRY.entry(f"{file}:Thing").load() for _ in range(2)]
    assert loaded[0] is loaded[1]


def test_a_users_file_may_define_a_dataclass_and_import_its_neighbour(user_file) -> None:
    user_file("number = 7\n", "neighbour_of_mine.py")
    file = user_file(
        "from __future__ import annotations\n"
        "from dataclasses import dataclass\n"
        "import neighbour_of_mine\n"
        "@dataclass\n"
        "class Thing:\n"
        "    x: int = neighbour_of_mine.number\n"
    )
    assert REGISTRY.entry(f"{file}:Thing").load()().x == 7


def test_helpers_of_the_same_name_are_each_folders_own(tmp_path, user_file) -> None:
    for folder, number in (("one", 1), ("two", 2)):
        (tmp_path / folder).mkdir()
        user_file(f"number = {number}\n", f"{folder}/helper_of_mine.py")
        user_file("import helper_of_mine\nthing = helper_of_mine.number\n", f"{folder}/main.py")
    for folder, number in (("one", 1), ("two", 2), ("one", 1)):
        assert REGISTRY.entry(f"{tmp_path / folder / 'main.py'}:thing").load() == number


def test_two_files_of_a_folder_share_their_helper(user_file) -> None:
    user_file("class Base: pass\n", "helper_of_mine.py")
    files = [user_file("from helper_of_mine import Base\n", f"{name}.py") for name in "ab"]
    first, second = (REGISTRY.entry(f"{file}:Base").load() for file in files)
    assert first is second


def test_a_changed_file_is_run_again_and_so_is_a_changed_helper(user_file) -> None:
    helper = user_file("number = 1\n", "helper_of_mine.py")
    file = user_file("import helper_of_mine\nthing = helper_of_mine.number\n")
    entry = REGISTRY.entry(f"{file}:thing")
    digests = []
    for number in (1, 22, 333):
        helper.write_text(f"number = {number}\n")
        assert entry.load() == number
        digests.append(entry.digest())
    file.write_text("thing = 4\n")
    assert entry.load() == 4
    assert len({*digests, entry.digest()}) == 4


def test_a_users_folder_does_not_shadow_the_suite(user_file) -> None:
    user_file("raise RuntimeError('the wrong json')\n", "json.py")
    file = user_file("import json\nthing = json.dumps(1)\n")
    assert REGISTRY.entry(f"{file}:thing").load() == "1"
    library = str(Path(json.__file__).parent.parent)
    assert sys.path.index(library) < sys.path.index(str(file.parent))


def test_a_missing_file_is_said_at_once(tmp_path) -> None:
    with pytest.raises(ValueError, match=r"thing '.*none.py:x': there is no file .*none.py"):
        REGISTRY.entry(f"{tmp_path / 'none.py'}:x")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1 / 0\n", "ZeroDivisionError: division by zero"),
        ("import no_such_module_anywhere\n", "ModuleNotFoundError"),
        ("def f(:\n", "SyntaxError"),
        ("import sys\nsys.exit('done')\n", "SystemExit: done"),
    ],
)
def test_a_file_that_raises_is_a_readable_fault_each_time(user_file, text, why) -> None:
    file = user_file(text)
    for _ in range(2):  # a half-imported module must not be left behind
        with pytest.raises(ValueError, match=r"mine\.py raises on import: ") as error:
            REGISTRY.entry(f"{file}:f").load()
        assert why in str(error.value)


def test_a_file_that_lacks_the_name_offers_the_closest(user_file) -> None:
    file = user_file("def my_method(): pass\n_hidden = 1\n")
    with pytest.raises(UnknownName, match=r"mine.py has no 'my_metod'; did you mean 'my_method'"):
        REGISTRY.entry(f"{file}:my_metod").load()


def test_the_digest_is_that_of_the_file(user_file) -> None:
    file = user_file("thing = 1\n")
    entry = REGISTRY.entry(f"{file}:thing")
    first = entry.digest()
    assert first == hashlib.sha256(b"thing = 1\n").hexdigest()[:12]
    user_file("thing = 2\n")
    assert entry.digest() != first
    assert REGISTRY.entry("sine").digest() == ""


def test_annotations_for_type_checkers_only_do_not_hide_the_options(user_file) -> None:
    file = user_file(
        "from __future__ import annotations\n"
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n"
        "    from problems import Oracle\n"
        "def mine(oracle: Oracle, rng, *, step: float = 0.1): pass\n"
    )
    target = REGISTRY.entry(f"{file}:mine").load()
    assert resolve("mine", target, {"step": "0.5"}) == {"step": 0.5}
