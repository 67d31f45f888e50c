"""``orbat judge``: what an analyst decides, taken back, listed, and written out to train on."""

from __future__ import annotations

import getpass
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orbat.cli.common import Actors, StoreAt, app
from orbat.cli.printing import print_rows
from orbat.cli.records import Format, Shape, related_of, shape_of
from orbat.recordtypes import Judgement, Reliability, Verdict

if TYPE_CHECKING:
    from orbat.store import Store

judge_app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(
    judge_app, name="judge", help="Confirm, reject or correct what was read; join and part records; grade origins. Nothing is lost."
)

By = Annotated[str | None, typer.Option("--by", help="Who decides. Default: your user name.", show_default=False)]
Note = Annotated[str, typer.Option("--note", help="Why.")]
What = Annotated[str, typer.Argument(help="A statement's or record's id, or its first digits.")]
Other = Annotated[str, typer.Argument(help="The other one's.")]


@judge_app.command()
def confirm(id: What, by: By = None, note: Note = "", store: StoreAt = None, actors: Actors = None) -> None:
    """A statement was read rightly, or a record is right."""
    _judge(store, Said(by, note, actors), Verdict.CONFIRM, id)


@judge_app.command()
def reject(id: What, by: By = None, note: Note = "", store: StoreAt = None, actors: Actors = None) -> None:
    """A statement was misread, or a record is none: it goes out of the records."""
    _judge(store, Said(by, note, actors), Verdict.REJECT, id)


@judge_app.command()
def correct(
    id: What,
    field: Annotated[
        str, typer.Argument(help="Of a record: a field as `orbat record` names it. Of a statement also type, certainty, negated.")
    ],
    value: Annotated[str, typer.Argument(help="What it should be: an id, a day, a number, a word.")],
    by: By = None,
    note: Note = "",
    store: StoreAt = None,
    actors: Actors = None,
) -> None:
    """A field has another value. What was said stays beside it."""
    _judge(store, Said(by, note, actors), Verdict.CORRECT, id, field=field, value=value)


@judge_app.command()
def join(id: What, other: Other, by: By = None, note: Note = "", store: StoreAt = None, actors: Actors = None) -> None:
    """Two statements or records are one."""
    _judge(store, Said(by, note, actors), Verdict.JOIN, id, right=other)


@judge_app.command()
def part(id: What, other: Other, by: By = None, note: Note = "", store: StoreAt = None, actors: Actors = None) -> None:
    """Two statements are not of one record."""
    _judge(store, Said(by, note, actors), Verdict.PART, id, right=other)


@judge_app.command()
def grade(
    origin: Annotated[str, typer.Argument(help="An origin's id, as `orbat record` shows it, or a publisher's name.")],
    reliability: Annotated[Reliability, typer.Argument(help="A reliable to E unreliable, F cannot be judged.", case_sensitive=False)],
    by: By = None,
    note: Note = "",
    store: StoreAt = None,
    actors: Actors = None,
) -> None:
    """How reliable a publisher or speaker is, on the Admiralty's scale. It is shown beside what it says and changes no record."""
    _judge(store, Said(by, note, actors), Verdict.GRADE, origin, value=reliability.value)


@judge_app.command()
def adopt(
    name: Annotated[str, typer.Argument(help="A name that is linked to nothing.")],
    actor: Annotated[str, typer.Argument(help="The id of the actor that it means.")],
    by: By = None,
    note: Note = "",
    store: StoreAt = None,
    actors: Actors = None,
) -> None:
    """A name that the catalogue does not know is this actor, in this store's records."""
    _judge(store, Said(by, note, actors), Verdict.ADOPT, name, value=actor)


@judge_app.command()
def undo(
    id: Annotated[str, typer.Argument(help="A judgement's id, or its first digits.")], store: StoreAt = None, actors: Actors = None
) -> None:
    """Take a judgement back; it stays on file."""
    from orbat.recordkeeping import update, withdraw
    from orbat.store import Store

    with Store.open(store, create=False) as kept:
        taken = withdraw(kept, id)
        update(kept, related=related_of(actors))
    typer.echo(f"{taken.id} taken back")


@judge_app.command("list")
def list_all(
    standing: Annotated[bool, typer.Option("--standing", help="Without those taken back.")] = False,
    format: Shape = None,
    store: StoreAt = None,
) -> None:
    """List judgements, the first first."""
    from orbat import queries
    from orbat.store import Store

    with Store.open(store, create=False) as kept:
        found = queries.judgements(kept, withdrawn=not standing)
    if shape_of(format) is Format.JSONL:
        for each in found:
            typer.echo(json.dumps(_line(each), ensure_ascii=False))
    else:
        print_rows(f"{len(found)} judgements", ("judgement", "when", "by", "verdict", "about", "note", "taken back"), map(_cells, found))


@judge_app.command()
def export(store: StoreAt = None) -> None:
    """Print the sentences of judged statements as corpus lines to train on: as confirmed or corrected, without what was rejected."""
    from orbat.queries.training import judged_sentences
    from orbat.store import Store

    with Store.open(store, create=False) as kept:
        for line in judged_sentences(kept):
            typer.echo(json.dumps(line, ensure_ascii=False))


@dataclass(frozen=True, slots=True)
class Said:
    """Who judges, why, and with which catalogue."""

    by: str | None
    note: str
    actors: Path | None


def _judge(store: str | None, said: Said, verdict: Verdict, left: str, **more: str) -> None:
    """Keep a judgement, bring the records up to date and say what became of them."""
    from orbat.recordkeeping import Decision, judge, update
    from orbat.store import Store

    with Store.open(store, create=False) as kept:
        right = _full_id(kept, more.pop("right")) if "right" in more else ""
        about = left if verdict is Verdict.ADOPT else _origin(left) if verdict is Verdict.GRADE else _full_id(kept, left)
        made = judge(kept, Decision(verdict, about, right, **more), by=said.by or getpass.getuser(), note=said.note)
        changes = update(kept, related=related_of(said.actors))
    typer.echo(f"{made.id} kept")
    for each in changes:
        typer.echo(" ".join((each.record, each.change, *each.others)))


def _full_id(store: Store, id: str) -> str:
    """A record's or statement's whole id."""
    from orbat import queries

    return queries.record(store, id).record.id if id.strip().lower().startswith("r") else queries.statement(store, id).statement.id


def _origin(name: str) -> str:
    from orbat.names import fold

    return name if name.startswith(("publisher:", "speaker:")) else f"publisher:{fold(name)}"


def _line(each: Judgement) -> dict[str, str | None]:
    value = {name: getattr(each, name) for name in each.__slots__}
    return value | {"at": each.at.isoformat(), "withdrawn_at": each.withdrawn_at.isoformat() if each.withdrawn_at else None}


def _cells(each: Judgement) -> tuple[str, ...]:
    about = " ".join(part for part in (each.left, each.right, each.field, each.value) if part)
    taken = f"{each.withdrawn_at:%Y-%m-%d}" if each.withdrawn_at else ""
    return each.id[:8], f"{each.at:%Y-%m-%d}", each.by, each.verdict.value, about, each.note, taken
