"""Templates of problems: which are kept, and when they end."""

from __future__ import annotations

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from comparison.running.templates import KEPT, Templates
from tests.comparison.examples import planned


class Played:
    """A template without a process."""

    usable = True

    def __init__(self):
        self.ended = 0  # how often

    def end(self):
        self.ended += 1


@pytest.fixture
def built():
    return []


@pytest.fixture
def templates(built):
    return Templates(lambda request: built.append(Played()) or built[-1])


def test_a_template_serves_all_requests_on_its_instance(templates, built):
    for run in (planned(), planned("adam", seed=1), planned(instance=1), planned()):
        with templates.use(run.request()):
            pass
    assert len(built) == len(templates._places) == 2


def test_the_templates_that_were_used_least_recently_end(templates, built):
    for instance in range(KEPT + 3):
        with templates.use(planned(instance=instance).request()):
            pass
    assert len(templates._places) == KEPT
    assert [template.ended for template in built] == [True] * 3 + [False] * KEPT


def test_those_in_use_are_kept_beyond_that_number(templates, built):
    with contextlib.ExitStack() as used:
        for instance in range(KEPT + 3):
            used.enter_context(templates.use(planned(instance=instance).request()))
        assert not any(template.ended for template in built)
    assert sum(template.ended for template in built) == 3


def test_one_that_is_of_no_use_ends_and_is_built_again(templates, built):
    with templates.use(planned().request()) as first:
        first.usable = False
        with templates.use(planned().request()) as second:
            assert first is not second
    assert [template.ended for template in built] == [True, False]


def test_two_threads_that_need_the_same_have_it_built_once(built):
    begun, go_on = threading.Event(), threading.Event()

    def build(request):
        built.append(Played())
        begun.set()
        assert go_on.wait(30)
        return built[-1]

    templates = Templates(build)

    def use():
        with templates.use(planned().request()) as template:
            return template

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(use)
        assert begun.wait(30)
        second = pool.submit(use)
        go_on.set()
        assert first.result() is second.result()
    assert len(built) == 1


def test_closing_ends_all(templates, built):
    with templates.use(planned().request()):
        templates.close()
    assert [template.ended for template in built] == [True]
    assert len(templates._places) == 0


def test_one_that_is_built_while_all_are_closed_ends_with_its_request(built):
    def build(request):
        templates.close()
        built.append(Played())
        return built[-1]

    templates = Templates(build)
    with templates.use(planned().request()) as template:
        assert not template.ended
    assert template.ended


def test_an_error_of_the_building_is_raised_and_the_next_request_builds_again():
    def fails(request):
        raise OSError("no room")

    templates = Templates(fails)
    for _ in range(2):
        with pytest.raises(OSError, match="no room"), templates.use(planned().request()):
            pass
