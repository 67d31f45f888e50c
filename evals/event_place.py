"""How often the place that an event takes from the words around it is the one that its own words say.

    python evals/event_place.py ../shared/corpus/train.jsonl

On gold annotations, for each event of violence told as fact or as likely that has a located place of its own:
"sentence": its place arguments are hidden, the mentions stay. "paragraph": the places of its sentence are hidden too; most sentences
name their place because it is another than before, so those whose place is only a word for one told before ("there", "the town") are
counted apart: they are what a sentence without any place is like. "dateline": all places of its paragraph but the dateline are hidden,
and the country is compared. "same": the same words or the same place; "around": the province or the country that it lies in.
"""

from __future__ import annotations

import argparse
import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from orbat.evaluate import read_jsonl
from orbat.eventplace import EventPlaces
from orbat.link.catalogue import Catalogue
from orbat.link.gazetteer import Gazetteer
from orbat.names import fold
from orbat.pipeline import linked
from orbat.types import (
    Annotations,
    Argument,
    Basis,
    Certainty,
    Document,
    Event,
    EventType,
    Links,
    Mention,
    MentionType,
    Place,
    Role,
    Span,
)


def gold(row: Mapping[str, Any]) -> tuple[Document, Annotations]:
    """A line of the corpus as a document and its annotations."""
    day = str(row.get("date") or "")
    published = dt.date.fromisoformat(day) if len(day) == 10 else None  # some have a year alone
    document = Document.of(row["text"], title=row.get("title") or "", source=row.get("source") or "", published=published)
    at = {m["id"]: i for i, m in enumerate(row["mentions"])}
    mentions = tuple(Mention(MentionType(m["type"]), Span(m["start"], m["end"]), m["s"]) for m in row["mentions"])
    events = tuple(
        Event(
            EventType(e["type"]), Span(e["start"], e["end"]), e["s"], tuple(Argument(Role(r), at[m]) for r, m in e["args"]),
            Certainty(e["certainty"]), e["negated"],
        )
        for e in row["events"]
    )  # fmt: skip
    named: dict[str, int] = {}
    references: dict[int, int] = {}
    for i, m in enumerate(row["mentions"]):
        if m.get("ref") in named:
            references[i] = named[m["ref"]]
        named[m["text"]] = i
    return document, Annotations(tuple(Span(a, b) for a, b in row["sentences"]), mentions, events, MappingProxyType(references))


class Article:
    """One gold article with its links."""

    def __init__(self, row: Mapping[str, Any], catalogue: Catalogue, gazetteer: Gazetteer) -> None:
        document, annotations = gold(row)
        self.document = document
        self.annotations, self.links = linked(document, annotations, catalogue, gazetteer)
        self.told = frozenset(annotations.references)

    def trials(self) -> Iterator[tuple[str, Place | None, bool, bool]]:
        """(what was hidden, the place found, whether it is the same, whether it lies around) for every event that can be asked."""
        paragraph = [self.document.text.count("\n", 0, s.start) for s in self.annotations.sentences]
        first = EventPlaces(self.document, self.annotations, self.links)
        for event in self.annotations.events:
            own = [a.mention for a in event.arguments if a.role is Role.PLACE and self._place(a.mention)]
            bare = replace(event, arguments=tuple(a for a in event.arguments if self.annotations.mentions[a.mention].type is not PLACE))
            if not own:
                continue
            here = {i for i, m in enumerate(self.annotations.mentions) if m.sentence == event.sentence}
            near = {i for i, m in enumerate(self.annotations.mentions) if paragraph[m.sentence] == paragraph[event.sentence]}
            yield self._trial("sentence", Basis.SENTENCE, bare, own, set())
            yield self._trial("paragraph", Basis.PARAGRAPH, bare, own, here)
            if any(i in self.told for i in own):
                yield self._trial("paragraph, told before", Basis.PARAGRAPH, bare, own, here)
            yield self._trial("dateline", Basis.DATELINE, bare, own, near - set(first.dateline))

    def _trial(self, name: str, basis: Basis, event: Event, own: list[int], hidden: set[int]) -> tuple[str, Place | None, bool, bool]:
        events = tuple(event if e.trigger == event.trigger else e for e in self.annotations.events)
        places = {i: link for i, link in self.links.places.items() if i not in hidden}
        annotations = replace(self.annotations, events=events)
        found = EventPlaces(self.document, annotations, Links(places=places, times=self.links.times)).of(event)
        if found is None or found.basis is not basis:
            return name, None, False, False
        said = {fold(self.annotations.mentions[i].span.of(self.document.text)) for i in own}
        meant = [place for i in own if (place := self._place(i))]
        words = {
            fold(self.annotations.mentions[i].span.of(self.document.text))
            for i in self.links.places
            if (place := self._place(i)) and place.id == found.place.id
        }
        same = any(place.id == found.place.id for place in meant) or bool(said & words)
        around = any(
            place.country == found.place.country and (found.place.where_prec == 6 or found.place.name == place.admin1) for place in meant
        )
        return name, found.place, same, around and not same

    def _place(self, mention: int) -> Place | None:
        link = self.links.places.get(mention)
        return link.target if link is not None else None


PLACE = MentionType.PLACE


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path)
    catalogue, gazetteer = Catalogue.load(), Gazetteer.open()
    counts: dict[str, Counter[str]] = {}
    for row in read_jsonl(parser.parse_args().gold):
        for name, place, same, around in Article(row, catalogue, gazetteer).trials():
            counts.setdefault(name, Counter()).update(asked=1, found=place is not None, same=same, around=around)
    for name, c in counts.items():
        share = f"same {c['same'] / c['found']:.2f}, around {c['around'] / c['found']:.2f}" if c["found"] else "-"
        print(f"{name:24} asked {c['asked']:5}  found {c['found']:5}  {share}")


if __name__ == "__main__":
    main()
