"""Writing down what an analyst decides, and taking it back. Nothing is rewritten; ``update`` makes what it touches again."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

import sqlalchemy as sa

from orbat.corroborate.judged import READ, RECORD, anchor
from orbat.errors import NotFoundError, StoreError
from orbat.names import fold
from orbat.queries.judgements import judgement, judgements_in
from orbat.recordtypes import Judgement, Reliability, Verdict
from orbat.serial import ID_DIGITS
from orbat.store import Store, mark_unrecorded
from orbat.tables import fillers, judgements, record_statements, statements, woven
from orbat.types import Certainty, EventType

_WORDS = {"type": {t.value.lower() for t in EventType}, "certainty": {c.value for c in Certainty}, "negated": {"true", "false"}}


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided: ``left``, ``right``, ``field`` and ``value`` as in ``recordtypes.Judgement``, ids in full."""

    verdict: Verdict
    left: str
    right: str = ""
    field: str = ""
    value: str = ""


def judge(store: Store, decision: Decision, *, by: str, note: str = "", at: dt.datetime | None = None) -> Judgement:
    """Keep a judgement. The same decided again by the same person, while it stands, is the one that is there.

    Args:
        by: who decides.
        at: when; now, if not given.

    Raises:
        NotFoundError: it is about a statement or record that is not there.
        StoreError: a part that its verdict needs is missing or cannot be, or the store cannot be written.
    """
    _check(decision)
    moment = (at or dt.datetime.now(dt.UTC)).astimezone(dt.UTC)
    with store.writing() as connection:
        for each in judgements_in(connection):
            if each.withdrawn_at is None and each.by == by and _parts(each) == _parts(decision):
                return each
        documents = _documents(connection, decision)
        text = "\0".join((*_parts(decision), by, moment.isoformat()))
        made = Judgement(
            hashlib.sha256(text.encode("utf-8")).hexdigest()[:ID_DIGITS],
            decision.verdict,
            *_parts(decision)[1:],
            by=by,
            at=moment,
            note=note,
        )
        values = {column.name: getattr(made, column.name) for column in judgements.c}
        connection.execute(sa.insert(judgements).values(**{**values, "verdict": made.verdict.value}))
        _mark(connection, documents)
        return made


def withdraw(store: Store, id: str, *, at: dt.datetime | None = None) -> Judgement:
    """Take a judgement back, by its id or the beginning of it; it stays on file. Taken back already, it is left as it is.

    Raises:
        NotFoundError: no id begins so, or several do.
        StoreError: the store cannot be written.
    """
    found = judgement(store, id)
    if found.withdrawn_at is not None:
        return found
    moment = (at or dt.datetime.now(dt.UTC)).astimezone(dt.UTC)
    with store.writing() as connection:
        connection.execute(sa.update(judgements).where(judgements.c.id == found.id).values(withdrawn_at=moment))
        _mark(connection, _documents(connection, Decision(found.verdict, found.left, found.right, found.field, found.value), there=False))
    return judgement(store, found.id)


def _parts(of: Decision | Judgement) -> tuple[str, str, str, str, str]:
    return (of.verdict.value, of.left, of.right, of.field, of.value)


def _check(decision: Decision) -> None:
    verdict, wrong = decision.verdict, ""
    if not decision.left:
        wrong = "It says nothing of what it is about"
    elif verdict in (Verdict.JOIN, Verdict.PART) and (not decision.right or anchor(decision.right) == anchor(decision.left)):
        wrong = f"To {verdict} takes two different statements or records"
    elif verdict is Verdict.CORRECT and not (decision.field and decision.value):
        wrong = "A correction takes a field and its value"
    elif verdict is Verdict.CORRECT and decision.value not in _WORDS.get(decision.field, {decision.value}):
        wrong = f"The field {decision.field} is one of {', '.join(sorted(_WORDS[decision.field]))}"
    elif verdict is Verdict.CORRECT and decision.field in READ and decision.left.startswith(RECORD):
        wrong = f"A record's {decision.field} is what its statements say: correct those"
    elif verdict is Verdict.GRADE and decision.value not in set(Reliability):
        wrong = "A grade is one of A (reliable) to E (unreliable) and F (cannot be judged)"
    elif verdict is Verdict.ADOPT and not (decision.value or decision.right):
        wrong = "To adopt a name takes the id of the actor that it means"
    if wrong:
        raise StoreError("The judgement was not kept.", f"{wrong}.", "See `orbat judge --help`.")


def _documents(connection: sa.Connection, decision: Decision, *, there: bool = True) -> set[str]:
    """The documents whose statements a judgement bears on.

    Raises:
        NotFoundError: ``there``, and one of its ids is of nothing in the store.
    """
    if decision.verdict is Verdict.GRADE:
        return set()  # a grade is shown beside what an origin says; it changes no record
    if decision.verdict is Verdict.ADOPT:
        named = sa.select(statements.c.document).distinct().join(fillers, fillers.c.statement == statements.c.key)
        return set(connection.scalars(named.where(statements.c.current == sa.true(), fillers.c.folded == fold(decision.left))))
    found: set[str] = set()
    for id in filter(None, (decision.left, decision.right)):
        members = sa.select(record_statements.c.statement).where(record_statements.c.record == id)
        query = sa.select(statements.c.document).distinct()
        documents = set(connection.scalars(query.where(sa.or_(statements.c.id == anchor(id), statements.c.id.in_(members)))))
        if not documents and there:
            raise NotFoundError(f"No statement or record has the id {id!r}.", "", "`orbat find` and `orbat records` print ids.")
        found |= documents
    return found


def _mark(connection: sa.Connection, documents: set[str]) -> None:
    for document in sorted(documents):
        mark_unrecorded(connection, sa.select(sa.literal(document)))
        connection.execute(sa.delete(woven).where(woven.c.document == document))  # what is judged may make other happenings
