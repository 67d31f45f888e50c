"""What is asked for by words: ``types=("kill",)`` means what ``types=(EventType.KILL,)`` does."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TypeVar

from orbat.errors import NotFoundError

Word = TypeVar("Word", bound=StrEnum)


def members(kind: type[Word], asked: Iterable[Word | str] | str) -> tuple[Word, ...]:
    """The words of a list that are asked for, in capitals or not; one alone may be given as it is.

    Raises:
        NotFoundError: the list has no such word; the message has those that it has.
    """
    return tuple(_member(kind, each) for each in ((asked,) if isinstance(asked, str) else asked))


def _member(kind: type[Word], asked: Word | str) -> Word:
    for each in kind:
        if each.value.lower() == str(asked).strip().lower():
            return each
    listed = ", ".join(each.value.lower() for each in kind)
    raise NotFoundError(f"{asked!r} is no {kind.__name__}.", f"There are {listed}.", "Give one of these.")
