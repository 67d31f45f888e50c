"""Take the pictures of the pages in docs/pages/, all or those named: python scripts/page_pictures.py [NAME...]

The example articles are read into a store of their own, served, and looked at with this machine's Chromium: light, dark and on a phone.
"""

from __future__ import annotations

import json
import sys
import tempfile
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))  # the tests' browser

from orbat.ingest import read_all  # noqa: E402
from orbat.pipeline import Reader, Reading  # noqa: E402
from orbat.recordkeeping import related_in, update  # noqa: E402
from orbat.store import Store  # noqa: E402
from tests.browser import CHROMIUM, chromium, served  # noqa: E402

OUT = ROOT / "docs" / "pages"
WIDE = {"viewport": {"width": 1200, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
GROUP, FLOWS = "/groups/islamic-state", "/groups/rsf"


def main() -> None:
    if CHROMIUM is None:
        raise SystemExit("There is no Chromium on this machine.")
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orbat.db"
        fill(path)
        with served(path) as site, chromium() as browser:
            for name, address, how in shots(site):
                if sys.argv[1:] and name not in sys.argv[1:]:
                    continue
                context = browser.new_context(**how)
                page = context.new_page()
                page.goto(f"{site}{address}", wait_until="networkidle")
                page.screenshot(path=OUT / f"{name}.png")
                context.close()
                print(f"{name}.png: {(OUT / f'{name}.png').stat().st_size // 1000} kB")


def fill(path: Path) -> None:
    """A store of the example articles and their records."""
    reader = Reader()
    with Store.open(path) as store:
        found = [each for each in reader.read_many(read_all([ROOT / "examples"])) if isinstance(each, Reading)]
        store.append_many(((each.document, each.statements) for each in found), model=reader.model)
        update(store, related=related_in(reader.catalogue))


def shots(site: str) -> list[tuple[str, str, dict[str, Any]]]:
    """What is taken: a name, an address and how it is looked at."""
    with urllib.request.urlopen(f"{site}/api/v1/statements?limit=1&actor=islamic-state") as answer:
        row = json.load(answer)["items"][0]
    with urllib.request.urlopen(f"{site}/api/v1/records?kind=event&limit=100") as answer:
        record = max(json.load(answer)["items"], key=lambda each: (each["independent"], len(each["statements"])))
    dark = {"color_scheme": "dark"}
    return [
        ("front-light", "/", WIDE),
        ("group-light", GROUP, WIDE),
        ("group-dark", GROUP, WIDE | dark),
        ("group-phone", GROUP, PHONE),
        ("network-dark", f"{GROUP}/network", WIDE | dark),
        ("map-light", "/map", WIDE),
        ("timeline-light", f"{GROUP}/timeline", WIDE),
        ("record-light", f"/records/{record['id']}", WIDE),
        ("article-light", f"/articles/{row['statement']['document']['id']}", WIDE),
        ("search-phone-dark", "/search?q=attack", PHONE | dark),
        ("review-light", "/review", WIDE),
        ("statement-dark", f"/statements/{row['statement']['id']}?why=true", WIDE | dark),
        ("records-phone", "/records", PHONE),
        ("judging-phone-dark", f"/records/{record['id']}/judge", PHONE | dark),
        ("compare-dark", "/compare?one=islamic-state&two=is-west-africa", WIDE | dark),
        ("flows-light", f"{FLOWS}/flows", WIDE),
        ("sources-dark", "/sources", WIDE | dark),
        ("unknown-light", "/unknown?min_articles=1", WIDE),
        ("read-phone", "/read", PHONE),
    ]


if __name__ == "__main__":
    main()
