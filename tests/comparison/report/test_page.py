"""The page as text: all in it, nothing from elsewhere, and text that stays text."""

from __future__ import annotations

import base64
import hashlib
import json
import re

import pytest

from comparison.figures.catalogue import figures
from comparison.report.page import render
from tests.comparison.report.example import HOSTILE, content


@pytest.fixture(scope="module")
def page():
    return render(content())


def elements(page, name):
    """Return the contents of all elements of a kind, as a browser would find them."""
    return re.findall(rf"<{name}[^>]*>(.*?)</{name}\s*>", page, flags=re.S)


def test_it_is_small(page):
    assert len(page.encode()) < 1_200_000


def test_nothing_in_it_is_loaded(page):
    markup = re.sub(r"(<script[^>]*>).*?</script>", r"\1", page, flags=re.S)
    assert markup.count("<script") == 3
    assert not re.search(r"<(?:link|img|iframe|base|script[^>]*\ssrc)\b", markup)
    assert "@import" not in page
    assert "url(" not in "".join(elements(page, "style"))


def test_the_policy_allows_its_own_scripts_and_style_and_no_request(page):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page).group(1)
    policy = policy.replace("&#39;", "'")
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    data, *scripts = elements(page, "script")
    assert len(scripts) == 2
    for own in (*scripts, *elements(page, "style")):
        digest = base64.b64encode(hashlib.sha256(own.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert json.loads(data)["axes"]["cpu"] == "CPU seconds"


def test_a_name_that_is_a_script_is_text(page):
    assert HOSTILE not in page
    assert "window.hacked" in page  # escaped
    assert "<script>window" not in page


def test_its_data_can_be_read_as_strictly_as_json_is(page):
    def refuse(constant):
        raise AssertionError(f"{constant} is no JSON")

    data = json.loads(elements(page, "script")[0], parse_constant=refuse)
    assert list(data["figures"]) == [figure.name for figure in figures()]
    assert all(data["figures"][figure.name]["specifications"] for figure in figures())
    assert data["problems"]["next-token-ternary"]["reference"] is False
    assert data["methods"][-1]["contender"] == HOSTILE


def test_it_says_what_it_is_of(page):
    shown = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))
    assert "11 methods, 2 problem instances, 110 runs, from comparison.sqlite" in shown
