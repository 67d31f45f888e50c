"""Charts in a real Chromium: years, places, periods and the pointer, by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orbat.recordkeeping import update
from orbat.store import Store
from orbat.types import EventType as E
from orbat.types import Place
from tests.browser import CHROMIUM, clean_page, served
from tests.test_battle_parts import ARMY, GUN
from tests.test_pages_charts import GROUP, READ, told
from tests.test_recordkeeping import related

pytest.importorskip("playwright", reason="no playwright: pip install 'orbat[test]' brings it")
if CHROMIUM is None:
    pytest.skip("no Chromium on this machine: Debian's package chromium brings one", allow_module_level=True)

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

SMALL = Place("geonames:3", "Little Talara", "Testland", "North", 10.02, 20.02, 3, 1)
"""So near to Talara that both are one mark until one comes nearer."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    press = told()
    press.say(
        "Gun Front fired on Test Army in Little Talara.", E.ATTACK, "fired", actor=[GUN], target=[ARMY], on="2020-05-05", location=SMALL
    )
    path: Path = tmp_path_factory.mktemp("charts") / "news.db"
    with Store.open(path) as store:
        for document, statement in zip(press.documents, press.statements, strict=True):
            store.append(document, [statement], model="by hand", read_at=READ)
        update(store, related=related, at=READ)
    with served(path) as address:
        yield address


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with clean_page(patience=15_000) as page:
        yield page


def test_the_year_moves_and_no_party_does(page: Page, site: str) -> None:
    page.goto(f"{site}{GROUP}/network")
    slider = page.get_by_role("slider", name="Year")
    places = "[...document.querySelectorAll('.party .node')].map((node) => node.outerHTML)"
    before, every = page.evaluate(places), page.locator(".tie:not(.off)").count()
    slider.press("End")
    expect(page.locator(".steps output")).to_have_text("2020")
    assert page.url.endswith("?year=2020")
    assert page.evaluate(places) == before
    slider.press("Home")
    expect(page.locator(".steps output")).to_have_text("all years")
    slider.press("ArrowRight")
    assert 0 < page.locator(".tie:not(.off)").count() < every
    assert page.locator(".tie-table tbody tr:visible").count() == page.locator(".tie:not(.off)").count()
    page.reload()
    expect(page.locator(".steps output")).to_have_text("2018")


def test_a_tie_reached_with_the_keyboard_shows_its_sentences(page: Page, site: str) -> None:
    page.goto(f"{site}{GROUP}/network")
    page.locator(".chart.live").wait_for()
    page.locator(".canvas").focus()
    page.keyboard.press("Tab")
    expect(page.locator("#evidence")).to_be_visible()
    assert "Gun Front" in page.locator("#evidence").inner_text()


def test_places_that_lie_together_part_as_one_comes_nearer(page: Page, site: str) -> None:
    page.goto(f"{site}{GROUP}/map")
    page.locator(".chart.live").wait_for()
    together = page.locator(".marks a:has(.cluster)")
    expect(together).to_have_count(1)
    together.click(force=True)
    expect(together).to_have_count(0)
    expect(page.locator(".marks .exact:not(.place)")).to_have_count(2)
    page.get_by_label("Show the whole").click()
    expect(together).to_have_count(1)
    page.get_by_role("button", name="attacks and fighting").click()
    expect(page.locator(".marks a.area")).to_have_count(0)


def test_months_are_chosen_with_buttons_or_drawn_and_a_province_stays_an_area(page: Page, site: str) -> None:
    page.goto(f"{site}{GROUP}/map")
    page.locator(".chart.live").wait_for()
    expect(page.locator(".marks a.area")).to_have_count(1)
    box = page.locator("svg.strip").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.99, box["y"] + 20, steps=4)
    page.mouse.up()
    expect(page.locator(".period-row output")).to_contain_text(" to 2020-0")
    expect(page.locator(".marks a.area")).to_have_count(0)
    page.get_by_role("button", name="All", exact=True).click()
    expect(page.locator(".marks a.area")).to_have_count(1)


def test_a_period_drawn_in_the_timeline_is_asked_for(page: Page, site: str) -> None:
    page.goto(f"{site}{GROUP}/timeline")
    page.locator("svg.timeline .overlay").wait_for(state="attached")
    box = page.locator("svg.timeline .overlay").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 5, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 10, steps=4)
    page.mouse.up()
    page.wait_for_url("**since=2018-01-01&until=2019-*")
    expect(page.get_by_role("link", name="All of its time")).to_be_visible()


def test_the_groups_page_borrows_its_charts(page: Page, site: str) -> None:
    page.goto(f"{site}{GROUP}")
    for name in ("network", "map", "flows"):
        page.locator(f"[data-chart={name}]").scroll_into_view_if_needed()
        page.locator(f"[data-chart={name}] svg.{name}").wait_for()
        assert page.locator(f"[data-chart={name}] [data-notes]").count() == 0
