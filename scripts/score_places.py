"""Scores place resolution on gold mentions: python scripts/score_places.py FILE...

FILE has one JSON object a line: text, toponyms [{start, end, text, lat, lon}], and optionally title, url, source, date. Toponyms without
coordinates are left out of the score. A@161: the share resolved within 161 km (100 miles); a NIL is wrong. The mean error is over what was
resolved.
"""

from __future__ import annotations

import json
import math
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from orbat.link.gazetteer import Gazetteer
from orbat.link.places import link_places
from orbat.types import Annotations, Document, Mention, MentionType, Place, Span


@dataclass(frozen=True, slots=True)
class Error:
    """A gold toponym that was put elsewhere; ``km`` is infinite for a NIL."""

    km: float
    document: str
    text: str
    gold: tuple[float, float]
    place: Place | None


def kilometres(lat: float, lon: float, lat2: float, lon2: float) -> float:
    a, b = math.radians(lat), math.radians(lat2)
    h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(lon2 - lon) / 2) ** 2
    return 12742 * math.asin(min(1.0, math.sqrt(h)))


def gold_document(line: str) -> tuple[Document, Annotations, list[tuple[int, float, float]], str]:
    """The document, its gold mentions as annotations, and (mention, lat, lon) of those with coordinates."""
    item = json.loads(line)
    document = Document.of(item["text"], title=item.get("title", ""), url=item.get("url", ""))
    toponyms = sorted(item["toponyms"], key=lambda t: (t["start"], t["end"]))
    mentions = tuple(Mention(MentionType.PLACE, Span(t["start"], t["end"]), 0) for t in toponyms)
    gold = [(i, float(t["lat"]), float(t["lon"])) for i, t in enumerate(toponyms) if t.get("lat") is not None]
    return document, Annotations((), mentions), gold, str(item.get("id", ""))


def score(path: Path, gazetteer: Gazetteer) -> dict[str, float | int]:
    """The figures of a file; prints its twenty worst errors."""
    results: list[Error] = []
    seconds, words, articles = 0.0, 0, 0
    for line in filter(None, path.read_text(encoding="utf-8").split("\n")):
        document, annotations, gold, name = gold_document(line)
        began = time.process_time()
        links = link_places(document, annotations, gazetteer)
        seconds += time.process_time() - began
        words, articles = words + len(document.text.split()), articles + 1
        for index, lat, lon in gold:
            place = links[index].target if index in links else None
            km = kilometres(lat, lon, place.lat, place.lon) if place else math.inf
            results.append(Error(km, name, annotations.mentions[index].span.of(document.text), (lat, lon), place))
    resolved = [r.km for r in results if r.place]
    for error in sorted(results, key=lambda r: (-r.km, r.document, r.text))[:20]:
        place = f"{error.place.name}, {error.place.admin1}, {error.place.country}" if error.place else "NIL"
        print(f"{error.km:8.0f} km  {error.document}  {error.text!r}  gold {error.gold}  got {place}")
    return {
        "toponyms": len(results),
        "A@161": round(100 * sum(r.km <= 161 for r in results) / len(results), 2),
        "mean_error_km": round(sum(resolved) / max(1, len(resolved)), 1),
        "nil": round(100 * (1 - len(resolved) / len(results)), 2),
        "ms_per_400_words": round(1000 * seconds / words * 400, 3),
        "ms_per_article": round(1000 * seconds / articles, 3),
    }


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    shipped = Gazetteer.open()
    for file in sys.argv[1:]:
        print(file, json.dumps(score(Path(file), shipped)))
