"""The named questions, answered from the store as typed rows. Reading only; nothing here knows how names are linked."""

from orbat.queries.actors import SAID, Section, Sheet, SheetRow, sheet, statements_about
from orbat.queries.evidence import DocumentRow, Evidence, Reading, documents, statement
from orbat.queries.finding import Facet, Found, FoundRow, Named, Sort, Wanted, facets, find, search
from orbat.queries.judgements import grades, judgement, judgements
from orbat.queries.loading import load
from orbat.queries.records import FoundRecords, RecordEvidence, WantedRecords, changes, fits, holds, record, record_beginning, records

__all__ = [
    "SAID",
    "DocumentRow",
    "Evidence",
    "Facet",
    "Found",
    "FoundRecords",
    "FoundRow",
    "Named",
    "Reading",
    "RecordEvidence",
    "Section",
    "Sheet",
    "SheetRow",
    "Sort",
    "Wanted",
    "WantedRecords",
    "changes",
    "documents",
    "facets",
    "find",
    "fits",
    "grades",
    "holds",
    "judgement",
    "judgements",
    "load",
    "record",
    "record_beginning",
    "records",
    "search",
    "sheet",
    "statement",
    "statements_about",
]
