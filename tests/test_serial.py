"""The statement's JSON, its schema, its page in the docs, its id and its row."""

import csv
import dataclasses
import datetime as dt
import io
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from orbat.errors import DataError
from orbat.serial import (
    ROLES,
    ROW_COLUMNS,
    statement_id,
    statement_row,
    statement_schema,
    statement_text,
    statement_to_json,
    with_id,
)
from orbat.statementjson import statement_from_json
from orbat.types import (
    Attribution,
    Basis,
    Certainty,
    Codes,
    Count,
    DocumentRef,
    Entity,
    EventType,
    Filler,
    MentionType,
    Place,
    Quote,
    Role,
    Span,
    Statement,
    StatementDate,
)

DOCS = Path(__file__).parent.parent / "docs" / "statement.md"
VALIDATOR = Draft202012Validator(statement_schema(), format_checker=FormatChecker())

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
days = st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1))
kinds = st.sampled_from(["group", "wing", "force", "state", "coalition", "org", "media", "person", "place"])


@st.composite
def quotes(draw):
    start, text = draw(st.integers(0, 10_000)), draw(texts)
    return Quote(Span(start, start + len(text)), text)


fillers = st.builds(Filler, quotes(), st.sampled_from(MentionType), st.none() | st.builds(Entity, texts, texts, kinds))
places = st.builds(
    Place,
    id=texts,
    name=texts,
    country=st.text(max_size=5),
    admin1=st.text(max_size=5),
    lat=st.floats(-90, 90),
    lon=st.floats(-180, 180),
    geonames_id=st.integers(0, 10**8),
    where_prec=st.integers(1, 7),
)
counts = st.tuples(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500)).map(lambda three: Count(*sorted(three)))
codes = st.builds(
    Codes,
    acled_event_type=st.sampled_from([None, "Battles", "Strategic developments"]),
    acled_sub_event_type=st.sampled_from([None, "Armed clash", "Other"]),
    plover=st.sampled_from([None, "ASSAULT"]),
    cameo=st.sampled_from([None, "010", "1382"]),
)
statements = st.builds(
    Statement,
    id=st.just(""),
    document=st.builds(DocumentRef, texts, st.text(), st.text(), st.none() | days, st.text()),
    sentence=quotes(),
    type=st.sampled_from(EventType),
    trigger=quotes(),
    **{role: st.lists(fillers, max_size=2).map(tuple) for role in ROLES},
    certainty=st.sampled_from(Certainty),
    negated=st.booleans(),
    attribution=st.none() | st.builds(Attribution, fillers, st.booleans(), st.booleans()),
    date=st.none()
    | st.builds(StatementDate, days, days, st.sampled_from(["day", "days", "week", "month", "year"]), st.integers(1, 5), texts),
    location=st.none() | places,
    count=st.none() | counts,
    codes=codes,
    confidence=st.floats(0, 1),
    model=st.text(max_size=8),
    location_basis=st.sampled_from(Basis),
).map(lambda s: with_id(s if s.location else dataclasses.replace(s, location_basis=Basis.ARGUMENT)))


@given(statements)
def test_the_text_of_a_statement_is_its_json(statement):
    value = statement_to_json(statement)
    assert statement_text(statement) == json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    part = {name: said for name, said in value.items() if name not in ("document", "sentence", "confidence")}
    assert statement_text(statement, whole=False) == json.dumps(part, ensure_ascii=False, separators=(",", ":"))


@given(statements)
def test_every_statement_fits_the_schema_and_comes_back_whole(statement):
    written = json.dumps(statement_to_json(statement))
    VALIDATOR.validate(json.loads(written))
    assert statement_from_json(json.loads(written)) == statement


@given(statements)
def test_a_row_always_has_all_columns_and_survives_csv(statement):
    row = statement_row(statement)
    assert tuple(row) == ROW_COLUMNS
    out = io.StringIO()
    writer = csv.DictWriter(out, ROW_COLUMNS)
    writer.writeheader()
    writer.writerow(row)
    (back,) = csv.DictReader(io.StringIO(out.getvalue(), newline=""))
    assert back == {name: "" if cell is None else str(cell) for name, cell in row.items()}


def test_what_was_written_before_there_was_a_basis_is_read_as_the_events_own_words():
    written = statement_to_json(example())
    del written["location"]["basis"]
    assert statement_from_json(written) == example()


def example() -> Statement:
    """The statement that docs/statement.md explains."""
    return statement_from_json(_docs_json())


def test_the_docs_show_a_true_statement():
    shown = _docs_json()
    VALIDATOR.validate(shown)
    statement = statement_from_json(shown)
    assert statement_to_json(statement) == shown
    assert statement.id == statement_id(statement)
    text = _docs_text()
    for quote in _quotes_of(shown):
        assert text[quote["start"] : quote["end"]] == quote["text"]


def test_the_docs_and_the_schema_name_the_same_fields():
    described = re.findall(r"^\| `([a-z0-9_.\[\]]+)` \|", DOCS.read_text("utf-8"), re.MULTILINE)
    assert described == list(_schema_paths())


def test_the_docs_name_the_row_columns():
    block = re.search(r"```text columns\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    assert block is not None
    assert tuple(re.findall(r"[a-z0-9_]+", block[1])) == ROW_COLUMNS


def test_the_schema_knows_the_words_of_the_types():
    schema = statement_schema()
    assert schema["properties"]["type"]["enum"] == [kind.value.lower() for kind in EventType]
    assert schema["properties"]["certainty"]["enum"] == [certainty.value for certainty in Certainty]
    assert schema["$defs"]["filler"]["properties"]["type"]["enum"] == [kind.value for kind in MentionType]
    assert [*schema["properties"], "location_basis"] == [field.name for field in dataclasses.fields(Statement)]
    assert schema["$defs"]["location"]["properties"]["basis"]["enum"] == [basis.value for basis in Basis]
    assert all(role.value in schema["properties"] for role in Role)


def test_the_schema_is_sound_strict_and_described():
    Draft202012Validator.check_schema(statement_schema())
    for path, node in _objects(statement_schema()):
        assert node["additionalProperties"] is False, path
        assert node["required"] == list(node["properties"]), path
        assert all("description" in field for field in node["properties"].values()), path


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("type",), "ATTACK"),
        (("certainty",), "sure"),
        (("confidence",), 1.5),
        (("id",), "xyz"),
        (("sentence", "start"), -1),
        (("date", "start"), "2021-13-45"),
        (("codes", "cameo"), 10),
        (("location", "where_prec"), 8),
        (("extra",), 1),
    ],
)
def test_the_schema_refuses(path, value):
    shown = _docs_json()
    part = shown
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    assert not VALIDATOR.is_valid(shown)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"type": "picnic"}, "picnic"),
        ({"certainty": "sure"}, "sure"),
        ({"date": {"start": "soon"}}, r"date\.start"),
        ({"actor": [{"start": 1}]}, r"`end` - at `\$\.actor"),
        ({"location": {"name": "x"}}, "missing"),
        ({"colour": "red"}, "colour"),
        ({"count": {"low": 1, "best": 1, "high": 1, "about": 1}}, "about"),
        ({"sentence": None}, "sentence"),
    ],
)
def test_what_is_not_a_statement_is_named(change, named):
    with pytest.raises(DataError, match=named):
        statement_from_json({**_docs_json(), **change})


def test_a_missing_field_is_named():
    shown = _docs_json()
    del shown["trigger"]
    with pytest.raises(DataError, match="trigger"):
        statement_from_json(shown)


SAME = {
    "id": "0" * 20,
    "confidence": 0.123,
    "model": "another 2.0",
    "date": None,
    "location": None,
    "location_basis": Basis.DATELINE,
    "count": Count(1, 2, 3),
    "codes": Codes(),
}
OTHER = {
    "type": EventType.ABDUCT,
    "certainty": Certainty.FACT,
    "negated": True,
    "attribution": None,
    "target": (),
    "trigger": Quote(Span(0, 1), "G"),
    "sentence": Quote(Span(0, 1), "G"),
}


@pytest.mark.parametrize("name", SAME)
def test_the_id_does_not_hang_on(name):
    statement = example()
    assert getattr(statement, name) != SAME[name]
    assert statement_id(dataclasses.replace(statement, **{name: SAME[name]})) == statement.id


@pytest.mark.parametrize("name", OTHER)
def test_the_id_hangs_on(name):
    statement = example()
    assert getattr(statement, name) != OTHER[name]
    assert statement_id(dataclasses.replace(statement, **{name: OTHER[name]})) != statement.id


def test_the_id_does_not_hang_on_links_or_their_order():
    statement = example()
    unlinked = tuple(dataclasses.replace(filler, entity=None) for filler in reversed(statement.place))
    assert len(unlinked) == 2
    assert statement_id(dataclasses.replace(statement, place=unlinked)) == statement.id


def test_the_id_hangs_on_the_document_and_on_who_plays_which_part():
    statement = example()
    document = dataclasses.replace(statement.document, id="f" * 16)
    assert statement_id(dataclasses.replace(statement, document=document)) != statement.id
    swapped = dataclasses.replace(statement, actor=statement.target, target=statement.actor)
    assert statement_id(swapped) != statement.id


def _docs_json():
    block = re.search(r"```json\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    assert block is not None
    return json.loads(block[1])


def _docs_text():
    quoted = re.search(r"^> (.+)$", DOCS.read_text("utf-8"), re.MULTILINE)
    assert quoted is not None
    return quoted[1]


def _quotes_of(node):
    if isinstance(node, dict):
        if isinstance(node.get("start"), int):
            yield node
        for value in node.values():
            yield from _quotes_of(value)
    elif isinstance(node, list):
        for value in node:
            yield from _quotes_of(value)


def _resolve(node):
    """The object that a field's schema leads to, and whether it is a list's item."""
    for option in node.get("anyOf", [node]):
        if "$ref" in option:
            return statement_schema()["$defs"][option["$ref"].rsplit("/", 1)[1]], False
        if "items" in option:
            return _resolve(option["items"])[0], True
    return node, False


def _schema_paths():
    """The fields in the order of the schema; the parts of a filler, quote or entity are described once, where first met."""
    seen = []

    def walk(node, prefix):
        for name, field in node["properties"].items():
            target, many = _resolve(field)
            path = f"{prefix}{name}{'[]' if many else ''}"
            yield path
            if "properties" in target and target not in seen:
                if target in statement_schema()["$defs"].values():
                    seen.append(target)
                yield from walk(target, f"{path}.")

    yield from walk(statement_schema(), "")


def _objects(node, path="$"):
    if isinstance(node, dict):
        if node.get("type") == "object":
            yield path, node
        for name, value in node.items():
            yield from _objects(value, f"{path}.{name}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _objects(value, f"{path}[{index}]")
