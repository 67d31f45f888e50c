"""``orbat export``."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from orbat.cli.common import Actors, Model, StoreAt, app, reader_of
from orbat.cli.finding import Kinds, day, moment, names_of
from orbat.errors import DataError
from orbat.types import Failure

if TYPE_CHECKING:
    from orbat.export import Format, Material, Written
    from orbat.store import Store


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
    as_of: Annotated[
        dt.date | None, typer.Option(parser=day, metavar="DAY", help="Had happened, or held, on that day; statements as `find` has them.")
    ] = None,
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
    from orbat import exporting, queries
    from orbat.export import format_named
    from orbat.link.catalogue import Catalogue
    from orbat.store import Store

    chosen = format_named(format)
    if chosen.folder is not None and out is None:
        raise typer.BadParameter(f"{chosen.name} is a folder: give --out FOLDER.")
    catalogue, named = Catalogue.load(actors), names_of(actors, bool(actor))
    parties, kinds = tuple(named(name) for name in actor or ()), tuple(types or ())
    wanted = queries.Wanted(actors=parties, types=kinds, since=since, until=until, as_of=as_of)
    wanted_records = queries.WantedRecords(actors=parties, types=kinds, since=since, until=until, as_of=as_of)
    with Store.open(store, create=False) as kept:
        if known_by is None:
            material = exporting.material(kept, catalogue, chosen, wanted, wanted_records)
        else:
            material = exporting.earlier_material(kept, catalogue, chosen, known_by, wanted, wanted_records)
        if mask_private:
            mentions = exporting.named_in(material, reader_of(model, actors), _not_reread) if reread else None
            material = exporting.with_pseudonyms(material, kept, catalogue, exporting.mask_key(kept, mask_key), mentions)
        _report(_write(chosen, material, out), chosen, kept)


def _not_reread(failure: Failure) -> None:
    typer.echo(f"{failure.document}: not read again for names: {failure.message}", err=True)


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
