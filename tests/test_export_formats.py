"""Each format read back by its own library or schema, with what it must say; empty exports; ids that stay."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import geojson
import networkx
import pyarrow.parquet as pq
import pytest
import stix2
from frictionless import Package, validate

from orbat.corpus import to_corpus
from orbat.errors import DataError, NotFoundError
from orbat.export import FORMATS, Material, cells, format_named, needs
from orbat.export.package import descriptor
from orbat.export.stix import relationship_type
from orbat.export.tables import Tables
from orbat.pipeline import Reading
from orbat.recordtypes import RecordField, RecordKind, RecordStatus
from orbat.serial import ROW_COLUMNS, statement_row, statement_to_json
from orbat.types import Certainty, Codes, EventType
from tests import exportcases
from tests.exportcases import BRIGADE, FRONT, PROVINCE, document, entity, material, one, record, statement, written

ARROW = {"string": "string", "integer": "int64", "number": "double", "boolean": "bool", "date": "date32[day]"}
ARROW["datetime"] = "timestamp[us, tz=UTC]"
STREAMS = [format.name for format in FORMATS if format.stream and format.name != "ftm"]


@pytest.fixture(scope="module")
def real(readings: list[Reading]) -> Material:
    return exportcases.real(readings)


def lines(name: str, given: Material) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written(name, given)[0].decode("utf-8").splitlines()]


def allied(**changes: Any) -> Material:
    """A relation: the Amber Front is allied with the Jade Brigade, open-ended."""
    own = statement(type=EventType.ALLY)
    more = {"kind": RecordKind.RELATION, "type": EventType.ALLY, "end": None, "tolls": ()} | changes
    two = RecordField("targets", (entity(BRIGADE, [own]),))
    return material([own], [record([own], targets=two, **more)])


# PLOVER and CAMEO


def test_plover_says_who_what_where_and_in_which_words() -> None:
    (event,) = lines("plover", one())
    wanted = [
        "id",
        "date",
        "actor",
        "event",
        "recipient",
        "mode",
        "context",
        "event_loc",
        "quad_code",
        "text_info",
        "cite_info",
        "coder",
        "coded_date",
    ]
    assert [key for key in event if key in wanted] == wanted
    assert (event["event"], event["quad_code"], event["context"], event["mode"]) == (["ASSAULT"], 4, [], ["kill"])
    assert event["actor"][0]["id"] == "amber-front"
    assert event["recipient"][0]["text"] == "12 farmers"
    assert event["event_loc"]["resolution"] == 5
    span = event["text_info"]
    assert document().text[span["start"] : span["end"]] == span["text"]


@pytest.mark.parametrize(
    ("certainty", "negated", "context"),
    [
        (Certainty.FUTURE, False, ["future"]),
        (Certainty.HYPOTHETICAL, True, ["hypothetical", "negation"]),
        (Certainty.LIKELY, False, ["likely"]),
        (Certainty.FACT, True, ["negation"]),
    ],
)
def test_plover_keeps_hedge_and_denial_as_context(certainty: Certainty, negated: bool, context: list[str]) -> None:
    (event,) = lines("plover", material([statement(certainty=certainty, negated=negated)]))
    assert event["context"] == context


def test_every_plover_type_and_cameo_root_has_its_quad_class() -> None:
    from orbat.export.tables import codebook, tables

    assert set(tables().plover_quad) >= set(codebook().plover.values())
    assert set(tables().cameo_quad) == {f"{root:02d}" for root in range(1, 21)}


def test_cameo_codes_are_text_and_its_lines_have_all_columns() -> None:
    own = statement(codes=Codes(None, None, "AGREE", "057"), type=EventType.AGREE)
    head, row = written("cameo", material([own]))[0].decode().splitlines()
    cell = dict(zip(head.split("\t"), row.split("\t"), strict=True))
    assert (cell["EventCode"], cell["EventRootCode"], cell["QuadClass"]) == ("057", "05", "1")
    assert (cell["Date"], cell["SourceActorFull"], cell["SourceActorRole"], cell["TargetActorRole"]) == (
        "20210304",
        "Amber Front",
        "REB",
        "CVL",
    )
    assert cell["Lat"] == "11.25"


def test_cameo_leaves_out_what_is_denied_to_come_or_without_a_code() -> None:
    own = [statement(negated=True), statement(certainty=Certainty.FUTURE), statement(codes=Codes(), type=EventType.HOLD)]
    done = written("cameo", material(own))[1]
    assert (done.rows, sum(done.left_out.values())) == (0, 3)
    assert done.left_out["hold: no CAMEO code"] == 1


# CSV and Parquet


def test_csv_is_the_row_of_every_statement(real: Material) -> None:
    text = written("csv", real)[0].decode("utf-8")
    found = list(csv.DictReader(io.StringIO(text, newline="")))
    assert tuple(found[0]) == ROW_COLUMNS
    for row, own in zip(found, real.statements.values(), strict=True):
        assert cells.unguard(row["sentence"]) == cells.visible(own.sentence.text)
        assert row["id"] == own.id
        assert row["lat"] == ("" if own.location is None else str(own.location.lat))


def test_parquet_folder_is_a_data_package(real: Material, tmp_path: Path) -> None:
    done = exportcases.format("parquet").folder(real, tmp_path)  # type: ignore[misc]
    package = Package.from_descriptor(json.loads((tmp_path / "datapackage.json").read_text("utf-8")))
    assert not package.metadata_descriptor_initial or package.resource_names == ["statements", "records", "record_statements"]
    rows = 0
    for resource in package.resources:
        table = pq.read_table(tmp_path / str(resource.path))
        assert {field.name: ARROW[field.type] for field in resource.schema.fields} == {f.name: str(f.type) for f in table.schema}
        keys = list(zip(*(table[key].to_pylist() for key in resource.schema.primary_key), strict=True))
        assert len(set(keys)) == len(keys)
        rows += table.num_rows
    assert rows == done.rows
    links = pq.read_table(tmp_path / "record_statements.parquet")
    statements = pq.read_table(tmp_path / "statements.parquet")
    assert set(links["statement"].to_pylist()) <= set(statements["id"].to_pylist())
    assert statements["sentence"].to_pylist() == [s.sentence.text for s in real.statements.values()]


def test_frictionless_finds_no_fault_with_the_descriptor_and_the_tables(tmp_path: Path) -> None:
    """Frictionless reads CSV without further libraries: the same schemas over the same rows, as CSV."""
    given = one()
    exportcases.format("parquet").folder(given, tmp_path)  # type: ignore[misc]
    described = descriptor()
    for resource in described["resources"]:
        table = pq.read_table(tmp_path / resource["path"]).to_pylist()
        with (tmp_path / f"{resource['name']}.csv").open("w", newline="", encoding="utf-8") as file:
            sheet = csv.DictWriter(file, [field["name"] for field in resource["schema"]["fields"]])
            sheet.writeheader()
            sheet.writerows({key: _as_csv(value) for key, value in row.items()} for row in table)
        resource |= {"path": f"{resource['name']}.csv", "format": "csv", "mediatype": "text/csv"}
    (tmp_path / "as_csv.json").write_text(json.dumps(described), encoding="utf-8")
    report = validate(str(tmp_path / "as_csv.json"))
    assert report.valid, report.flatten(["type", "note"])


def _as_csv(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value.strftime("%Y-%m-%dT%H:%M:%SZ") if hasattr(value, "hour") else value


# Maps and networks


def test_geojson_pins_points_only(real: Material) -> None:
    found = geojson.loads(written("geojson", real)[0])
    assert found.is_valid, found.errors()
    assert len(found.features) == len(list(real.records))
    for feature in found.features:
        where_prec = feature.properties["where_prec"]
        assert (feature.geometry is not None) == (where_prec is not None and where_prec <= 2)


def test_geojson_keeps_a_provinces_middle_off_the_map() -> None:
    own = statement()
    (feature,) = json.loads(written("geojson", material([own], [record([own], location=PROVINCE)]))[0])["features"]
    assert feature["geometry"] is None
    assert feature["properties"]["place"] == "Borno State"
    (feature,) = json.loads(written("geojson", one())[0])["features"]
    assert feature["geometry"]["coordinates"] == [13.5, 11.25]
    assert feature["properties"]["killed_best"] == 12


@pytest.mark.parametrize(("name", "read"), [("graphml", networkx.read_graphml), ("gexf", networkx.read_gexf)])
def test_networks_read_back(name: str, read: Any, real: Material) -> None:
    data, done = written(name, real)
    graph = read(io.BytesIO(data))
    assert graph.number_of_edges() == done.rows > 50
    assert graph.nodes["islamic-state"]["kind"] == "group"


def test_an_alliance_is_one_edge_whoever_is_named_first() -> None:
    given = allied()
    own = statement(type=EventType.ALLY)
    swapped = {"actors": RecordField("actors", (entity(BRIGADE, [own]),)), "targets": RecordField("targets", (entity(FRONT, [own]),))}
    back = replace(next(iter(given.records)), id="r1", **swapped)
    graph = networkx.read_graphml(io.BytesIO(written("graphml", replace(given, records=[*given.records, back]))[0]))
    ((one_end, other, edge),) = graph.edges(data=True)
    assert {one_end, other} == {"amber-front", "jade-brigade"}
    assert (edge["records"], edge["relation"], edge["ongoing"], edge["first"]) == (2, "ally", True, "2021-03-04")


def test_a_network_has_no_edge_for_what_did_not_happen() -> None:
    for changes in ({"status": RecordStatus.DENIED}, {"certainty": Certainty.FUTURE}):
        assert written("graphml", allied(**changes))[1].rows == 0


# STIX


def test_stix_reads_back_with_one_relationship_a_statement(real: Material) -> None:
    data, done = written("stix", real)
    bundle = stix2.parse(data.decode("utf-8"), allow_custom=False)
    objects = {each.id: each for each in bundle.objects}
    assert len(objects) == len(bundle.objects)
    links = [each for each in bundle.objects if each.type == "relationship"]
    assert len(links) == done.rows == len(real.statements)
    for each in bundle.objects:
        named = [each.source_ref, each.target_ref] if each.type == "relationship" else each.object_refs if each.type == "report" else []
        assert all(ref in objects for ref in named)
    assert {ref for each in bundle.objects if each.type == "report" for ref in each.object_refs} == {each.id for each in links}


def test_stix_says_confidence_sentence_and_statement() -> None:
    bundle = json.loads(written("stix", one())[0])
    (link,) = (each for each in bundle["objects"] if each["type"] == "relationship")
    (own,) = one().statements.values()
    assert (link["relationship_type"], link["confidence"], link["description"]) == ("kills", 90, own.sentence.text)
    (extension,) = link["extensions"].values()
    assert extension["statement"] == statement_to_json(own)
    kinds = {each["type"] for each in bundle["objects"]}
    assert kinds == {"identity", "extension-definition", "threat-actor", "relationship", "report"}


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, "kills"),
        ({"negated": True}, "not-kills"),
        ({"certainty": Certainty.FUTURE}, "expected-kills"),
        ({"certainty": Certainty.HYPOTHETICAL, "negated": True}, "not-hypothetical-kills"),
        ({"certainty": Certainty.LIKELY}, "kills"),
    ],
)
def test_stix_never_says_plainly_what_is_denied_or_to_come(changes: dict[str, Any], wanted: str) -> None:
    assert relationship_type(statement(**changes)) == wanted


def test_stix_is_the_same_byte_for_byte_each_time() -> None:
    assert written("stix", one())[0] == written("stix", one())[0]


# The corpus


def test_corpus_lines_have_the_events_of_the_readings(readings: list[Reading], real: Material) -> None:
    found = {line["id"]: line for line in lines("corpus", real)}
    for reading in readings:
        wanted = to_corpus(reading.document, reading.annotations)
        line = found[wanted["id"]]
        assert line["text"] == wanted["text"]
        assert set(map(tuple, wanted["sentences"])) == set(map(tuple, line["sentences"]))
        assert _events(line) == _events(wanted)


def _events(line: dict[str, Any]) -> list[Any]:
    spans = {mention["id"]: (mention["start"], mention["end"], mention["type"]) for mention in line["mentions"]}
    found = []
    for event in line["events"]:
        arguments = sorted((role, spans[mention]) for role, mention in event["args"])
        how = (event["start"], event["end"], event["type"], event["certainty"], event["negated"])
        found.append((*how, arguments, spans.get(event["by"]) or ()))
    return sorted(found)


def test_corpus_counts_the_statements_whose_article_is_not_there() -> None:
    done = written("corpus", material([statement()]))[1]
    assert (done.rows, done.left_out) == (0, {"the article's text is not in the store": 1})


# All


@pytest.mark.parametrize("name", STREAMS)
def test_nothing_to_export_is_a_valid_export_of_nothing(name: str) -> None:
    data, done = written(name, material([]))
    assert (done.rows, done.left_out) == (0, {})
    if name in ("graphml", "gexf"):
        assert getattr(networkx, f"read_{name}")(io.BytesIO(data)).number_of_nodes() == 0
    elif name in ("stix", "geojson"):
        json.loads(data)
    elif name in ("plover", "corpus"):
        assert data == b""
    else:
        assert len(data.splitlines()) == 1


def test_an_empty_parquet_folder_has_its_columns(tmp_path: Path) -> None:
    assert exportcases.format("parquet").folder(material([]), tmp_path / "new").rows == 0  # type: ignore[misc]
    assert pq.read_table(tmp_path / "new" / "statements.parquet").column_names == list(statement_row(statement()))


def test_formats_are_found_by_name_and_others_named() -> None:
    assert format_named(" ACLED ").name == "acled"
    with pytest.raises(NotFoundError, match="There are acled, ucdp-ged"):
        format_named("xls")


def test_a_missing_library_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> Any:
        raise ImportError(f"No module named {name!r}")

    monkeypatch.setattr(needs, "import_module", absent)
    with pytest.raises(DataError, match=r"pip install 'orbat\[export\]'"):
        written("stix", one())
    with pytest.raises(DataError, match=r"pip install 'orbat\[ftm\]'"):
        written("ftm", one())


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [("version: 1", "version: 2", "version 1 is wanted"), ("  KILL:", "  KILLING:", "KILLING"), ("ftm: Person}", "}", "ftm")],
)
def test_a_broken_table_is_named(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    from orbat.export.tables import FILE

    broken = tmp_path / "exports.yaml"
    broken.write_text(FILE.read_text("utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(DataError, match=complaint):
        Tables.load(broken)


def test_the_table_has_every_country_of_the_gazetteer_and_every_type() -> None:
    from orbat.link.gazetteer import Gazetteer

    table, gazetteer = Tables.load(), Gazetteer.open()
    assert set(table.events) == set(EventType)
    assert {name: table.countries[name].iso2 for name in gazetteer.country_names} == dict(
        zip(gazetteer.country_names, gazetteer.countries, strict=True)
    )
