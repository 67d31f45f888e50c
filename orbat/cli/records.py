"""``orbat records``, ``orbat record`` and ``orbat changes``."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orbat.cli.common import Actors, StoreAt, app, console
from orbat.cli.finding import Kinds, day, moment, names_of, start_of
from orbat.cli.printing import print_rows
from orbat.cli.words import day_of, speaker, surely
from orbat.recordtypes import Record, RecordChange, RecordField, RecordKind, RecordStatus, Reliability
from orbat.types import Statement

if TYPE_CHECKING:
    from orbat.corroborate.features import Related
    from orbat.queries import FoundRecords, RecordEvidence, WantedRecords
    from orbat.store import Store

records_app = typer.Typer(invoke_without_command=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(records_app, name="records")


class Format(StrEnum):
    """How records and changes are printed."""

    TABLE = "table"
    JSONL = "jsonl"


Shape = Annotated[Format | None, typer.Option("--format", help="Default: table on a terminal, jsonl elsewhere.")]


@records_app.callback()
def records(
    context: typer.Context,
    actor: Annotated[list[str] | None, typer.Option(help="Takes part; given twice, both do.")] = None,
    types: Kinds = None,
    status: Annotated[list[RecordStatus] | None, typer.Option(help="One of these.")] = None,
    kind: Annotated[RecordKind | None, typer.Option(help="Events or relations only.")] = None,
    country: Annotated[str, typer.Option(help="The country where it happened.")] = "",
    since: Annotated[dt.date | None, typer.Option(parser=day, metavar="DAY", help="May have happened or held then or later.")] = None,
    until: Annotated[dt.date | None, typer.Option(parser=day, metavar="DAY", help="May have happened or begun then or earlier.")] = None,
    as_of: Annotated[dt.date | None, typer.Option(parser=day, metavar="DAY", help="Had happened, or held, on that day.")] = None,
    known_by: Annotated[
        dt.datetime | None, typer.Option(parser=moment, metavar="DAY", help="As it was known by the end of that day.")
    ] = None,
    min_origins: Annotated[int, typer.Option(help="So many independent origins.", min=0)] = 0,
    limit: Annotated[int, typer.Option(help="Records given; 0 for all.", min=0)] = 50,
    format: Shape = None,
    store: StoreAt = None,
    actors: Actors = None,
) -> None:
    """List records, the newest first: happenings and relations, with how far their origins bear them out."""
    if context.invoked_subcommand:
        return
    from orbat import queries
    from orbat.store import Store

    named = names_of(actors, bool(actor))
    wanted = queries.WantedRecords(
        actors=tuple(named(name) for name in actor or ()),
        types=tuple(types or ()),
        statuses=tuple(status or ()),
        kind=kind,
        country=country,
        since=since,
        until=until,
        as_of=as_of,
        min_origins=min_origins,
    )
    with Store.open(store, create=False) as kept:
        if known_by is None:
            found = queries.records(kept, wanted, limit=limit or None)
        else:
            found = _known_by(kept, known_by, wanted, limit or None, actors)
    if found.waiting:
        typer.echo(f"{found.waiting} documents are read and not yet in the records: run `orbat records update`.", err=True)
    if shape_of(format) is Format.JSONL:
        _print_lines(found.records)
    else:
        _print_records(found)


@records_app.command("update")
def update(store: StoreAt = None, actors: Actors = None) -> None:
    """Bring the records up to date with what was read and judged."""
    from orbat.recordkeeping import update

    _renew(store, actors, update)


@records_app.command("rebuild")
def rebuild(store: StoreAt = None, actors: Actors = None) -> None:
    """Make all records again from the statements and judgements, as after a change of the catalogue or of orbat."""
    from orbat.recordkeeping import rebuild

    _renew(store, actors, rebuild)


@app.command()
def record(
    id: Annotated[str, typer.Argument(help="A record's or statement's id, or its first digits.")],
    known_by: Annotated[
        dt.datetime | None, typer.Option(parser=moment, metavar="DAY", help="As it was known by the end of that day.")
    ] = None,
    format: Shape = None,
    store: StoreAt = None,
    actors: Actors = None,
) -> None:
    """Show one record: what each origin says side by side, the sentences, which articles are copies, and its history."""
    from orbat import queries
    from orbat.recordkeeping import record_known_by
    from orbat.recordserial import record_to_json
    from orbat.serial import statement_to_json
    from orbat.store import Store

    with Store.open(store, create=False) as kept:
        found = queries.record(kept, id) if known_by is None else record_known_by(kept, id, known_by, related=related_of(actors))
        grades = queries.grades(kept)
    if shape_of(format) is Format.JSONL:
        history = [_change(each) for each in found.history]
        said = [statement_to_json(s) for s in found.statements]
        value = {**record_to_json(found.record), "said": said, "families": found.families, "history": history}
        typer.echo(json.dumps(value, ensure_ascii=False))
    else:
        _print_record(found, grades)


@app.command()
def changes(
    since: Annotated[dt.datetime, typer.Option(parser=start_of, metavar="DAY", help="From that day or moment on.")],
    format: Shape = None,
    store: StoreAt = None,
) -> None:
    """Show what became of records since a day: new, changed, withdrawn, merged, split."""
    from orbat import queries
    from orbat.store import Store

    shape = shape_of(format)
    with Store.open(store, create=False) as kept:
        found = queries.changes(kept, since=since)
        now = {r.id: r for r in _records_of(kept, found)} if shape is Format.TABLE else {}
    if shape is Format.JSONL:
        for each in found:
            typer.echo(json.dumps(_change(each)))
    else:
        heads = ("when", "record", "change", "others", "what it is now")
        rows = ((*_change_cells(each), _short(now[each.record]) if each.record in now else "") for each in found)
        print_rows(f"{len(found)} changes", heads, rows)


def related_of(actors: Path | None) -> Related:
    """Which actors the catalogue relates."""
    from orbat.link.catalogue import Catalogue
    from orbat.recordkeeping import related_in

    return related_in(Catalogue.load(actors))


def _renew(store: str | None, actors: Path | None, how: Callable[..., Sequence[RecordChange]]) -> None:
    from orbat.store import Store

    with Store.open(store, create=False) as kept:
        made = how(kept, related=related_of(actors))
    counts: dict[str, int] = {}
    for each in made:
        counts[each.change.value] = counts.get(each.change.value, 0) + 1
    typer.echo(", ".join(f"{number} {change}" for change, number in counts.items()) or "nothing new")


def _known_by(store: Store, by: dt.datetime, wanted: WantedRecords, limit: int | None, actors: Path | None) -> FoundRecords:
    from orbat import queries
    from orbat.recordkeeping import known_by

    made = known_by(store, by, related=related_of(actors))
    found = sorted(filter(lambda each: queries.fits(each, wanted), made), key=lambda r: r.id)
    found.sort(key=lambda r: r.start or dt.date.min, reverse=True)
    return queries.FoundRecords(len(found), tuple(found[:limit]))


def shape_of(format: Format | None) -> Format:
    """The format given, or the one that suits where it is printed."""
    return format or (Format.TABLE if sys.stdout.isatty() else Format.JSONL)


def _change(each: RecordChange) -> dict[str, object]:
    return {"record": each.record, "change": each.change.value, "at": each.at.isoformat(), "others": list(each.others)}


def _change_cells(each: RecordChange) -> tuple[str, ...]:
    return f"{each.at:%Y-%m-%d %H:%M}", each.record, each.change.value, " ".join(each.others)


def _records_of(store: Store, changes: Iterable[RecordChange]) -> Sequence[Record]:
    """The records that changed and are still there."""
    from orbat.queries.records import load_records

    with store.reading() as connection:
        return load_records(connection, dict.fromkeys(each.record for each in changes))


def _short(r: Record) -> str:
    """A record in a line: "2017-10-04 attack: Boko Haram, against patrol, in Niger"."""
    who, whom, place = _first(r.actors), _first(r.targets), r.location.name if r.location else ""
    parts = (who, whom and f"against {whom}" if r.kind is RecordKind.EVENT else whom, place and f"in {place}")
    return f"{_days(r)} {r.type.lower()}: ".lstrip() + ", ".join(part for part in parts if part)


def _print_lines(records: Iterable[Record]) -> None:
    from orbat.recordserial import record_to_json

    for each in records:
        typer.echo(json.dumps(record_to_json(each), ensure_ascii=False))


def _print_records(found: FoundRecords) -> None:
    shown = f"{found.total} records" if len(found.records) == found.total else f"{len(found.records)} of {found.total} records"
    heads = ("when", "what", "who", "to whom or what", "where", "tolls", "status", "origins", "statements", "record")
    print_rows(shown, heads, map(_record_cells, found.records))


def _record_cells(r: Record) -> tuple[str, ...]:
    place = ", ".join(dict.fromkeys(p for p in (r.location.name, r.location.country) if p)) if r.location else ""
    tolls = "; ".join(f"{t.kind} {t.best}" + ("" if t.low == t.high else f" ({t.low} to {t.high})") for t in r.totals())
    head = (_days(r), r.type.lower(), _first(r.actors), _first(r.targets), place, tolls)
    return (*head, f"{r.status} {r.credibility}", str(r.independent), str(len(r.statements)), r.id[:9])


def _days(r: Record) -> str:
    if r.kind is RecordKind.RELATION and r.start:
        return f"{day_of(r.start)} to {day_of(r.end)}".rstrip()
    return day_of(r.start) if r.start == r.end else f"{day_of(r.start)} to {day_of(r.end)}"


def _first(field: RecordField) -> str:
    return ", ".join(value.entity.name if value.entity else value.text for value in field.values[:3])


def _print_record(found: RecordEvidence, grades: dict[str, Reliability]) -> None:
    from rich.text import Text

    r, out = found.record, console()
    out.print(Text(f"{r.id}   {r.kind}: {r.type.lower()}   {_days(r)}", style="bold"))
    families = len({found.families.get(document, document) for document in r.documents})
    learned = f"learned {r.learned_first:%Y-%m-%d}" if r.learned_first else ""
    out.print(
        Text(
            f"{r.status}, credibility {r.credibility}, certainty {r.certainty}; {r.independent} independent origins, {len(r.documents)} "
            f"articles in {families} families of copies, {len(r.statements)} statements   {learned}"
        )
    )
    print_rows("what is said", ("field", "value", "said by", "statements", "and"), _said_cells(r))
    origins = ((o.id, o.name, o.kind, grades.get(o.id, Reliability.F), "denies" if o.id in r.denials else "") for o in r.origins)
    print_rows("who says so", ("origin", "name", "kind", "reliability", "and"), origins)
    heads = ("statement", "source", "published", "says", "how surely", "copies", "sentence")
    print_rows("where it is said", heads, (_sentence_cells(s, found.families) for s in found.statements))
    print_rows("history", ("when", "record", "change", "others"), map(_change_cells, found.history))


def _sentence_cells(s: Statement, families: dict[str, str]) -> tuple[str, ...]:
    family = families.get(s.document.id, "")[:8]
    return s.id[:8], s.document.source, day_of(s.document.published), speaker(s), surely(s), family, s.sentence.text


def _said_cells(r: Record) -> Iterable[tuple[str, ...]]:
    called = {origin.id: origin.name for origin in r.origins}
    for field in (r.actors, r.targets, *r.fields, *(RecordField(f"{t.kind} {t.side}".strip(), t.said) for t in r.tolls)):
        for at, value in enumerate(field.values):
            name = value.entity.name if value.entity else value.text
            marks = (("disputed", field.disputed and not at), ("judged", field.judged and not at), ("denied", value.negated))
            mark = " ".join(word for word, on in marks if on)
            yield (
                field.name if not at else "",
                name,
                ", ".join(called.get(id, id) for id in value.origins),
                " ".join(id[:8] for id in value.statements),
                mark,
            )
