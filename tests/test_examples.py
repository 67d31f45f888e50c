"""The example articles: as many and as long as their README says, and nobody else's sentences."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
SEED = ROOT.parent / "shared" / "corpus" / "seed.txt"


def _articles() -> dict[str, str]:
    out = {}
    for path in sorted(EXAMPLES.glob("*.*")):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".jsonl":
            out |= {row["id"]: row["text"] for row in map(json.loads, text.splitlines())}
        elif path.suffix == ".html":
            out[path.name] = html.unescape(re.sub(r"<[^>]+>", " ", text[text.index("<body") :]))
        elif path.suffix == ".txt":
            out[path.name] = text
    return out


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower())


def test_the_readme_lists_every_file() -> None:
    page = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    files = {path.name for path in EXAMPLES.iterdir() if path.is_file()} - {"README.md"}
    assert set(re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE)) == files
    assert len(files) == 17
    assert len(_articles()) == 19
    assert page.startswith("# The example articles\n\nNineteen articles in seventeen files")


def test_articles_have_the_length_of_news() -> None:
    assert {name: len(_words(text)) for name, text in _articles().items() if not 150 <= len(_words(text)) <= 450} == {}


@pytest.mark.skipif(not SEED.exists(), reason="the corpus's folder is not beside the project")
def test_the_seed_article_is_not_copied() -> None:
    """No five words in a row of the corpus's seed article stand in the article that covers the same ground."""
    ours, seed = _words(_articles()["01-rivals-for-fighters.txt"]), _words(SEED.read_text(encoding="utf-8"))
    five = [{tuple(words[i : i + 5]) for i in range(len(words) - 4)} for words in (ours, seed)]
    assert five[0] & five[1] == set()
