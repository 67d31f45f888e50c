"""ACLED and UCDP GED: columns, codes, sides, deaths, precision, and what is no event of theirs."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import replace
from typing import Any

import pytest

from orbat.codebook import Codebook
from orbat.export import Material
from orbat.export.ucdp import priogrid
from orbat.pipeline import Reading
from orbat.recordtypes import RecordField, RecordKind, RecordStatus
from orbat.types import Certainty, Entity, EventType, MentionType, Quote, Span
from tests import exportcases
from tests.exportcases import (
    ARMY,
    BRIGADE,
    DAY,
    FRONT,
    GUARD,
    PROVINCE,
    document,
    entity,
    filler,
    material,
    one,
    record,
    said,
    statement,
    toll,
    written,
)

ACLED = (
    "event_id_cnty, event_date, year, time_precision, disorder_type, event_type, sub_event_type, actor1, assoc_actor_1, inter1, actor2, "
    "assoc_actor_2, inter2, interaction, civilian_targeting, iso, region, country, admin1, admin2, admin3, location, latitude, longitude, "
    "geo_precision, source, source_scale, notes, fatalities, tags, timestamp"
)
UCDP = (
    "id, relid, year, active_year, code_status, type_of_violence, conflict_dset_id, conflict_new_id, conflict_name, dyad_dset_id, "
    "dyad_new_id, dyad_name, side_a_dset_id, side_a_new_id, side_a, side_b_dset_id, side_b_new_id, side_b, number_of_sources, "
    "source_article, source_office, source_date, source_headline, source_original, where_prec, where_coordinates, where_description, "
    "adm_1, adm_2, latitude, longitude, geom_wkt, priogrid_gid, country, country_id, region, event_clarity, date_prec, date_start, "
    "date_end, deaths_a, deaths_b, deaths_civilians, deaths_unknown, best, high, low, gwnoa, gwnob"
)
PARTIES = {"front": FRONT, "brigade": BRIGADE, "army": ARMY, "guard": GUARD}


@pytest.fixture(scope="module")
def real(readings: list[Reading]) -> Material:
    return exportcases.real(readings)


def rows(name: str, given: Material) -> list[dict[str, str]]:
    text = written(name, given)[0].decode("utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def case(**changes: Any) -> Material:
    own = statement()
    return material([own], [record([own], **changes)])


def sides(actor: str, target: str, type: EventType = EventType.CLASH) -> Material:
    """Two parties of the catalogue in a fight; what hits whom is told by the statement too."""
    doc = document(f"{exportcases.TEXT} The Jade Brigade, the army and the Guard spoke.")
    words = {"front": "Amber Front", "brigade": "Jade Brigade", "army": "army", "guard": "Guard"}
    kinds = {"front": MentionType.GROUP, "brigade": MentionType.GROUP, "army": MentionType.FORCE, "guard": MentionType.FORCE}
    fillers = [(filler(doc, words[who], kinds[who], PARTIES[who]),) for who in (actor, target)]
    own = statement(doc, type=type, actor=fillers[0], target=fillers[1])
    fields = [RecordField(role, (entity(PARTIES[who], [own]),)) for role, who in (("actors", actor), ("targets", target))]
    return material([own], [record([own], type=type, types=(type, EventType.KILL), actors=fields[0], targets=fields[1])])


def test_acled_has_its_31_columns_in_order() -> None:
    header = written("acled", material([]))[0].decode().strip()
    assert header.split(",") == ACLED.split(", ")
    assert len(header.split(",")) == 31


def test_ucdp_has_its_columns_in_order() -> None:
    assert written("ucdp-ged", material([]))[0].decode().strip().split(",") == UCDP.split(", ")


def test_an_attack_on_civilians_in_acled() -> None:
    (row,) = rows("acled", one())
    wanted = {
        "event_id_cnty": "r0123456789abcdef0123",
        "event_date": "2021-03-04",
        "year": "2021",
        "time_precision": "1",
        "disorder_type": "Political violence",
        "event_type": "Violence against civilians",
        "sub_event_type": "Attack",
        "actor1": "Amber Front",
        "inter1": "2",
        "actor2": "Civilians (Nigeria)",
        "inter2": "7",
        "interaction": "27",
        "civilian_targeting": "Civilian targeting",
        "iso": "566",
        "region": "Western Africa",
        "country": "Nigeria",
        "admin1": "Borno State",
        "admin2": "",
        "location": "Talara",
        "latitude": "11.25",
        "longitude": "13.5",
        "geo_precision": "1",
        "source": "Lake Post",
        "source_scale": "",
        "fatalities": "12",
        "timestamp": "1614988800",
    }
    assert {name: row[name] for name in wanted} == wanted
    assert "shot dead 12 farmers" in row["notes"]
    assert "2021-03-04" in row["notes"]


def test_an_attack_on_civilians_in_ucdp() -> None:
    (row,) = rows("ucdp-ged", one())
    wanted = {
        "id": "r0123456789abcdef0123",
        "year": "2021",
        "type_of_violence": "3",
        "dyad_name": "Amber Front - Civilians",
        "side_a": "Amber Front",
        "side_a_new_id": "7001",
        "side_b": "Civilians",
        "number_of_sources": "1",
        "source_office": "Lake Post",
        "source_original": "Residents",
        "where_prec": "1",
        "adm_1": "Borno State",
        "geom_wkt": "POINT (13.5 11.25)",
        "country_id": "475",
        "region": "Africa",
        "event_clarity": "1",
        "date_prec": "1",
        "date_start": "2021-03-04",
        "date_end": "2021-03-04",
        "deaths_a": "0",
        "deaths_b": "0",
        "deaths_civilians": "12",
        "deaths_unknown": "0",
        "low": "10",
        "best": "12",
        "high": "15",
        "gwnoa": "",
    }
    assert {name: row[name] for name in wanted} == wanted


@pytest.mark.parametrize(
    ("name", "inter"),
    [("Lions of Zawiya", "2"), ("Amber Front militia", "3"), ("Jade Gang", "3"), ("Mai clan militia", "4"), ("the tribal fighters", "4")],
)
def test_acled_tells_militias_by_their_own_names(name: str, inter: str) -> None:
    given = sides("front", "brigade")
    (only,) = given.records
    said = replace(only.actors.values[0], entity=Entity("x", name, "group"))
    (row,) = rows("acled", replace(given, records=(replace(only, actors=RecordField("actors", (said,))),)))
    assert (row["actor1"], row["inter1"], row["interaction"]) == (name, inter, f"2{inter}")


@pytest.mark.parametrize(
    ("actor", "target", "inters", "interaction"),
    [
        ("front", "brigade", ("2", "2"), "22"),
        ("army", "front", ("1", "2"), "12"),
        ("front", "army", ("2", "1"), "12"),
        ("guard", "front", ("8", "2"), "28"),
    ],
)
def test_acled_codes_who_fights_whom(actor: str, target: str, inters: tuple[str, str], interaction: str) -> None:
    (row,) = rows("acled", sides(actor, target))
    assert (row["event_type"], row["sub_event_type"]) == ("Battles", "Armed clash")
    assert (row["inter1"], row["inter2"]) == inters
    assert row["interaction"] == interaction
    assert row["civilian_targeting"] == ""


@pytest.mark.parametrize(
    ("actor", "target", "violence", "side_a", "gwnoa"),
    [
        ("front", "brigade", "2", "Amber Front", ""),
        ("army", "front", "1", "Army of Nigeria", "475"),
        ("front", "army", "1", "Army of Nigeria", "475"),  # the state is side A, whoever began
        ("army", "guard", "1", "Army of Nigeria", "475"),
    ],
)
def test_ucdp_tells_violence_by_its_sides(actor: str, target: str, violence: str, side_a: str, gwnoa: str) -> None:
    (row,) = rows("ucdp-ged", sides(actor, target))
    assert (row["type_of_violence"], row["side_a"], row["gwnoa"]) == (violence, side_a, gwnoa)


def test_both_sides_of_a_clash_may_be_its_actors() -> None:
    own = statement(type=EventType.CLASH)
    both = RecordField("actors", (entity(FRONT, [own]), entity(BRIGADE, [own])))
    (row,) = rows("ucdp-ged", material([own], [record([own], type=EventType.CLASH, actors=both, targets=RecordField("targets", ()))]))
    assert (row["type_of_violence"], row["side_a"], row["side_b"]) == ("2", "Amber Front", "Jade Brigade")


def test_deaths_by_side_and_in_all() -> None:
    given = sides("front", "army")
    tolls = (
        toll("army-ng", 3, 4, 5),
        toll("amber-front", 1, 1, 1),
        toll("civilians", 0, 2, 2),
        toll("", 8, 10, 12),
        toll("army-ng", 9, 9, 9, "injured"),
    )
    (row,) = rows("ucdp-ged", replace(given, records=[replace(next(iter(given.records)), tolls=tuple(tolls))]))
    parts = {name: row[name] for name in ("deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown", "low", "best", "high")}
    # The army is side A though it is the target; ten dead in all, seven of them on a side.
    assert list(parts.values()) == ["4", "1", "2", "3", "8", "10", "12"]


def test_a_killing_without_a_number_has_no_number() -> None:
    given = case(tolls=())
    (acled,), (ucdp,) = rows("acled", given), rows("ucdp-ged", given)
    assert acled["fatalities"] == ""
    assert (ucdp["low"], ucdp["best"], ucdp["high"], ucdp["deaths_civilians"]) == ("", "", "", "")


def test_what_nobody_died_in_is_zero_for_acled_and_not_in_ucdp() -> None:
    given = case(type=EventType.ATTACK, types=(EventType.ATTACK,), tolls=(), actors=RecordField("actors", ()))
    own = next(iter(given.statements.values()))
    given = replace(given, statements={own.id: replace(own, type=EventType.ATTACK)})
    (acled,) = rows("acled", given)
    assert acled["fatalities"] == "0"
    assert written("ucdp-ged", given)[1].left_out == {"nobody is said to have died": 1}


@pytest.mark.parametrize(
    ("days", "date_prec", "event_date", "precision"),
    [
        ((DAY, DAY), 1, "2021-03-04", "1"),
        ((dt.date(2021, 3, 1), dt.date(2021, 3, 7)), 3, "2021-03-04", "2"),
        ((dt.date(2021, 3, 1), dt.date(2021, 3, 31)), 4, "2021-03-16", "3"),
        ((dt.date(2021, 1, 1), dt.date(2021, 12, 31)), 5, "", ""),
        ((dt.date(2021, 11, 1), dt.date(2022, 2, 1)), 5, "", ""),
        ((None, None), None, "", ""),
    ],
)
def test_acled_dates_no_finer_than_they_are_told(days: tuple[Any, Any], date_prec: int | None, event_date: str, precision: str) -> None:
    (row,) = rows("acled", case(start=days[0], end=days[1], date_prec=date_prec))
    assert (row["event_date"], row["time_precision"]) == (event_date, precision)
    assert row["year"] == ("2021" if days[0] and days[0].year == days[1].year else "")


def test_a_province_is_no_exact_place_and_a_country_no_place_of_acled() -> None:
    (acled,), (ucdp,) = (rows(name, case(location=PROVINCE)) for name in ("acled", "ucdp-ged"))
    assert (acled["geo_precision"], ucdp["where_prec"]) == ("3", "4")
    (acled,) = rows("acled", case(location=replace(PROVINCE, where_prec=6, name="Nigeria", admin1="")))
    assert (acled["latitude"], acled["geo_precision"], acled["country"]) == ("", "", "Nigeria")
    (acled,) = rows("acled", case(location=None))
    assert (acled["latitude"], acled["country"], acled["iso"]) == ("", "", "")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"kind": RecordKind.RELATION}, "a relation, not an event"),
        ({"status": RecordStatus.DENIED}, "denied by most of its origins"),
        ({"certainty": Certainty.FUTURE}, "future: not said to have happened"),
        ({"certainty": Certainty.HYPOTHETICAL}, "hypothetical: not said to have happened"),
    ],
)
def test_what_is_no_event_is_left_out_with_the_reason(changes: dict[str, Any], reason: str) -> None:
    for name in ("acled", "ucdp-ged"):
        done = written(name, case(**changes))[1]
        assert (done.rows, done.left_out) == (0, {reason: 1})


def test_means_and_sides_of_different_statements_make_the_sub_event() -> None:
    plain = statement(document(), type=EventType.BOMBING)
    doc = document("Police said the Amber Front shot dead 12 farmers in Talara on Thursday with rifles, a suicide bomber and Residents.")
    bomber = statement(doc, instrument=(filler(doc, "suicide bomber", MentionType.WEAPON),))
    (row,) = rows("acled", material([plain, bomber], [record([plain, bomber], type=EventType.BOMBING)]))
    assert (row["event_type"], row["sub_event_type"]) == ("Explosions/Remote violence", "Suicide bomb")


def test_what_is_denied_makes_no_sub_event() -> None:
    doc = document("Police said the Amber Front shot dead 12 farmers in Talara on Thursday with rifles, a suicide bomber and Residents.")
    denied = statement(doc, type=EventType.BOMBING, negated=True, instrument=(filler(doc, "suicide bomber", MentionType.WEAPON),))
    own = statement(type=EventType.BOMBING)
    (row,) = rows("acled", material([own, denied], [record([own, denied], type=EventType.BOMBING)]))
    assert row["sub_event_type"] == "Remote explosive/landmine/IED"


def test_rioters_have_acleds_name() -> None:
    doc = document("Residents said the crowd shot dead 12 farmers in Talara on Thursday with rifles and the Amber Front.")
    own = statement(doc, type=EventType.ATTACK, actor=(filler(doc, "crowd", MentionType.PEOPLE),), trigger=Quote(Span(0, 9), "Residents"))
    crowd = RecordField("actors", (said("crowd", "the crowd", [own]),))
    (row,) = rows("acled", material([own], [record([own], type=EventType.ATTACK, actors=crowd)]))
    assert (row["sub_event_type"], row["actor1"], row["inter1"], row["interaction"]) == ("Mob violence", "Rioters (Nigeria)", "5", "57")


def test_an_attacker_without_a_name_is_no_civilian() -> None:
    doc = document("Residents said gunmen shot dead 12 farmers in Talara on Thursday with rifles, not the Amber Front.")
    own = statement(doc, actor=(filler(doc, "gunmen", MentionType.PERSON),))
    gunmen = RecordField("actors", (said("gunmen", "gunmen", [own]),))
    (row,) = rows("acled", material([own], [record([own], actors=gunmen)]))
    assert (row["actor1"], row["inter1"], row["interaction"]) == ("gunmen", "", "")


def test_every_acled_row_has_codes_of_the_list(real: Material) -> None:
    book = Codebook.load()
    found = rows("acled", real)
    assert len(found) > 20
    for row in found:
        assert book.acled[row["sub_event_type"]] == row["event_type"]
        assert row["disorder_type"] in (
            "Political violence",
            "Demonstrations",
            "Political violence; Demonstrations",
            "Strategic developments",
        )
        assert row["time_precision"] in ("", "1", "2", "3")
        assert row["geo_precision"] in ("", "1", "2", "3")
        assert bool(row["latitude"]) == bool(row["geo_precision"])


def test_every_ucdp_row_adds_up(real: Material) -> None:
    found = rows("ucdp-ged", real)
    assert found
    for row in found:
        assert row["type_of_violence"] in ("", "1", "2", "3")
        if row["best"]:
            parts = sum(int(row[name]) for name in ("deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown"))
            assert parts == int(row["best"])
            assert int(row["low"]) <= int(row["best"]) <= int(row["high"])


def test_every_record_is_a_row_or_has_a_reason(real: Material) -> None:
    for name in ("acled", "ucdp-ged", "geojson"):
        done = written(name, real)[1]
        assert done.rows + sum(done.left_out.values()) == len(list(real.records))


@pytest.mark.parametrize(("lat", "lon", "gid"), [(-89.75, -179.75, 1), (-89.75, 179.75, 720), (89.75, 179.75, 259200), (90, 180, 259200)])
def test_priogrid_counts_from_the_south_west(lat: float, lon: float, gid: int) -> None:
    assert priogrid(lat, lon) == gid
