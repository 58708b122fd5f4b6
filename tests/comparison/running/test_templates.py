"""Templates of problems: which are kept, and when they end."""

from __future__ import annotations

import pytest

from comparison.running.templates import KEPT, Templates
from tests.comparison.examples import planned


class Played:
    """A template without a process."""

    usable = True

    def __init__(self):
        self.users, self.dropped, self.ended = 0, False, False

    def end(self):
        self.ended = True


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
    assert len(built) == len(templates) == 2


def test_the_templates_that_were_used_least_recently_end(templates, built):
    for instance in range(KEPT + 3):
        with templates.use(planned(instance=instance).request()):
            pass
    assert len(templates) == KEPT + 1
    assert [template.ended for template in built] == [True] * 2 + [False] * (KEPT + 1)


def test_a_template_in_use_ends_when_its_last_request_does(templates, built):
    with templates.use(planned().request()) as first:
        first.usable = False
        with templates.use(planned().request()) as second:
            assert (first is second, first.dropped, first.ended) == (False, True, False)
    assert [template.ended for template in built] == [True, False]


def test_closing_ends_all(templates, built):
    with templates.use(planned().request()):
        templates.close()
    assert [template.ended for template in built] == [True]
    assert len(templates) == 0


def test_an_error_of_the_building_is_raised_and_the_next_request_builds_again():
    def fails(request):
        raise OSError("no room")

    templates = Templates(fails)
    for _ in range(2):
        with pytest.raises(OSError, match="no room"), templates.use(planned().request()):
            pass
