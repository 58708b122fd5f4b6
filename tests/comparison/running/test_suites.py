"""Comparisons with a name: complete, known to the registry, and installed with the core."""

from __future__ import annotations

import pytest

from comparison.running.suites import REFERENCE, SUITES, suite
from methods import METHODS
from problems import PROBLEMS
from problems.naming.options import UnknownName


@pytest.mark.parametrize("name", SUITES)
def test_what_a_suite_names_exists_and_is_named_once(name):
    chosen = suite(name)
    for names, registry in ((chosen.methods, METHODS), (chosen.problems, PROBLEMS)):
        canonical = [registry.entry(each).name for each in names]
        assert canonical == list(names)
        assert len(set(canonical)) == len(canonical)


def test_the_reference_suite_has_all_families():
    families = {METHODS.entry(name).family for name in METHODS.names()}
    # The peers' optimizers are no family of algorithms, and joined after it was published.
    assert families - {"peers"} <= {METHODS.entry(name).family for name in REFERENCE.methods}
    assert len(REFERENCE.problems) >= 12
    assert REFERENCE.settings["seeds"] == 15


def test_its_data_are_the_same_on_every_machine():
    assert REFERENCE.arguments()["default_corpus"].startswith("markov")


def test_no_suite_needs_more_than_the_core():
    for chosen in SUITES.values():
        entries = [METHODS.entry(name) for name in chosen.methods]
        entries += [PROBLEMS.entry(name) for name in chosen.problems]
        assert not [entry.name for entry in entries if entry.extra]


def test_an_unknown_suite_is_refused_with_the_closest():
    with pytest.raises(UnknownName, match="did you mean 'reference'"):
        suite("refrence")
    with pytest.raises(UnknownName, match="known: reference"):
        suite("xyz")
