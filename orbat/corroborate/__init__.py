"""Many statements to one record: copies folded, origins counted, disagreements kept side by side. Pure: no store, no clock.

All at once: ``build(statements, Context.of(documents, related=...), judgements)``.

Beside a store, for new documents: keep ``signature(text).to_bytes()`` and its ``band_keys`` of each document; ``near_copies`` among the
documents that share a band, and ``family_of``, give its family (all families met become that one). Keep a ``Web`` of what ``inside`` makes
of each document's statements: ``weave`` puts new ones in, ``regroup`` gives the groups that changed, ``assign_ids`` their ids and the
history, ``record`` the record of each.
"""

from orbat.corroborate.agreement import record
from orbat.corroborate.build import build
from orbat.corroborate.context import Context, DocumentFacts
from orbat.corroborate.copies import Signature, band_keys, families, family_of, near_copies, signature
from orbat.corroborate.identity import assign_ids
from orbat.corroborate.judged import Judged, anchor, record_id
from orbat.corroborate.match import Match
from orbat.corroborate.records import inside
from orbat.corroborate.terms import ended
from orbat.corroborate.web import Regrouped, Tie, Web, regroup, weave

__all__ = [
    "Context",
    "DocumentFacts",
    "Judged",
    "Match",
    "Regrouped",
    "Signature",
    "Tie",
    "Web",
    "anchor",
    "assign_ids",
    "band_keys",
    "build",
    "ended",
    "families",
    "family_of",
    "inside",
    "near_copies",
    "record",
    "record_id",
    "regroup",
    "signature",
    "weave",
]
