"""What is found of words, names and values that come again and again: remembered while articles are gone through, and forgotten at once.

Python has memory of the system by the megabyte and gives a megabyte back once nothing in it is in use. An update of records or a page about
a whole store makes some hundred thousand values and drops them; what was found of a word in the midst of it and is remembered holds the
whole megabyte around it, so that a process which runs for hours would keep the most that any of these took, and more with each new word. So
what is remembered is let go of after each update, and between pages.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import ParamSpec, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")
_LET_GO: list[Callable[[], None]] = []


def remembered(most: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """A decorator of functions whose last ``most`` results are kept until ``let_go`` is called; arguments must be hashable."""

    def keeping(find: Callable[P, T]) -> Callable[P, T]:
        kept = lru_cache(maxsize=most)(find)
        _LET_GO.append(kept.cache_clear)
        return cast(Callable[P, T], kept)

    return keeping


def let_go() -> None:
    """Let go of all that is remembered; it is found again as it is asked for."""
    for each in _LET_GO:
        each()
