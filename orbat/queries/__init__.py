"""The named questions, answered from the store as typed rows. Reading only; nothing here knows how names are linked."""

from orbat.queries.actors import SAID, Section, Sheet, SheetRow, sheet, statements_about
from orbat.queries.evidence import DocumentRow, Evidence, Reading, documents, statement
from orbat.queries.loading import load
from orbat.queries.words import search

__all__ = [
    "SAID",
    "DocumentRow",
    "Evidence",
    "Reading",
    "Section",
    "Sheet",
    "SheetRow",
    "documents",
    "load",
    "search",
    "sheet",
    "statement",
    "statements_about",
]
