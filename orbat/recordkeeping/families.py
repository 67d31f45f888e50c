"""Families of near-copies in the store, kept as documents come, and what corroboration is told of documents."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import sqlalchemy as sa

from orbat.corroborate.context import Context, DocumentFacts
from orbat.corroborate.copies import Signature, band_keys, family_of, near_copies, signature
from orbat.corroborate.features import Related
from orbat.queries.loading import among, parts
from orbat.tables import bands, copies, documents, new_bands, readings
from orbat.types import Document


def add_to_families(connection: sa.Connection, new: Iterable[str]) -> frozenset[str]:
    """Find each new document's copies and note its family; the families that grew are given, by id."""
    grown: set[str] = set()
    for document in _unsigned(connection, new):
        mark, facts = signature(document.text), DocumentFacts.of(document)
        keys = sorted(set(band_keys(mark)))
        earlier = _sharing(connection, keys)
        near = {earlier[key][1] for key in near_copies(mark, {key: known for key, (known, _) in earlier.items()})}
        family = family_of(document.id, near)
        if near:
            connection.execute(sa.update(copies).where(copies.c.family.in_(near)).values(family=family))
            grown.discard(family)
            grown = grown - near | {family}
        values = {"document": document.id, "signature": mark.to_bytes(), "family": family}
        connection.execute(sa.insert(copies).values(**values, publisher=facts.publisher, wire=facts.wire))
        if keys:
            connection.execute(sa.insert(new_bands), [{"band": key, "document": document.id} for key in keys])
    return frozenset(grown)


def documents_of(connection: sa.Connection, families: Iterable[str]) -> frozenset[str]:
    """The documents of some families."""
    query = sa.select(copies.c.document)
    return frozenset(id for part in parts(families) for id in connection.scalars(query.where(among(connection, copies.c.family, part))))


def context_of(connection: sa.Connection, about: Collection[str], related: Related) -> Context:
    """What is known of some documents and of all others of their families."""
    families = sa.select(copies.c.family)
    return _facts(
        (copies.c.family.in_(families.where(among(connection, copies.c.document, part))) for part in parts(about)), connection, related
    )


def facts_of(connection: sa.Connection, about: Iterable[str], related: Related) -> Context:
    """What is known of some documents."""
    return _facts((among(connection, copies.c.document, part) for part in parts(about)), connection, related)


def _facts(chosen: Iterable[sa.ColumnElement[bool]], connection: sa.Connection, related: Related) -> Context:
    learned = sa.select(sa.func.min(readings.c.read_at)).where(readings.c.document == copies.c.document).scalar_subquery()
    query = sa.select(
        copies.c.document, copies.c.family, copies.c.publisher, copies.c.wire, documents.c.published, learned.label("learned")
    )
    query = query.join(documents, documents.c.id == copies.c.document)
    found = {row[0]: DocumentFacts(*row) for which in chosen for row in connection.execute(query.where(which)).all()}
    return Context(found, related)


def _unsigned(connection: sa.Connection, new: Iterable[str]) -> list[Document]:
    """Those of some documents that no signature is kept of, in the order of their ids."""
    known = sa.select(copies.c.document)
    found = []
    for part in parts(sorted(new)):
        query = sa.select(documents).where(among(connection, documents.c.id, part), documents.c.id.not_in(known)).order_by(documents.c.id)
        found += [Document(**row._mapping) for row in connection.execute(query)]
    return found


def _sharing(connection: sa.Connection, keys: list[str]) -> dict[str, tuple[Signature, str]]:
    """The signature and family of each document that shares a band."""
    query = sa.select(copies.c.document, copies.c.signature, copies.c.family).distinct()
    rows = [
        row
        for table in (bands, new_bands)
        for row in connection.execute(query.join(table, table.c.document == copies.c.document).where(among(connection, table.c.band, keys)))
    ]
    return {row.document: (Signature.from_bytes(row.signature), row.family) for row in rows} if keys else {}
