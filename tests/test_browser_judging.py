"""Judging in a real Chromium: a field corrected, two records joined, one parted, each seen at once and taken back."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from orbat import queries
from orbat.queries import WantedRecords
from orbat.store import Store
from tests.browser import CHROMIUM, clean_page, served
from tests.test_recordkeeping import AT, append, reading, related, update

pytest.importorskip("playwright", reason="no playwright: pip install 'orbat[test]' brings it")
if CHROMIUM is None:
    pytest.skip("no Chromium on this machine: Debian's package chromium brings one", allow_module_level=True)

from playwright.sync_api import expect

from orbat.recordtypes import Record, RecordKind

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

expect.set_options(timeout=30_000)  # a machine with other work


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of three articles and one reprint."""
    found: Path = tmp_path_factory.mktemp("judged") / "news.db"
    with Store.open(found) as store:
        append(store, [*(reading(number) for number in range(3)), reading(0, source="Wire Daily")])
        update(store, related=related, at=AT)
    return found


@pytest.fixture(scope="module")
def site(path: Path) -> Iterator[str]:
    with served(path) as address:
        yield address


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with clean_page(patience=30_000, navigation=60_000) as page:  # a service that has just begun, on a machine with other work
        yield page


def test_a_field_is_corrected_in_place_and_the_correction_taken_back(page: Page, site: str, path: Path) -> None:
    record = next(each for each in records(path) if any(f.name == "date" for f in each.fields))
    page.goto(f"{site}/records/{record.id}/judge?field=date")
    form = page.locator("form.judge:visible")
    form.locator("input[name=other]").fill("2016-05-01")
    form.locator("input[name=until]").fill("2016-05-03")
    form.locator("input[name=note]").fill("The army's own statement has these days.")
    form.get_by_role("button", name="Choose this value").click()
    told = page.get_by_role("status", name="What was judged")
    expect(told).to_contain_text("The army's own statement has these days.")
    expect(page.locator("#f-date")).to_contain_text("1–3 May 2016")
    assert days(asked(site, record.id)) == ("2016-05-01", "2016-05-03")
    take_back(page, told)
    assert days(asked(site, record.id)) == (str(record.start), str(record.end))


def test_two_records_are_joined_and_the_judgement_taken_back(page: Page, site: str, path: Path) -> None:
    one, two = [each for each in records(path) if each.kind is RecordKind.EVENT and each.start is not None][:2]
    page.goto(f"{site}/records/{one.id}")
    page.get_by_role("link", name="Join with another").click()
    dialog = page.locator("dialog[open]")
    assert dialog.locator(f"input[value={two.id}]").count() == 0, "it is of another actor"
    dialog.locator("input[name=since]").fill("2010-01-01")
    dialog.locator("input[name=until]").fill("2030-01-01")
    dialog.locator("input[name=q]").fill(two.actors.values[0].text)
    dialog.get_by_role("button", name="Look").click()
    dialog.locator(f"input[type=radio][value={two.id}]").check()
    dialog.get_by_role("button", name="Join the two").click()
    told = page.get_by_role("status", name="What was judged")
    expect(told).to_contain_text("was merged into")
    assert len({one.id, two.id} & {each.id for each in records(path)}) == 1
    take_back(page, told)
    assert {one.id, two.id} <= {each.id for each in records(path)}


def test_statements_are_parted_off_and_the_judgement_taken_back(page: Page, site: str, path: Path) -> None:
    record = next(each for each in records(path) if len(each.documents) == 2 and len(each.statements) == 2)
    page.goto(f"{site}/records/{record.id}")
    page.locator("input[name=left][form=part]").nth(1).check()
    page.get_by_role("button", name="Part the ticked ones off").click()
    told = page.get_by_role("status", name="What was judged")
    expect(told).to_contain_text("was split")
    assert all(set(each.statements) != set(record.statements) for each in records(path))
    take_back(page, told)
    assert set(record.statements) in [set(each.statements) for each in records(path)]


def take_back(page: Page, told: Locator) -> None:
    """Take back what was judged last, and wait until that is told."""
    told.get_by_role("button", name=re.compile("undo", re.IGNORECASE)).first.click()
    expect(page.get_by_role("status", name="What was judged")).to_contain_text("Taken back")


def records(path: Path) -> tuple[Record, ...]:
    with Store.open(path) as store:
        return queries.records(store, WantedRecords(), limit=None).records


def asked(site: str, record: str) -> Any:
    with urllib.request.urlopen(f"{site}/api/v1/records/{record}") as answer:
        return json.load(answer)["record"]


def days(record: Any) -> tuple[str, str]:
    return str(record["start"]), str(record["end"])
