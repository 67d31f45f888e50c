"""What exports are made from: statements, records and articles read from a store as they go, and the pseudonyms of private persons.

The writers of ``orbat.export`` know no store; the command line and the service both ask here.
"""

from __future__ import annotations

import datetime as dt
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from orbat import queries
from orbat.errors import DataError
from orbat.export import ActorFacts, Format, Mask, Material, Mentioned, masked
from orbat.link.catalogue import Catalogue
from orbat.names import lost_capitals
from orbat.queries.streams import DocumentStream, RecordStream, StatementStream, last_read, says
from orbat.recordkeeping import known_by, related_in
from orbat.recordkeeping.known import statements_by
from orbat.recordtypes import Record, RecordKind
from orbat.types import Failure, MentionType

if TYPE_CHECKING:
    from orbat.pipeline import Reader
    from orbat.queries import Wanted, WantedRecords
    from orbat.store import Store

KEY_BYTES = 16
"""The shortest key of pseudonyms that is taken: 128 bits cannot be guessed."""


def material(store: Store, catalogue: Catalogue, format: Format, wanted: Wanted, wanted_records: WantedRecords) -> Material:
    """What a format is made from, read from the store as it goes."""
    said = StatementStream(store, wanted, wanted_records if format.both else None)
    made = last_read(store)
    of_time = {"made": made} if made else {}
    return Material(said, RecordStream(store, wanted_records, said), DocumentStream(store), Facts(catalogue), **of_time)


def earlier_material(
    store: Store, catalogue: Catalogue, format: Format, moment: dt.datetime, wanted: Wanted, wanted_records: WantedRecords
) -> Material:
    """The same as it was known at a moment: all of it is made again in memory."""
    made = known_by(store, moment, related=related_in(catalogue))
    records = [record for record in made if queries.fits(record, wanted_records)]
    members = {id for record in records for id in record.statements} if format.of_records else set()
    over = {id for record in made if _was_over(record, wanted.as_of) for id in record.statements}
    read, _ = statements_by(store, moment, corrected=True)
    asked = {s.id for s in read if s.id in members or (s.id not in over and says(s, wanted))}
    said = {s.id: s for s in sorted(read, key=lambda s: (s.document.id, s.sentence.span)) if s.id in asked}
    return Material(said, records, DocumentStream(store), Facts(catalogue), moment)


def _was_over(record: Record, day: dt.date | None) -> bool:
    """Whether a relation had ended before a day."""
    return day is not None and record.kind is RecordKind.RELATION and record.end is not None and record.end < day


def with_pseudonyms(material: Material, store: Store, catalogue: Catalogue, key: bytes, mentions: Iterator[Mentioned] | None) -> Material:
    """The material with pseudonyms for the private persons of the whole store, whatever part of it is exported.

    Args:
        mentions: private persons whom the articles name and no statement has (``named_in``).
    """
    rows = (catalogue.row(entry.id) for entry in catalogue)
    public = [name for row in rows for listed in ("country_names", "demonyms") for name in row.get(listed, ())]
    everyone = chain(StatementStream(store, queries.Wanted()).values(), material.statements.values())
    return masked(material, Mask(everyone, key, public=public, mentions=mentions or ()))


def articles_of(material: Material) -> tuple[str, ...]:
    """The ids of the articles that a material speaks of."""
    ids = dict.fromkeys(s.document.id for s in material.statements.values())
    return tuple(ids | dict.fromkeys(id for record in material.records for id in record.documents))


def named_in(material: Material, reader: Reader, failed: Callable[[Failure], None], *, workers: int | None = None) -> Iterator[Mentioned]:
    """The private persons that the articles of a material name anywhere, also where no statement has them; the articles are read again.

    Args:
        failed: told of each article that cannot be read.
    """
    found = (document for id in articles_of(material) if (document := material.documents.get(id)))
    for reading in reader.read_many(found, workers=workers):
        if isinstance(reading, Failure):
            failed(reading)
            continue
        text = reading.document.text
        for index, mention in enumerate(reading.annotations.mentions):
            link = reading.links.actors.get(index)
            if mention.type is MentionType.PERSON and (link is None or link.target is None):
                sentence = reading.annotations.sentences[mention.sentence].of(text)
                yield Mentioned(reading.document.id, mention.span.of(text), not lost_capitals(sentence))


def mask_key(store: Store, given: Path | None = None) -> bytes:
    """The key of the pseudonyms: of the file given, or of the one beside the store, which is made once, for its owner to read alone.

    Raises:
        DataError: the store is no file and none is given, or the key cannot be read or is too short.
    """
    path, step = given or Path(f"{store.location}.mask-key"), "Give a file with a key: `orbat export --mask-private --mask-key FILE`."
    if given is None and "://" in store.location:
        raise DataError("The pseudonyms need a key.", "This store is no file, so none is kept beside it.", step)
    try:
        if given is None and not path.exists():
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(32) + "\n")
        key = path.read_bytes().strip()
    except OSError as error:
        raise DataError(f"The key of the pseudonyms cannot be read from {path}.", f"{error.strerror}.", step) from error
    if len(key) < KEY_BYTES:
        raise DataError(f"The key in {path} is too short.", f"It has {len(key)} bytes of at least {KEY_BYTES}.", step)
    return key


class Facts(Mapping[str, ActorFacts]):
    """What exports ask of the catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def __getitem__(self, id: str) -> ActorFacts:
        if id not in self._catalogue:
            raise KeyError(id)
        entry = self._catalogue.entry(id)
        return ActorFacts(entry.countries, next((numbers[0] for name, numbers in entry.ids if name == "ucdp" and numbers), ""))

    def __iter__(self) -> Iterator[str]:
        return (entry.id for entry in self._catalogue)

    def __len__(self) -> int:
        return len(self._catalogue)
