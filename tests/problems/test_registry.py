"""Names, groups, user files, and options read from signatures."""

import hashlib
import json
import math
import sys
from pathlib import Path
from typing import Literal, Optional

import numpy as np
import pytest

from problems.registry import (
    Entry,
    Option,
    OptionError,
    Registry,
    UnknownName,
    closest,
    options_of,
    parse,
    require_choice,
    resolve,
)

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


# ------------------------------------------------------------------------- options


def method(oracle, rng, *, population: int = 50, rate: float | None = None, plain=3):
    pass


class Base:
    def __init__(self, *, size: int = 5, colour: str = "red", instance: int = 0) -> None:
        pass


class Derived(Base):
    def __init__(self, *, depth: float = 1.5, colour: str = "blue", **options) -> None:
        super().__init__(colour=colour, **options)


class Heir(Derived):
    pass


class Closed(Base):
    def __init__(self, *, depth: int = 1) -> None:
        super().__init__()


def test_options_of_a_function_are_its_keyword_only_arguments() -> None:
    assert options_of(method) == {
        "population": Option("population", int, 50),
        "rate": Option("rate", float | None, None),
        "plain": Option("plain", None, 3),
    }


@pytest.mark.parametrize(
    ("cls", "defaults"),
    [
        (Base, {"size": 5, "colour": "red"}),
        (Derived, {"depth": 1.5, "colour": "blue", "size": 5}),
        (Heir, {"depth": 1.5, "colour": "blue", "size": 5}),
        (Closed, {"depth": 1}),
        (object, {}),
    ],
)
def test_options_of_a_class_reach_as_far_as_it_hands_them_on(cls, defaults) -> None:
    assert {o.name: o.default for o in options_of(cls).values()} == defaults
    assert resolve("it", cls, {}) == defaults


def test_resolve_parses_what_is_given_and_fills_in_the_rest() -> None:
    given = {"population": "7", "rate": "0.5"}
    assert resolve("ga", method, given) == {"population": 7, "rate": 0.5, "plain": 3}


@pytest.mark.parametrize(
    ("target", "option", "message"),
    [
        (method, "populaton", "ga has no option 'populaton'; did you mean 'population'?"),
        (method, "xyz", "ga has no option 'xyz'; it has population, rate, plain"),
        (object, "xyz", "ga has no option 'xyz'; it has none"),
        (Base, "instance", "ga has no option 'instance'; it has size, colour"),
        (Closed, "size", "ga has no option 'size'; it has depth"),
    ],
)
def test_an_unknown_option_offers_the_closest_or_all(target, option, message) -> None:
    with pytest.raises(UnknownName) as error:
        resolve("ga", target, {option: 1})
    assert str(error.value) == message


def test_a_wrong_value_names_the_option() -> None:
    with pytest.raises(OptionError, match=r"^ga\.population=many: expected a whole number$"):
        resolve("ga", method, {"population": "many"})


def test_an_option_without_a_default_must_be_given() -> None:
    def needs(oracle, rng, *, path: str):
        pass

    assert resolve("it", needs, {"path": "x"}) == {"path": "x"}
    with pytest.raises(ValueError, match="path"):
        resolve("it", needs, {})


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


# --------------------------------------------------------------------------- parse


@pytest.mark.parametrize(
    ("value", "annotation", "parsed"),
    [
        (7, int, 7),
        ("7", int, 7),
        ("-7", int, -7),
        ("+7", int, 7),
        ("1e3", int, 1000),
        (7.0, int, 7),
        ("12345678901234567890", int, 12345678901234567890),
        (2**53 + 1, int, 2**53 + 1),
        (np.int64(7), int, 7),
        ("0.5", float, 0.5),
        (2, float, 2.0),
        ("-1e-3", float, -0.001),
        ("inf", float, math.inf),
        ("true", bool, True),
        ("YES", bool, True),
        ("1", bool, True),
        (1, bool, True),
        (True, bool, True),
        ("False", bool, False),
        ("no", bool, False),
        (0, bool, False),
        (False, bool, False),
        ("text", str, "text"),
        ("7", str, "7"),
        (7, str, "7"),
        ("b", Literal["a", "b"], "b"),
        ("2", Literal[1, 2], 2),
        (2, Literal[1, 2], 2),
        ("none", int | None, None),
        ("None", float | None, None),
        (None, int | None, None),
        ("7", int | None, 7),
        ("7", Optional[int], 7),  # noqa: UP045 - the spelling under test
        ("none", Optional[str], None),  # noqa: UP045
        ("7", int | str, 7),
        ("seven", int | str, "seven"),
        ("0.5", int | float, 0.5),
        ("auto", int | Literal["auto"], "auto"),
        ("8", int | Literal["auto"], 8),
        ([1, 2], None, [1, 2]),
        ("x", list[int], "x"),
    ],
)
def test_text_is_parsed_by_the_type(value, annotation, parsed) -> None:
    result = parse("it.x", value, annotation)
    assert result == parsed
    assert type(result) is type(parsed)


@pytest.mark.parametrize(
    ("value", "annotation", "expected"),
    [
        ("7.5", int, "a whole number"),
        (7.5, int, "a whole number"),
        ("x", int, "a whole number"),
        ("", int, "a whole number"),
        ("inf", int, "a whole number"),
        ("nan", int, "a whole number"),
        (True, int, "a whole number"),
        (None, int, "a whole number"),
        ([1], int, "a whole number"),
        ("x", float, "a number"),
        ("nan", float, "a number"),
        (False, float, "a number"),
        (None, float, "a number"),
        ("maybe", bool, "true or false"),
        (2, bool, "true or false"),
        ("none", bool, "true or false"),
        ("c", Literal["a", "b"], "one of a, b"),
        ("wek", Literal["weak", "strong"], "one of weak, strong; did you mean 'weak'?"),
        ("x", int | None, "a whole number or none"),
        ("x", Optional[float], "a number or none"),  # noqa: UP045
    ],
)
def test_a_value_of_a_wrong_type_says_what_was_expected(value, annotation, expected) -> None:
    with pytest.raises(OptionError) as error:
        parse("it.x", value, annotation)
    assert str(error.value) == f"it.x={value}: expected {expected}"


def test_a_choice_is_one_of_those_given() -> None:
    require_choice("colour", "red", ("red", "green"))
    require_choice("side", 2, {1, 2})
    with pytest.raises(OptionError) as error:
        require_choice("colour", "gren", ("red", "green"))
    assert str(error.value) == "colour=gren: expected one of red, green; did you mean 'green'?"
    with pytest.raises(OptionError, match=r"^side=3: expected one of 1, 2$"):
        require_choice("side", 3, (1, 2))


def test_what_none_of_several_types_takes_names_them_all() -> None:
    with pytest.raises(OptionError) as error:
        parse("it.x", "y", int | Literal["auto"])
    assert "a whole number" in str(error.value)
    assert "auto" in str(error.value)
