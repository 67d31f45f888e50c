"""The named questions, answered from the store as typed rows. Reading only; nothing here knows how names are linked."""

from orbat.queries.actors import SAID, Section, Sheet, SheetRow, sheet, statements_about
from orbat.queries.evidence import DocumentRow, Evidence, Reading, documents, statement
from orbat.queries.finding import Facet, Found, FoundRow, Named, Sort, Wanted, facets, find
from orbat.queries.loading import load
from orbat.queries.words import search

__all__ = [
    "SAID",
    "DocumentRow",
    "Evidence",
    "Facet",
    "Found",
    "FoundRow",
    "Named",
    "Reading",
    "Section",
    "Sheet",
    "SheetRow",
    "Sort",
    "Wanted",
    "documents",
    "facets",
    "find",
    "load",
    "search",
    "sheet",
    "statement",
    "statements_about",
]
