"""The pages in a real Chromium: what shows, what answers the mouse, the keyboard and a phone, and what axe finds."""

from __future__ import annotations

import json
import re
import shutil
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import pytest

from orbat.pipeline import Reader, Reading
from orbat.recordkeeping import related_in, update
from orbat.service.accounts import Accounts, Role
from orbat.store import Store
from orbat.types import Failure
from tests.browser import CHROMIUM, chromium, served

pytest.importorskip("playwright", reason="no playwright: pip install 'orbat[test]' brings it")
pytest.importorskip("axe_playwright_python", reason="no axe: pip install 'orbat[test]' brings it")
if CHROMIUM is None:
    pytest.skip("no Chromium on this machine: Debian's package chromium brings one", allow_module_level=True)

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

SEVERE = {"serious", "critical"}
GROUP = "/groups/islamic-state"


@pytest.fixture(scope="module")
def kept(reader: Reader, readings: list[Reading], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the example articles."""
    path = tmp_path_factory.mktemp("browser") / "orbat.db"
    with Store.open(path) as store:
        for reading in readings:
            store.append(reading.document, reading.statements, model=reading.model)
        store.fail(Failure("reports/scan.pdf", "ingest", "It holds no text. Its pages are pictures. Have their words recognised first."))
        update(store, related=related_in(reader.catalogue))
    return path


@pytest.fixture(scope="module")
def site(kept: Path) -> Iterator[str]:
    with served(kept) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


class Watched:
    """A page of the browser, with what its console said and what it asked for."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site = page, site
        self.errors: list[str] = []
        self.elsewhere: list[str] = []
        page.set_default_timeout(15_000)
        page.set_default_navigation_timeout(60_000)  # a service that has just begun, on a machine with other work
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: None if request.url.startswith((site, "data:")) else self.elsewhere.append(request.url))
        page.on("response", lambda answer: self.errors.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.errors.append(message.text)

    def go(self, path: str, *, until: Literal["load", "networkidle"] = "networkidle") -> Page:
        self.page.goto(f"{self.site}{path}", wait_until=until)
        return self.page


@pytest.fixture
def watched(browser: Browser, site: str, request: pytest.FixtureRequest) -> Iterator[Watched]:
    """A fresh visitor; nothing may have gone wrong by the end."""
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **getattr(request, "param", {})})
    made = Watched(context.new_page(), site)
    yield made
    context.close()
    assert made.errors == []
    assert made.elsewhere == []


def asked(site: str, path: str) -> Any:
    with urllib.request.urlopen(f"{site}{path}") as answer:
        return json.load(answer)


def paths(site: str) -> list[str]:
    """An address of every kind of page."""
    record = asked(site, "/records.json?limit=1")["items"][0]["id"]
    statement = asked(site, "/api/v1/statements?limit=1")["items"][0]["statement"]
    source = asked(site, "/sources.json?limit=1")["items"][0]["id"]
    fixed = [
        "/", "/groups", GROUP, f"{GROUP}/evidence?section=active&row=0", f"{GROUP}/timeline", f"{GROUP}/network", f"{GROUP}/map",
        f"{GROUP}/flows", "/network", "/map",
        "/compare?one=islamic-state&two=is-west-africa", "/records", "/search?q=attack", "/search?q=attack&view=table",
        "/search?q=attack&view=map", "/search?q=attack&view=timeline", "/sources", f"/sources/{quote(source)}", "/unknown?min_articles=1",
        "/failures", "/review", "/judgements", "/changes", "/read",
    ]  # fmt: skip
    of_record = [f"/records/{record}{more}" for more in ("", "/judge", "/join")]
    of_statement = [f"/statements/{statement['id']}{more}" for more in ("", "?why=true", "/judge")]
    return [*fixed, *of_record, *of_statement, f"/articles/{statement['document']['id']}"]


PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


@pytest.mark.parametrize(
    "watched",
    [{"color_scheme": "light"}, {"color_scheme": "dark", **PHONE}],
    indirect=True,
    ids=["light and wide", "dark on a phone"],
)
def test_every_page_shows_without_an_error_and_axe_finds_nothing_serious(watched: Watched, site: str) -> None:
    found: dict[str, list[str]] = {}
    for path in paths(site):
        page = watched.go(path)
        expect(page.locator("main h1")).to_have_count(1)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"), f"{path} is wider than the window"
        results = Axe().run(page).response
        severe = [each for each in results["violations"] if each["impact"] in SEVERE]
        if severe:
            found[path] = [f"{each['id']}: {each['nodes'][0]['html'][:160]} ({len(each['nodes'])})" for each in severe]
    assert found == {}


@pytest.mark.parametrize("watched", [{"java_script_enabled": False}], indirect=True)
def test_pages_say_all_without_scripts(watched: Watched, site: str) -> None:
    for path in paths(site):
        page = watched.go(path, until="load")
        expect(page.locator("main h1")).to_have_count(1)
        assert len(page.locator("main").inner_text()) > 60, path
    page = watched.go(GROUP)
    expect(page.locator(".notes blockquote, blockquote.said").first).to_be_attached()  # the sentences stand in the page itself


def test_the_sentences_behind_a_value_show_on_hover_and_on_focus(watched: Watched) -> None:
    page = watched.go(GROUP)
    value, box = page.locator("[data-notes]").first, page.locator("#evidence")
    expect(box).to_be_hidden()
    value.hover()
    expect(box).to_be_visible()
    expect(box.locator("mark").first).to_be_visible()
    page.mouse.move(1, 1)
    expect(box).to_be_hidden()
    page.keyboard.press("Tab")  # from here on the browser shows where the focus is
    page.locator("[data-notes] .ref").nth(1).focus()
    expect(box).to_be_visible()
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()


def test_the_slider_moves_the_day_and_the_address_with_it(watched: Watched) -> None:
    page = watched.go(GROUP)
    slider = page.locator("form.asof input[type=range]")
    before = page.locator("#sheet").inner_text()
    slider.focus()
    page.keyboard.press("Home")
    page.wait_for_url(re.compile(r"as_of=\d{4}-\d\d-\d\d"))
    expect(page.locator("#sheet")).not_to_have_text(before)
    day = re.search(r"as_of=(\d{4}-\d\d-\d\d)", page.url)
    assert day is not None
    expect(page.locator("#as_of")).to_have_value(day[1])
    page.reload(wait_until="networkidle")  # the address can be shared
    expect(page.locator("#as_of")).to_have_value(day[1])


def test_the_year_of_the_network_moves(watched: Watched) -> None:
    page = watched.go("/network")
    slider = page.locator("main input[type=range]").first
    slider.focus()
    page.keyboard.press("End")
    page.wait_for_url(re.compile(r"year=\d{4}"))


def test_search_as_you_type_facets_and_chips(watched: Watched, site: str) -> None:
    page = watched.go("/records")
    field = page.locator("#find")
    field.fill("m23")
    options = page.locator("#find-found [role=option]")
    expect(options.first).to_be_visible()
    expect(options.first).to_contain_text("M23")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/groups/m23")
    page = watched.go("/search?q=attack")
    page.locator("main a[href*='type=']").first.click()
    page.wait_for_url(re.compile(r"/search\?.*type="))
    filtered = page.url
    page.locator(".chips a, a.chip").first.click()
    page.wait_for_load_state("networkidle")
    assert page.url != filtered


def test_a_record_is_confirmed_with_a_reason_and_the_judgement_undone(watched: Watched, site: str) -> None:
    record = asked(site, "/records.json?limit=1")["items"][0]["id"]
    page = watched.go(f"/records/{record}")
    page.get_by_role("link", name="Confirm", exact=True).click()
    dialog = page.locator("dialog[open]")
    expect(dialog).to_be_visible()
    dialog.locator("textarea, input[name=reason], input[name=note]").first.fill("Seen in the army's own statement.")
    dialog.get_by_role("button", name=re.compile("confirm", re.I)).click()
    page.wait_for_load_state("networkidle")
    expect(page.locator("main")).to_contain_text("Seen in the army's own statement.")
    assert [each["verdict"] for each in asked(site, "/api/v1/judgements")["items"]] == ["confirm"]
    page.get_by_role("button", name=re.compile("undo|withdraw|take back", re.I)).first.click()
    page.wait_for_load_state("networkidle")
    assert asked(site, "/api/v1/judgements")["items"][0]["withdrawn_at"]


def test_an_article_is_uploaded_with_its_progress_and_read(watched: Watched, tmp_path: Path) -> None:
    file = tmp_path / "raid.txt"
    file.write_text(
        "Raid on a camp near Menaka\n\nGunmen of the Islamic State in the Greater Sahara attacked an army camp near Menaka on 3 March 2021 "
        "and killed five soldiers, the Malian army said. The group claimed the attack. Twelve soldiers were wounded."
    )
    page = watched.go("/read")
    page.locator("input[type=file]").set_input_files(file)
    page.locator("form:has(input[type=file]) button").click()
    page.wait_for_url(re.compile(r"/(read|jobs)/"))
    link = page.locator("main a[href^='/articles/']").first
    expect(link).to_be_visible(timeout=60_000)
    link.click()
    expect(page.locator("main")).to_contain_text("Menaka")


def test_an_articles_marks_open_their_candidates(watched: Watched, site: str) -> None:
    article = asked(site, "/api/v1/statements?limit=1&actor=islamic-state")["items"][0]["statement"]["document"]["id"]
    page = watched.go(f"/articles/{article}")
    marks, card = page.locator("#text [data-marks]"), page.locator(".card[role=dialog]")
    assert marks.count() > 5
    page.locator("#text .mark.group").first.click()
    expect(card).to_be_visible()
    card.get_by_role("button", name="Candidates and reasons").click()  # the article is read again for them
    expect(card.get_by_role("listitem").filter(has_text=re.compile(r"\d\.\d\d|\d %|\d%")).first).to_be_visible(timeout=60_000)
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    marks.first.focus()
    page.keyboard.press("ArrowRight")
    expect(marks.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(card).to_be_visible()


def test_all_can_be_reached_by_keyboard_and_the_focus_is_seen(watched: Watched) -> None:
    page = watched.go(GROUP)
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    reached: list[str] = []
    for _ in range(60):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """() => { const at = document.activeElement; const style = getComputedStyle(at); const box = at.getBoundingClientRect();
            return [at.tagName + "." + at.className + "#" + at.id, box.width > 0 && box.height > 0,
            style.outlineStyle !== "none" || style.boxShadow !== "none" || at.matches(".ref, input[type=range], svg *")] }"""
        )
        reached.append(seen[0])
        assert seen[1], f"{seen[0]} has the focus and cannot be seen"
        assert seen[2], f"{seen[0]} does not show that it has the focus"
    assert any("as_of" in each for each in reached)
    assert any(".ref" in each for each in reached)


def test_who_must_sign_in_does_so_by_keyboard_and_is_led_on(browser: Browser, kept: Path, tmp_path: Path) -> None:
    Accounts(tmp_path / "accounts.db").add("ann", "correct horse battery", Role.JUDGE)
    with served(kept, "--login", "--accounts", str(tmp_path / "accounts.db")) as site:
        context = browser.new_context()
        visitor = Watched(context.new_page(), site)
        page = visitor.go("/changes")
        expect(page.locator("main h1")).to_have_count(1)
        assert "/sign-in?next=" in page.url
        severe = [each["id"] for each in Axe().run(page).response["violations"] if each["impact"] in SEVERE]
        assert severe == []
        page.get_by_label("Name").focus()
        page.keyboard.type("ann")
        page.keyboard.press("Tab")
        page.keyboard.type("correct horse battery")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{site}/changes")
        expect(page.get_by_role("button", name="Sign ann out")).to_be_visible()
        context.close()
    assert visitor.errors == []


def test_the_theme_is_chosen_and_remembered(watched: Watched) -> None:
    page = watched.go("/")
    colour = "getComputedStyle(document.documentElement).backgroundColor + getComputedStyle(document.body).backgroundColor"
    before = page.evaluate(colour)
    page.locator("[data-theme-toggle]").click()
    after = page.evaluate(colour)
    assert after != before
    page.reload()
    assert page.evaluate(colour) == after


def test_the_browser_is_the_machines_own() -> None:
    assert CHROMIUM is not None
    assert shutil.which(CHROMIUM)
