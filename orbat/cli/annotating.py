"""``orbat annotate``: one line an article, however long, in the corpus's layout."""

from __future__ import annotations

import json
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import typer

from orbat.cli.common import Actors, Model, app, progress, reader_of
from orbat.cli.reading import Paths, complain
from orbat.corpus import joined, to_corpus
from orbat.types import Document, Failure

if TYPE_CHECKING:
    from orbat.corpus import Json
    from orbat.pipeline import Reading

LONGEST = 1_000_000
"""Characters of one line's text: a long novel. What is longer is printed in lines of that length, each with its number in its id: a line is
held whole, with all that was found in it."""


@app.command()
def annotate(paths: Paths, model: Model = None, actors: Actors = None) -> None:
    """Print one JSON line an article in the corpus's layout, with links; store nothing.

    Offsets are those of the text as it was given; of an article of more than a million characters, each million has its own line.
    """
    from orbat.collector import settling
    from orbat.ingest import read_all

    failed, sheets = False, Sheets()
    documents = read_all(paths, stdin=sys.stdin.buffer, check=sheets.split)
    for line in sheets.join(progress(settling(reader_of(model, actors).read_many(documents)))):
        if isinstance(line, Failure):
            failed = True
            complain(line)
        else:
            typer.echo(json.dumps(line, ensure_ascii=False))
    if failed:
        raise typer.Exit(1)


class Sheets:
    """Articles that are read in parts and printed whole. What ``split`` gives must come to ``join`` in the same order."""

    def __init__(self) -> None:
        self._notes: deque[tuple[Document, int] | None] = deque()  # the article of each part and where the part begins; None for failures

    def split(self, outcomes: Iterable[Document | Failure], *, name: str = "") -> Iterator[Document | Failure]:
        """What ``ingest.checked`` gives, noting what each part is of."""
        from orbat.ingest.checks import english, parts

        for each in outcomes:
            if isinstance(each, Failure):
                self._notes.append(None)
                yield each
                continue
            for sheet in parts(each, most=LONGEST):
                for found in english(sheet, name=name):
                    self._notes.append(None if isinstance(found, Failure) else (sheet, found[0]))
                    yield found if isinstance(found, Failure) else found[1]

    def join(self, outcomes: Iterable[Reading | Failure]) -> Iterator[Json | Failure]:
        """The lines of the articles whose parts were read, and all failures. A part that failed is missing from its article's line."""
        sheet: Document | None = None
        held: list[tuple[int, Reading]] = []
        for outcome in outcomes:
            note = self._notes.popleft()
            if held and (note is None or note[0] is not sheet):
                yield _line(sheet, held)
                held = []
            sheet = note[0] if note else None
            if isinstance(outcome, Failure):
                yield outcome
            elif note is not None:
                held.append((note[1], outcome))
        if held:
            yield _line(sheet, held)


def _line(sheet: Document | None, held: list[tuple[int, Reading]]) -> Json:
    assert sheet is not None
    annotations, links = joined((start, reading.annotations, reading.links) for start, reading in held)
    return to_corpus(sheet, annotations, links)
