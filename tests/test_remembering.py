"""What is remembered of words is let go of, all of it, once records or pages are made."""

import functools
import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterator
from types import ModuleType

import orbat
from orbat.recordkeeping import update
from orbat.remembering import let_go, remembered
from orbat.store import Store
from tests import generated


def rooms() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(orbat.__path__, "orbat."):
        if not {"__main__", "migrations"}.intersection(found.name.split(".")):
            yield importlib.import_module(found.name)


def caches() -> dict[str, Callable[..., object]]:
    """Functions of modules that keep several results, by name; what is kept once for ever, as a table of constants, is none, nor is what a
    module has of another package."""
    every = [(room.__name__, *item) for room in rooms() for item in vars(room).items() if hasattr(item[1], "cache_parameters")]
    several = [(room, name, each) for room, name, each in every if each.cache_parameters()["maxsize"] not in (None, 1)]
    return {
        f"{room}.{name}": each
        for room, name, each in several
        if getattr(sys.modules[each.__module__], each.__name__) is not each or room == each.__module__
    }


def test_a_result_is_found_once_until_it_is_let_go_of() -> None:
    asked = []

    @remembered(2)
    def find(word: str) -> str:
        asked.append(word)
        return word.upper()

    assert [find("a"), find("a"), find("b")] == ["A", "A", "B"]
    let_go()
    assert find("a") == "A"
    assert asked == ["a", "b", "a"]


def test_an_update_leaves_nothing_of_what_it_found_of_words(store: Store) -> None:
    every = caches()
    assert len(every) > 20
    doc = generated.document(3, sentences=5)
    store.append(doc, generated.statements(doc), model="m")
    assert any(held(each) for each in every.values())
    update(store, related=lambda one, two: False)
    assert {name for name, each in every.items() if held(each)} == set()


def held(cached: Callable[..., object]) -> int:
    """How many results a function keeps."""
    assert isinstance(cached, functools._lru_cache_wrapper)
    return cached.cache_info().currsize
