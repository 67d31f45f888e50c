"""``orbat export``."""

from __future__ import annotations

import datetime as dt
import os
import secrets
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from orbat.cli.common import Actors, Model, StoreAt, app, reader_of
from orbat.cli.finding import Kinds, day, names_of
from orbat.cli.records import moment
from orbat.errors import DataError
from orbat.types import Failure, MentionType

if TYPE_CHECKING:
    from orbat.export import ActorFacts, Format, Material, Mentioned, Written
    from orbat.link.catalogue import Catalogue
    from orbat.pipeline import Reader
    from orbat.queries import Wanted, WantedRecords
    from orbat.store import Store

KEY_BYTES = 16
"""The shortest key of pseudonyms that is taken: 128 bits cannot be guessed."""


@app.command()
def export(
    format: Annotated[
        str, typer.Argument(help="acled, ucdp-ged, plover, cameo, ftm, stix, geojson, graphml, gexf, csv, parquet or corpus.")
    ],
    store: StoreAt = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write there; Parquet is a folder and needs it.", show_default=False)] = None,
    since: Annotated[dt.date | None, typer.Option(parser=day, metavar="DAY", help="May have happened then or later.")] = None,
    until: Annotated[dt.date | None, typer.Option(parser=day, metavar="DAY", help="May have happened then or earlier.")] = None,
    actor: Annotated[list[str] | None, typer.Option(help="Takes part; given twice, both do.")] = None,
    types: Kinds = None,
    known_by: Annotated[
        dt.datetime | None, typer.Option(parser=moment, metavar="DAY", help="As it was known by the end of that day.")
    ] = None,
    mask_private: Annotated[bool, typer.Option("--mask-private", help="Pseudonyms for persons whom the catalogue does not know.")] = False,
    mask_key: Annotated[Path | None, typer.Option(help="A file with the key of the pseudonyms.", show_default=False)] = None,
    reread: Annotated[bool, typer.Option(help="With --mask-private, read the articles again for names that no statement has.")] = True,
    model: Model = None,
    actors: Actors = None,
) -> None:
    """Write statements and records in a format of the field. docs/exports.md says for each what is lost."""
    from orbat import queries
    from orbat.export import format_named
    from orbat.link.catalogue import Catalogue
    from orbat.store import Store

    chosen = format_named(format)
    if chosen.folder is not None and out is None:
        raise typer.BadParameter(f"{chosen.name} is a folder: give --out FOLDER.")
    catalogue, named = Catalogue.load(actors), names_of(actors, bool(actor))
    parties, kinds = tuple(named(name) for name in actor or ()), tuple(types or ())
    asked = (
        queries.Wanted(actors=parties, types=kinds, since=since, until=until),
        queries.WantedRecords(actors=parties, types=kinds, since=since, until=until),
    )
    with Store.open(store, create=False) as kept:
        material = _material(kept, asked, chosen, catalogue, known_by)
        if mask_private:
            reader = reader_of(model, actors) if reread else None
            material = _masked(material, kept, catalogue, key=_key(kept, mask_key), reader=reader)
        _report(_write(chosen, material, out), chosen, kept)


def _material(
    store: Store, asked: tuple[Wanted, WantedRecords], chosen: Format, catalogue: Catalogue, known_by: dt.datetime | None
) -> Material:
    """What the format is made from, read from the store as it goes; as of an earlier moment all is made again in memory."""
    from orbat.export import Material
    from orbat.queries.streams import DocumentStream, RecordStream, StatementStream, last_read

    wanted, wanted_records = asked
    facts = _Facts(catalogue)
    if known_by is not None:
        return _earlier(store, asked, catalogue, known_by, facts)
    said = StatementStream(store, wanted, wanted_records if chosen.both else None)
    made = last_read(store)
    return Material(said, RecordStream(store, wanted_records, said), DocumentStream(store), facts, **({"made": made} if made else {}))


def _earlier(store: Store, asked: tuple[Wanted, WantedRecords], catalogue: Catalogue, moment: dt.datetime, facts: _Facts) -> Material:
    from orbat import queries
    from orbat.export import Material
    from orbat.queries.streams import DocumentStream, says
    from orbat.recordkeeping import known_by, related_in
    from orbat.recordkeeping.known import statements_by

    wanted, wanted_records = asked
    records = [record for record in known_by(store, moment, related=related_in(catalogue)) if queries.fits(record, wanted_records)]
    members = {id for record in records for id in record.statements}
    read, _ = statements_by(store, moment)
    said = {s.id: s for s in sorted(read, key=lambda s: (s.document.id, s.sentence.span)) if s.id in members or says(s, wanted)}
    return Material(said, records, DocumentStream(store), facts, moment)


class _Facts(Mapping[str, "ActorFacts"]):
    """What exports ask of the catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def __getitem__(self, id: str) -> ActorFacts:
        from orbat.export import ActorFacts

        if id not in self._catalogue:
            raise KeyError(id)
        entry = self._catalogue.entry(id)
        return ActorFacts(entry.countries, next((numbers[0] for name, numbers in entry.ids if name == "ucdp" and numbers), ""))

    def __iter__(self) -> Iterator[str]:
        return (entry.id for entry in self._catalogue)

    def __len__(self) -> int:
        return len(self._catalogue)


def _masked(material: Material, store: Store, catalogue: Catalogue, *, key: bytes, reader: Reader | None) -> Material:
    """The material with pseudonyms for the private persons of the whole store, whatever part of it is exported."""
    from orbat.export import Mask, masked
    from orbat.queries import Wanted
    from orbat.queries.streams import StatementStream

    peoples = [name for entry in catalogue for name in catalogue.row(entry.id).get("demonyms", ())]
    everyone = chain(StatementStream(store, Wanted()).values(), material.statements.values())
    mask = Mask(everyone, key, public=peoples, mentions=_reread(material, reader) if reader else ())
    return masked(material, mask)


def _reread(material: Material, reader: Reader) -> Iterator[Mentioned]:
    """The private persons that the articles of the export name anywhere, also where no statement has them."""
    from orbat.export import Mentioned
    from orbat.names import lost_capitals

    ids = dict.fromkeys(s.document.id for s in material.statements.values())
    ids |= dict.fromkeys(id for record in material.records for id in record.documents)
    for reading in reader.read_many(document for id in ids if (document := material.documents.get(id))):
        if isinstance(reading, Failure):
            typer.echo(f"{reading.document}: not read again for names: {reading.message}", err=True)
            continue
        text = reading.document.text
        for index, mention in enumerate(reading.annotations.mentions):
            link = reading.links.actors.get(index)
            if mention.type is MentionType.PERSON and (link is None or link.target is None):
                sentence = reading.annotations.sentences[mention.sentence].of(text)
                yield Mentioned(reading.document.id, mention.span.of(text), not lost_capitals(sentence))


def _key(store: Store, given: Path | None) -> bytes:
    """The key of the pseudonyms: of the file given, or of the one beside the store, which is made once, for its owner to read alone."""
    path, step = given or Path(f"{store.location}.mask-key"), "Give a file with a key with --mask-key."
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


def _write(chosen: Format, material: Material, out: Path | None) -> Written:
    if chosen.folder is not None:
        return chosen.folder(material, out or Path())
    if chosen.stream is None:
        raise AssertionError("a format writes a stream or a folder")
    with _target(out) as target:
        return chosen.stream(material, target)


@contextmanager
def _target(out: Path | None) -> Iterator[BinaryIO]:
    """Standard output, or a file that takes its name only when it is whole."""
    if out is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    part = out.with_name(out.name + ".part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(out)
    except OSError as error:
        raise DataError(f"{out} cannot be written.", f"{error.strerror}.", "Give another file with --out.") from error
    finally:
        part.unlink(missing_ok=True)


def _report(done: Written, chosen: Format, store: Store) -> None:
    """What was left out and why, on standard error: nothing is left out in silence."""
    from orbat import queries

    for reason, count in sorted(done.left_out.items(), key=lambda each: (-each[1], each[0])):
        typer.echo(f"left out {count}: {reason}", err=True)
    waiting = queries.records(store, queries.WantedRecords(), limit=0).waiting if chosen.of_records else 0
    if waiting:
        typer.echo(f"{waiting} documents are read and not yet in the records: run `orbat records update`.", err=True)
