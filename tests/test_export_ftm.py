"""FollowTheMoney entities, read and checked by its own library."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from orbat.export import Material
from orbat.pipeline import Reading
from orbat.recordserial import record_to_json
from orbat.recordtypes import RecordField, RecordKind
from orbat.serial import statement_to_json
from orbat.types import EventType
from tests import exportcases
from tests.exportcases import BRIGADE, FRONT, entity, material, one, record, said, statement, written

followthemoney = pytest.importorskip("followthemoney", reason="followthemoney is not installed: pip install 'orbat[ftm]'")


@pytest.fixture(scope="module")
def real(readings: list[Reading]) -> Material:
    return exportcases.real(readings)


def entities(given: Material) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written("ftm", given)[0].decode("utf-8").splitlines()]


def by_schema(given: Material, schema: str) -> list[dict[str, Any]]:
    return [each for each in entities(given) if each["schema"] == schema]


def test_every_entity_is_valid_and_every_reference_is_there(real: Material) -> None:
    found = entities(real)
    ids = {each["id"] for each in found}
    assert len(ids) == len(found)
    for each in found:
        proxy = followthemoney.EntityProxy.from_dict(each)
        proxy.schema.validate(each)
        for prop, value in proxy.itervalues():
            assert prop.type.name != "entity" or value in ids, (each["schema"], prop.name)
            assert prop.type.validate(value), (prop.name, value)
        assert all(proxy.get(name) for name in proxy.schema.required), each


def test_every_record_is_an_entity_and_every_article_too(real: Material) -> None:
    found = entities(real)
    records = {each["orbat"]["record"]["id"] for each in found if "record" in each.get("orbat", {})}
    assert records == {each.id for each in real.records}
    assert sum(each["schema"] == "Article" for each in found) == len({s.document.id for s in real.statements.values()})


def test_an_event_leads_to_its_sides_its_article_and_its_statements() -> None:
    given = one()
    (event,), (article,) = by_schema(given, "Event"), by_schema(given, "Article")
    properties = event["properties"]
    assert properties["startDate"] == ["2021-03-04"]
    assert (properties["country"], properties["location"], properties["proof"]) == (["ng"], ["Talara"], [article["id"]])
    names = {each["id"]: each["properties"]["name"] for each in entities(given) if "name" in each["properties"]}
    assert sorted(name for id in properties["involved"] for name in names[id]) == ["12 farmers", "Amber Front"]
    (own,), (kept,) = given.statements.values(), given.records
    assert event["orbat"] == {"record": record_to_json(kept), "statements": [statement_to_json(own)]}


def test_the_extension_outlives_the_library() -> None:
    (event,) = by_schema(one(), "Event")
    assert followthemoney.EntityProxy.from_dict(event).to_dict() == event


@pytest.mark.parametrize(
    ("type", "schema", "ends", "role"),
    [(EventType.LEAD, "Membership", ("member", "organization"), "leader"), (EventType.ALLY, "UnknownLink", ("subject", "object"), "ally")],
)
def test_a_relation_is_a_link_with_its_days(type: EventType, schema: str, ends: tuple[str, str], role: str) -> None:
    own = statement(type=type)
    one_side, other = RecordField("actors", (entity(FRONT, [own]),)), RecordField("targets", (entity(BRIGADE, [own]),))
    given = material([own], [record([own], kind=RecordKind.RELATION, type=type, actors=one_side, targets=other, end=None)])
    (link,) = by_schema(given, schema)
    properties = link["properties"]
    assert (properties["role"], properties["startDate"], "endDate" in properties) == ([role], ["2021-03-04"], False)
    names = {each["id"]: each["properties"]["name"] for each in by_schema(given, "Organization")}
    assert [names[properties[end][0]] for end in ends] == [["Amber Front"], ["Jade Brigade"]]


def test_a_relation_with_one_side_is_an_event() -> None:
    own = statement(type=EventType.LEAD)
    given = material([own], [record([own], kind=RecordKind.RELATION, type=EventType.LEAD, targets=RecordField("targets", ()))])
    assert len(by_schema(given, "Event")) == 1


def test_people_of_two_records_are_not_one_entity_and_a_group_is() -> None:
    own = statement()
    farmers = RecordField("targets", (said("12 farmers", "12 farmers", [own]),))
    found = entities(material([own], [record([own], targets=farmers), record([own], id="r2", targets=farmers)]))
    names = [each["properties"]["name"] for each in found if each["schema"] in ("LegalEntity", "Organization")]
    assert sorted(names) == [["12 farmers"], ["12 farmers"], ["Amber Front"]]


def test_people_on_both_sides_of_a_record_are_one_entity() -> None:
    own = statement()
    people = {role: RecordField(role, (said("12 farmers", "12 farmers", [own]),)) for role in ("actors", "targets")}
    doubled = replace(own, actor=own.target)
    assert len(by_schema(material([doubled], [record([doubled], **people)]), "LegalEntity")) == 1
