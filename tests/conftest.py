from __future__ import annotations

from pathlib import Path

import pytest

from orbat.ingest import read_all
from orbat.pipeline import Reader, Reading
from orbat.types import Document

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("[0-9]*"))


@pytest.fixture(scope="session")
def reader() -> Reader:
    """The shipped reader, loaded once."""
    return Reader()


@pytest.fixture(scope="session")
def readings(reader: Reader) -> list[Reading]:
    """All example articles, read."""
    documents = [d for d in read_all(EXAMPLES) if isinstance(d, Document)]
    return [reader.read_document(d) for d in documents]
