"""The page in a browser: it makes no request, prints nothing on the console, and works."""

from __future__ import annotations

import shutil

import pytest

from comparison.figures.catalogue import figures
from comparison.report.page import render
from tests.comparison.report.example import HOSTILE, OBJECTIVE, content

playwright = pytest.importorskip("playwright.sync_api")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
if CHROMIUM is None:
    pytest.skip("there is no Chromium", allow_module_level=True)

FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
IDLE = "main[aria-busy=false]"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(render(content()), encoding="utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as started:
        yield started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)


@pytest.fixture
def opened(browser, address):
    """Open the page; afterwards it must have asked no host and complained of nothing."""
    contexts, heard = [], []

    def called(**settings):
        context = browser.new_context(reduced_motion="reduce", **settings)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: heard.append(request.url))
        page.on("console", lambda message: heard.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: heard.append(f"error: {error}"))
        page.goto(address)
        page.wait_for_selector(IDLE)
        return page

    yield called
    for context in contexts:
        context.close()
    assert [each for each in heard if not each.startswith(("file:", "data:", "blob:"))] == []


def column(page, number):
    return page.locator(f"#table tbody td:nth-child({number})").all_text_contents()


def rows_of(page, chart, name):
    """Return the rows that a chart was given."""
    return page.evaluate(f"unpack(charts.panel('{chart}').rows.{name}, data.shared)")


def absent(page, chart):
    """Return the note of a figure on what it does not show."""
    return page.locator(f"figure[data-chart={chart}] .absent").inner_text()


def drawn(page, chart):
    return page.locator(f"figure[data-chart={chart}] svg").text_content()


def test_every_chart_is_drawn(opened):
    page = opened()
    for figure in figures():
        assert page.locator(f"figure[data-chart={figure.name}] svg.marks").is_visible(), figure
    assert page.locator("#problem").input_value() == "next-token-ternary"  # has a proof
    assert "11 methods" in page.locator(".lead").inner_text()


def test_the_problem_and_the_axis_are_switched(opened):
    page = opened()
    assert "work (evaluations; a gradient is 3)" in drawn(page, "quality")
    assert not any(
        row["contender"] == "genetic" and row["cost"] < 1
        for row in rows_of(page, "quality", "curves")
    )
    page.check("#axis input[value=cpu]")
    page.wait_for_selector(IDLE)
    assert "CPU seconds" in drawn(page, "quality")
    assert max(row["cost"] for row in rows_of(page, "quality", "curves")) == 5
    assert absent(page, "quality") == "Not on the axis “CPU seconds”: genetic."
    # There is no ECDF on this axis, and the page says so.
    assert "No instance that cost anything on the axis “CPU seconds”" in absent(page, "ecdf")
    page.select_option("#problem", "next-token-rank")
    page.wait_for_selector(IDLE)
    assert "certified optimum 0.72" in drawn(page, "quality")
    assert "No method proved a bound" in absent(page, "bounds")
    page.check("#height input[value=gap]")
    page.wait_for_selector(IDLE)
    assert f"{OBJECTIVE}: gap to the reference" in drawn(page, "quality")


def test_the_table_is_sorted_by_a_click_and_by_the_keyboard(opened):
    page = opened()
    heading = page.locator("#table th", has_text="value").first
    heading.get_by_role("button").click()
    assert heading.get_attribute("aria-sort") == "ascending"
    values = [float(text) for text in column(page, 6)]
    assert values == sorted(values)
    heading.get_by_role("button").press("Enter")
    assert heading.get_attribute("aria-sort") == "descending"
    values = [float(text) for text in column(page, 6)]
    assert values == sorted(values, reverse=True)
    # What has no number comes last, however it is sorted.
    for _ in range(2):
        page.locator("#table th button", has_text="work").press("Space")
        assert column(page, 14)[-2:] == ["—", "—"]


def test_the_table_is_filtered_by_all_words(opened):
    page = opened()
    page.fill("#filter", "RANK evolutionary")
    assert column(page, 1) == ["genetic"]
    assert page.locator("#count").inner_text() == "1 of 22 rows"
    page.fill("#filter", "nothing of that kind")
    assert column(page, 1) == []
    page.fill("#filter", "")
    assert len(column(page, 1)) == 22


def test_a_click_on_the_key_isolates_a_method_in_every_chart(opened):
    page = opened()
    page.locator("#methods button", has_text="adam").click()
    for name in ("quality", "ecdf", "heat-map", "unit-flips"):
        page.wait_for_function(
            f"JSON.stringify(charts.views['{name}'].view.signal('isolated')) === '[\"adam\"]'"
        )
    lines = page.locator("figure[data-chart=quality] .mark-line path").all()
    opacities = sorted(float(line.get_attribute("opacity") or 1) for line in lines)
    assert opacities[-1] == 1
    assert set(opacities[:-1]) == {0.07}
    assert page.locator("#table tr:not(.faded) td:first-child").all_text_contents() == ["adam"] * 2
    # It stays isolated in what is drawn from now on, and a second method joins it.
    page.check("#axis input[value=cpu]")
    page.wait_for_selector(IDLE)
    assert page.evaluate("charts.views.quality.view.signal('isolated')") == ["adam"]
    page.locator("#methods button", has_text="hill-climb").press("Enter")
    pressed = page.locator("#methods [aria-pressed=true]")
    assert pressed.all_text_contents() == ["adam", "hill-climb"]
    page.locator("#everyone").click()
    assert page.locator("#methods [aria-pressed=true]").count() == 0
    page.wait_for_function("charts.views.quality.view.signal('isolated').length === 0")


def test_the_pointer_shows_the_run(opened):
    page = opened()
    page.locator("figure[data-chart=quality] svg").scroll_into_view_if_needed()
    ends = page.locator("figure[data-chart=quality] .mark-symbol").last
    ends.locator("path").last.hover()
    shown = page.locator("#vg-tooltip-element.visible").inner_text()
    assert "run" in shown
    assert rows_of(page, "quality", "runs")[-1]["key"] in shown


def test_it_can_be_used_without_a_pointer(opened):
    page = opened()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    seen = set()
    page.evaluate("document.activeElement.blur(); window.getSelection().removeAllRanges()")
    page.locator("#theme").focus()
    focus = "document.activeElement"
    for _ in range(70):
        seen.add(page.evaluate(f"{focus}.id || {focus}.name || {focus}.textContent"))
        page.keyboard.press("Tab")
    assert {"theme", "problem", "axis", "height", "adam", "filter"} <= seen
    assert any(name.startswith("value") for name in seen)  # a heading of the table
    page.locator("#axis input").first.focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_selector(IDLE)
    assert "CPU seconds" in drawn(page, "quality")
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate(outline) == "solid"


def test_a_name_that_is_a_script_is_text_everywhere(opened):
    page = opened()
    assert page.evaluate("window.hacked") is None
    assert page.locator("#methods button").last.inner_text() == HOSTILE
    assert HOSTILE in column(page, 1)
    assert HOSTILE in page.locator("table.listing").first.inner_text()
    assert page.locator("script").count() == 3
    assert "<b>nothing</b>" in page.locator("#problem-title").inner_text()


def test_it_is_dark_where_the_system_is_and_when_it_is_told(opened):
    page = opened(color_scheme="dark")
    paper = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(paper) == "rgb(20, 23, 26)"
    assert page.locator("#theme").get_attribute("aria-pressed") == "true"
    assert "#e8eaed" in page.locator("figure[data-chart=quality] .chart").inner_html()
    page.locator("#theme").click()
    page.wait_for_selector(IDLE)
    assert page.evaluate(paper) == "rgb(255, 255, 255)"


def test_a_narrow_screen_scrolls_down_only(opened):
    page = opened(viewport={"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.locator("figure[data-chart=quality] svg").bounding_box()["width"] <= 390
