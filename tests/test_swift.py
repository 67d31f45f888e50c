from __future__ import annotations

import inspect
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace

import pytest

from orbat import types
from orbat.swift import swift
from orbat.types import Argument, Role, Span


@dataclass(frozen=True, slots=True, order=True)
class Plain:
    one: int
    two: str = "b"
    three: tuple[int, ...] = ()


@swift
@dataclass(frozen=True, slots=True, order=True)
class Quick:
    one: int
    two: str = "b"
    three: tuple[int, ...] = ()


def test_a_value_is_made_as_dataclass_makes_it() -> None:
    for args, named in (((1,), {}), ((1, "c"), {"three": (1,)}), ((), {"one": 1, "two": "d"})):
        plain, quick = Plain(*args, **named), Quick(*args, **named)  # type: ignore[arg-type]
        assert [getattr(plain, f.name) for f in fields(plain)] == [getattr(quick, f.name) for f in fields(quick)]
    assert repr(Quick(1)) == "Quick(one=1, two='b', three=())"
    assert list(inspect.signature(Quick).parameters) == list(inspect.signature(Plain).parameters)


@pytest.mark.parametrize(("args", "named"), [((), {}), ((1, "b", (), 4), {}), ((1,), {"four": 4}), ((1,), {"one": 1})])
def test_a_wrong_call_is_refused(args: tuple[object, ...], named: dict[str, object]) -> None:
    with pytest.raises(TypeError):
        Quick(*args, **named)  # type: ignore[arg-type]


def test_it_stays_a_frozen_value() -> None:
    one = Quick(1)
    with pytest.raises(FrozenInstanceError):
        one.one = 2  # type: ignore[misc]
    assert replace(one, two="c") == Quick(1, "c") > one
    assert pickle.loads(pickle.dumps(Span(1, 2))) == Span(1, 2)
    assert len({Span(1, 2), Span(1, 2)}) == 1
    assert replace(Argument(Role.ACTOR, 1), mention=2) == Argument(Role.ACTOR, 2)


def test_what_is_not_plain_is_refused() -> None:
    @dataclass(frozen=True, slots=True)
    class Made:
        one: list[int] = field(default_factory=list)

    with pytest.raises(TypeError, match="Made has more"):
        swift(Made)


def test_the_values_that_an_article_has_hundreds_of_are_swift() -> None:
    for name in ("Span", "Mention", "Argument", "Event", "Quote", "Filler", "Link", "Candidate", "Statement"):
        assert "__setattr__" not in getattr(types, name).__init__.__code__.co_names, name
