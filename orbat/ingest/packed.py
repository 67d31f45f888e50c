"""What is packed inside a source: read by its own reader, named after what it lies in, and never a reason to stop reading the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import PurePath
from typing import BinaryIO

from orbat.errors import ReadError
from orbat.ingest.source import LimitReached, Source
from orbat.types import Document, Failure

#: So deep may things be packed in one another: a page in a tar in a gzip in a ZIP in a ZIP is at 4.
MAX_DEPTH = 6
#: A longer name of a member is cut in the middle: file systems allow 255 bytes a part.
_LONGEST_NAME = 300

#: What may be read inside: an outcome at a time, raising ``ReadError`` where the whole cannot be read.
Reading = Callable[[], Iterator[Document | Failure]]


def told(name: str, read: Reading) -> Iterator[Document | Failure]:
    """The outcomes of ``read``, and a ``Failure`` of that name for whatever it raises, so that the next source is read all the same.

    Raises:
        LimitReached: of the given file nothing more may be read.
    """
    try:
        yield from read()
    except LimitReached:
        raise
    except ReadError as error:
        yield failure(name, error)
    except OSError as error:
        yield failure(
            name, ReadError("It could not be read.", f"{error.strerror or error}.", "Check that it is still there, and read it again.")
        )
    except Exception as error:  # whatever one source does to a library, the next one must still be read
        yield failure(name, ReadError("Its reader stopped.", f"{type(error).__name__}: {str(error)[:200]}.", "Report it with the file."))


def some(outcomes: Iterator[Document | Failure]) -> Iterator[Document | Failure]:
    """The outcomes, of which there is at least one.

    Raises:
        ReadError: there is none.
    """
    is_empty = True
    for each in outcomes:
        is_empty = False
        yield each
    if is_empty:
        raise ReadError("There is no article in it.", "Nothing that could be one stands in it.", "Give what holds articles.")


def read_inside(outer: Source, stream: BinaryIO, name: str, *, same: bool = False) -> Iterator[Document | Failure]:
    """The documents of one thing that lies inside ``outer``, by the reader that its name or its first bytes choose.

    Failures are named ``OUTER!NAME``; so is a document to which its source gives no id (there OUTER is the file's name without folders).
    The name chooses a reader and labels what was read: no path is made of it.

    Args:
        same: it is ``outer`` itself, unpacked: failures keep its name, and documents their ids.

    Raises:
        LimitReached: of the given file nothing more may be read.
    """
    label = outer.name if same else f"{outer.name}!{shown(name)}"

    def read() -> Iterator[Document | Failure]:
        from orbat.ingest.readers import READERS, reader_for  # the table names the readers that call this

        if outer.depth >= MAX_DEPTH:
            raise ReadError(
                "It is packed too deep.", f"It lies in more than {MAX_DEPTH} archives within each other.", "Unpack the outer ones."
            )
        source = Source.of(label, stream, outer=outer)
        for each in some(reader_for(name, source.head, outer.readers or READERS).read(source)):
            is_nameless = isinstance(each, Document) and not each.given_id and not same
            yield replace(each, given_id=given_id(label)) if isinstance(each, Document) and is_nameless else each

    yield from told(label, read)


def given_id(label: str) -> str:
    """The id of a document that has none of its own: its name in the archive, without the folders in which the archive lies."""
    outer, mark, inner = label.partition("!")
    return PurePath(outer).name + mark + inner


def shown(name: str) -> str:
    """A member's name as messages show it: letters that do not print are written out, and its middle is left out where it is endless."""
    name = "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in name[: 4 * _LONGEST_NAME])
    half = _LONGEST_NAME // 2
    return name if len(name) <= _LONGEST_NAME else f"{name[:half]}…{name[-half:]}"


def failure(name: str, error: ReadError) -> Failure:
    """The failure that says what ``error`` says."""
    return Failure(name, "ingest", str(error))
