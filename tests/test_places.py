"""Places: the gazetteer, the reading of a mention's words, and which place the article means."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from orbat.errors import DataError, NotFoundError
from orbat.link.gazetteer import OWN, Gazetteer, Kind, Rank
from orbat.link.places import link_places
from orbat.link.placewords import Hint, beside, inside, readings
from orbat.names import fold
from orbat.types import Annotations, Document, Link, Mention, MentionType, Place, Span

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "orbat" / "data" / "gazetteer"


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.open()


def read(marked: str, gazetteer: Gazetteer, *, references: dict[int, int] | None = None, **about: str) -> list[Link[Place]]:
    """The links of a text whose PLACE mentions stand in [brackets], in the order of the text."""
    text, spans = "", []
    for i, part in enumerate(re.split(r"[\[\]]", marked)):
        if i % 2:
            spans.append(Span(len(text), len(text) + len(part)))
        text += part
    mentions = tuple(Mention(MentionType.PLACE, span, 0) for span in spans)
    annotations = Annotations((Span(0, len(text)),), mentions, (), references or {})
    links = link_places(Document.of(text, **about), annotations, gazetteer)
    assert sorted(links) == list(range(len(spans))), "every PLACE mention has a link"
    return [links[i] for i in range(len(spans))]


def place(link: Link[Place]) -> Place:
    assert link.target is not None
    return link.target


def test_another_name_of_a_town_abroad_is_believed_only_where_its_country_is_named(gazetteer: Gazetteer) -> None:
    told = "In [Nigeria], in [Borno] and [Yobe], men raided {} and fled."
    assert read(told.format("[Breslau]"), gazetteer)[3].target is None  # Wrocław
    assert place(read("In [Poland] men raided [Breslau].", gazetteer)[1]).name == "Wrocław"


def test_the_capital_of_a_country_told_before_is_its_capital_town(gazetteer: Gazetteer) -> None:
    assert place(read("Rebels in [Mali] took the [capital].", gazetteer, references={1: 0})[1]).name == "Bamako"
    assert place(read("Rebels in [Mali] left the [country].", gazetteer, references={1: 0})[1]).name == "Mali"


# The gazetteer


def test_opens_fast(gazetteer: Gazetteer) -> None:
    times = []
    for _ in range(5):
        began = time.perf_counter()
        Gazetteer.open(OWN)
        times.append(time.perf_counter() - began)
    assert min(times) < 0.1


def test_a_process_has_the_packages_own_once() -> None:
    assert Gazetteer.open() is Gazetteer.open()  # each page of the service that draws a map opens it


def test_binary_has_the_digest_of_its_manifest(gazetteer: Gazetteer) -> None:
    assert hashlib.sha256((DATA / "gazetteer.bin").read_bytes()).hexdigest() == gazetteer.digest


def test_data_stays_small() -> None:
    assert sum(f.stat().st_size for f in DATA.iterdir()) < 35 * 2**20


def test_every_id_leads_back_to_its_row(gazetteer: Gazetteer) -> None:
    for row in [*range(0, len(gazetteer), 997), len(gazetteer) - 1]:
        assert gazetteer.row(gazetteer.id_of(row)) == row
        assert gazetteer.place(gazetteer.id_of(row)) == gazetteer.at(row)


@pytest.mark.parametrize("unknown", ["geonames:4294967295", "geonames:99999999999999", "region:nowhere", "", "Paris"])
def test_unknown_id(gazetteer: Gazetteer, unknown: str) -> None:
    with pytest.raises(NotFoundError):
        gazetteer.place(unknown)


def test_no_place_of_the_table_is_off_the_earth_or_finer_than_its_kind(gazetteer: Gazetteer) -> None:
    assert (abs(gazetteer.lat) <= 90).all()
    assert (abs(gazetteer.lon) <= 180).all()
    finest = {
        Kind.COUNTRY: 6,
        Kind.ADMIN1: 4,
        Kind.ADMIN2: 3,
        Kind.CITY: 1,
        Kind.SITE: 1,
        Kind.REGION: 4,
        Kind.CONTINENT: 5,
        Kind.WATER: 5,
        Kind.SEA: 7,
    }
    for kind, prec in finest.items():
        assert (gazetteer.prec[gazetteer.kind == kind] >= prec).all(), kind


@pytest.mark.parametrize("name", ["Deir ez-Zor", "Dayr az Zawr", "Deir Ezzor", "Deir al-Zour", "DEIR EZ-ZOR"])
def test_transliterations_of_a_town_and_its_province(gazetteer: Gazetteer, name: str) -> None:
    found = {gazetteer.id_of(m.row) for m in gazetteer.lookup(name)}
    assert {"geonames:170792", "geonames:170794"} <= found


def test_a_town_is_not_the_province_that_sounds_like_it(gazetteer: Gazetteer) -> None:
    assert {gazetteer.at(m.row).admin1 for m in gazetteer.lookup("Barawe")} == {"Lower Shabeelle"}


@pytest.mark.parametrize(
    ("name", "country"),
    [
        ("Hadramout", "YE"),
        ("Shabwa", "YE"),
        ("Qamishli", "SY"),
        ("Hawija", "IQ"),
        ("Kufra", "LY"),
        ("Galgaduud", "SO"),
        ("Gezira", "SD"),
        ("Gojjam", "ET"),
    ],
)
def test_names_as_the_press_writes_them(gazetteer: Gazetteer, name: str, country: str) -> None:
    rows, _ = gazetteer.named(name)
    assert country in {gazetteer.country_code(int(row)) for row in rows}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("UK", "GB"),
        ("U.S.", "US"),
        ("America", "US"),
        ("DRC", "CD"),
        ("Ivory Coast", "CI"),
        ("Côte d’Ivoire", "CI"),
        ("Burma", "MM"),
        ("Swaziland", "SZ"),
        ("Syrian", "SY"),
        ("Iraqis", "IQ"),
        ("Dutch", "NL"),
        ("Türkiye", "TR"),
    ],
)
def test_names_of_countries(gazetteer: Gazetteer, name: str, code: str) -> None:
    rows = [m.row for m in gazetteer.lookup(name) if gazetteer.kind[m.row] == Kind.COUNTRY]
    assert [gazetteer.country_code(row) for row in rows] == [code]


@pytest.mark.parametrize("name", ["", " ", "'s", "—", "\ud800", "x" * 10_000])
def test_no_name_no_place(gazetteer: Gazetteer, name: str) -> None:
    assert gazetteer.lookup(name) == []


def test_folder_without_gazetteer(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be opened"):
        Gazetteer.open(tmp_path)


def test_cut_gazetteer(tmp_path: Path) -> None:
    (tmp_path / "gazetteer.json").write_bytes((DATA / "gazetteer.json").read_bytes())
    (tmp_path / "gazetteer.bin").write_bytes((DATA / "gazetteer.bin").read_bytes()[:-8])
    with pytest.raises(DataError, match="damaged"):
        Gazetteer.open(tmp_path)


def test_gazetteer_of_other_rules(tmp_path: Path) -> None:
    manifest = json.loads((DATA / "gazetteer.json").read_text(encoding="utf-8")) | {"rules": "0"}
    (tmp_path / "gazetteer.json").write_text(json.dumps(manifest), encoding="utf-8")
    (tmp_path / "gazetteer.bin").write_bytes((DATA / "gazetteer.bin").read_bytes())
    with pytest.raises(DataError, match="another version"):
        Gazetteer.open(tmp_path)


# The words of a mention


def test_words_taken_off_leave_what_they_said() -> None:
    last = {
        said: readings(said)[-1]
        for said in ("northern Idlib province", "town of Baga", "Iraqi capital", "Turkish border", "outskirts of Mosul")
    }
    assert [(r.name, r.hint) for r in last.values()] == [
        ("Idlib", Hint.PROVINCE), ("Baga", Hint.TOWN), ("Iraqi", Hint.CAPITAL), ("Turkish", Hint.NONE), ("Mosul", Hint.TOWN)
    ]  # fmt: skip
    assert last["northern Idlib province"].part
    assert last["Turkish border"].coarse == 5
    assert last["outskirts of Mosul"].coarse == 2
    assert last["town of Baga"].coarse == 1


@pytest.mark.parametrize(
    ("left", "coarse"),
    [("fighting near ", 2), ("20 km south of ", 2), ("10 miles (16 km) north of ", 2), ("90 km west of ", 5), ("a bomb in ", 1), ("", 1)],
)
def test_words_before_a_mention(left: str, coarse: int) -> None:
    assert beside(left, " on Friday").coarse == coarse


def test_what_puts_one_place_in_another() -> None:
    assert all(inside(between) for between in (", ", " in ", ", in ", " in the ", ", a town in ", " in northern "))
    assert not any(inside(between) for between in (" and ", "; ", ". In ", " to ", ", then on to "))


# Which place


def test_a_province_is_not_its_capital(gazetteer: Gazetteer) -> None:
    town, province = (
        place(link) for link in read("Shells fell on [Idlib] while rebels held most of [Idlib province] in [Syria].", gazetteer)[:2]
    )
    assert (town.id, town.where_prec) == ("geonames:169388", 3) or (town.id, town.where_prec) == ("geonames:169389", 1)
    assert (province.id, province.where_prec) == ("geonames:169387", 4)


def test_a_province_with_no_entry_of_its_own_is_no_pin(gazetteer: Gazetteer) -> None:
    (link, _) = read("The raid took place in [Mosul province], [Iraq].", gazetteer)
    assert place(link).where_prec >= 3
    assert place(link).id != "geonames:99072"


@pytest.mark.parametrize(
    ("text", "prec"),
    [
        ("Clashes in [Tbilisi], [Georgia], drew a protest from Russia and Armenia.", 6),
        ("Deputies in [Atlanta], [Georgia], and in [Savannah] joined police from [Alabama] and [Florida].", 4),
    ],
)
def test_georgia_by_context(gazetteer: Gazetteer, text: str, prec: int) -> None:
    assert place(read(text, gazetteer)[1]).where_prec == prec


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("Militias from [Misrata] and [Zintan] clashed in [Tripoli], the Libyan government said.", "Libya"),
        ("The Lebanese army deployed in [Tripoli] after gunmen from [Bab al-Tabbaneh] fired on [Akkar] and [Beirut].", "Lebanon"),
    ],
)
def test_tripoli_by_context(gazetteer: Gazetteer, text: str, country: str) -> None:
    links = read(text, gazetteer)
    assert {place(link).country for link in links if link.target and "Tripoli" in link.target.name} == {country}


def test_gaza_by_its_neighbours(gazetteer: Gazetteer) -> None:
    near, far = read("Israel shelled [Gaza] overnight.", gazetteer)[0], read("Floods hit [Gaza] and [Maputo] in Mozambique.", gazetteer)[0]
    assert (place(near).country, place(far).country) == ("Palestinian Territory", "Mozambique")


def test_a_country_is_not_its_capital_of_the_same_name(gazetteer: Gazetteer) -> None:
    country, city = (place(link) for link in read("Gangs rule parts of [Mexico], and the police of [Mexico City] is weak.", gazetteer))
    assert (country.where_prec, city.name, city.where_prec) == (6, "Mexico City", 1)


def test_a_spelling_of_the_province_is_one_of_its_town(gazetteer: Gazetteer) -> None:
    taken = place(read("The Syrian army entered [Raqqa] on Friday.", gazetteer)[0])
    state = place(read("Lawmakers of [New York], [Vermont] and [Ohio] voted.", gazetteer)[0])
    assert (taken.name, taken.where_prec, state.name, state.where_prec) == ("Ar Raqqah", 1, "New York", 4)


def test_another_name_of_a_village_elsewhere_does_not_hide_a_town_spelt_so(gazetteer: Gazetteer) -> None:
    syria = read("Shells fell on [Tibni], west of [Deir ez-Zor], and on [Mayadin] in eastern [Syria].", gazetteer)[0]
    jordan = read("A bus left [Tibni] for [Irbid] and [Amman] in [Jordan].", gazetteer)[0]
    assert [m.rank for m in gazetteer.exact("Tibni")] == [Rank.OTHER]
    assert (place(syria).country, place(jordan).country) == ("Syria", "Jordan")
    assert syria.candidates[0].reasons[0] == "“Tibni” resembles its name in another spelling."
    assert syria.candidates[0].score <= 0.5


def test_the_home_of_the_actors_counts(gazetteer: Gazetteer) -> None:
    text = "Gunmen attacked [Tripoli] and burned houses."
    document, annotations = (
        Document.of(text.replace("[", "").replace("]", "")),
        Annotations((Span(0, 42),), (Mention(MentionType.PLACE, Span(16, 23), 0),)),
    )
    plain = place(link_places(document, annotations, gazetteer)[0])
    lebanon = link_places(document, annotations, gazetteer, countries={"LB": 4.0})[0]
    assert (plain.country, place(lebanon).country) == ("Libya", "Lebanon")
    assert "The article names actors of Lebanon." in lebanon.candidates[0].reasons
    assert link_places(document, annotations, gazetteer, countries={"??": 4.0})[0].target == plain


def test_a_namesake_in_a_country_that_the_article_does_not_name_is_nil(gazetteer: Gazetteer) -> None:
    text = "Malian soldiers killed villagers in {} in Mali, the army of Mali said. Mali and Burkina Faso denied it. {} lies near Mopti."
    assert read(text.format("[Moura]", "Moura"), gazetteer)[0].target is None
    assert read("The police of [Moura] in Portugal arrested two men.", gazetteer)[0].target is not None


def test_a_village_that_the_text_puts_in_another_country_is_none_of_that_name_elsewhere(gazetteer: Gazetteer) -> None:
    text = "Gunmen killed eight people in the village of [Fatima] in the [Tillaberi region] of [Niger]{}."
    assert read(text.format(""), gazetteer)[0].target is None
    assert read(text.format(", near [Victoria], [Santa Maria] and [San Pedro]"), gazetteer)[0].target is None
    assert place(read("The police of [Fatima] in [Portugal] arrested two men.", gazetteer)[0]).country == "Portugal"


def test_names_in_a_row_share_the_word_that_says_what_they_are(gazetteer: Gazetteer) -> None:
    row = read("Thousands died in [Yala], [Pattani] and [Narathiwat provinces] of [Thailand].", gazetteer)
    assert [place(link).where_prec for link in row[:3]] == [4, 4, 4]
    town = read("Thousands died in [Yala] and [Narathiwat] of [Thailand].", gazetteer)
    assert place(town[0]).where_prec == 1


def test_one_name_with_different_words_beside_it_is_no_evidence_for_itself(gazetteer: Gazetteer) -> None:
    once, twice = read("Men fled [Moura].", gazetteer), read("Men fled [Moura]. The village of [Moura] burned.", gazetteer)
    assert twice[0].candidates[0].score <= once[0].candidates[0].score
    assert not any("near other places" in reason for reason in twice[0].candidates[0].reasons)


@pytest.mark.parametrize(("mention", "name", "prec"), [("South Darfur", "Southern Darfur", 4), ("Ogun states", "Ogun State", 4)])
def test_other_words_for_a_province(gazetteer: Gazetteer, mention: str, name: str, prec: int) -> None:
    found = place(read(f"Fighting spread to [{mention}].", gazetteer)[0])
    assert (found.name, found.where_prec) == (name, prec)


@pytest.mark.parametrize(("town", "found"), [("Mosul, Iraq", None), ("Jerusalem", "Old City")])
def test_a_part_of_any_town_is_that_of_the_town_of_the_article(gazetteer: Gazetteer, town: str, found: str | None) -> None:
    old = read(f"The police of [{town}] fought house by house in the [Old City].", gazetteer)[1].target
    assert (old and old.name) == found


def test_a_direction_is_no_place_of_that_name_elsewhere(gazetteer: Gazetteer) -> None:
    assert read("Nigerian troops fight Boko Haram in the [North-East] of Nigeria.", gazetteer)[0].target is None


@pytest.mark.parametrize(
    ("before", "noun", "fits"),
    [
        ("[Mosul]", "city", True), ("[Mosul]", "area", True), ("[Mosul]", "region", False), ("[Mosul]", "country", False),
        ("[Anbar province]", "city", True), ("[Anbar province]", "province", True),
        ("[Anbar province]", "country", False), ("[Iraq]", "country", True),
    ],
)  # fmt: skip
def test_a_common_noun_stands_for_no_place_of_another_kind(gazetteer: Gazetteer, before: str, noun: str, fits: bool) -> None:
    there, again = read(f"Men came to {before} in Iraq. They fled from the [{noun}].", gazetteer, references={1: 0})
    assert there.target is not None
    assert (again.target == there.target) is fits


def test_the_province_after_a_name_that_is_also_a_towns_is_the_province(gazetteer: Gazetteer) -> None:
    town, again = read("Men held [Idlib] in Syria. They sent men to the [province].", gazetteer, references={1: 0})
    assert (place(town).where_prec, place(again).name) in ((1, "Idlib"), (3, "Idlib"))
    assert place(again).where_prec >= 3


def test_an_airport_bears_the_name_of_a_village_only_where_others_are_near(gazetteer: Gazetteer) -> None:
    assert read("A bomb went off in [Istanbul], Turkey, at [Ataturk airport].", gazetteer)[1].target is None
    assert place(read("A bomb went off in [Goma], Congo, at [Goma airport].", gazetteer)[1]).where_prec == 2


def test_a_hotel_bears_the_name_of_a_town_abroad_only_where_that_is_large(gazetteer: Gazetteer) -> None:
    assert read("Somalia: gunmen stormed the [Muna Hotel] in Somalia's capital, Somalia.", gazetteer)[0].target is None
    assert place(read("Somalia, Somalia: he had flown from [Brussels airport].", gazetteer)[0]).name == "Brussels"


def test_a_county_may_be_named_first(gazetteer: Gazetteer) -> None:
    found = place(read("He was shot in [County Sligo], Ireland.", gazetteer)[0])
    assert (found.name, found.where_prec) == ("Sligo", 3)


def test_paris_by_what_follows_it(gazetteer: Gazetteer) -> None:
    texas = read("A man was shot in [Paris], [Texas], on Monday.", gazetteer)[0]
    france = read("A man was shot in [Paris] on Monday.", gazetteer)[0]
    assert (place(texas).admin1, place(france).country) == ("Texas", "France")
    assert any("puts it in" in reason for reason in texas.candidates[0].reasons)


def test_unmarked_state_after_the_comma_counts(gazetteer: Gazetteer) -> None:
    assert place(read("A man was shot in [Paris], Texas, on Monday.", gazetteer)[0]).admin1 == "Texas"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Gunmen fought in [Tripoli], [Lebanon], and in [Tripoli], the Libyan capital.", ["Lebanon", "Lebanon", "Libya"]),
        ("Troops left [Tripoli], [Libya]. In [Tripoli] it was calm.", ["Libya", "Libya", "Libya"]),
        ("They met in [Paris], [Texas], and in [Paris], [France].", ["United States", "United States", "France", "France"]),
    ],
)
def test_one_name_may_be_two_places_of_an_article(gazetteer: Gazetteer, text: str, found: list[str]) -> None:
    assert [place(link).country for link in read(text, gazetteer)] == found


@pytest.mark.parametrize(
    ("text", "name", "prec"),
    [
        ("Pirates struck [off Bayelsa] in Nigeria.", "Bayelsa State", 5),
        ("The army bombed [rebel-held Aleppo] in Syria.", "Aleppo", 2),
        ("Separatists hold [Anglophone Cameroon].", "Cameroon", 5),
        ("Iraqi jets struck [Tal Afar district].", "Tel Afar District", 3),
        ("Congolese rebels raided [Masisi territory].", "Masisi Territory", 3),
        ("Raiders came from the [Nigerian town Banki].", "Banki", 1),
        ("Cholera spreads in the [African nation of Zimbabwe].", "Zimbabwe", 6),
        ("They attacked [Kunduz police headquarters] in Afghanistan.", "Kunduz", 2),
        ("They attacked the [Pankisi Gorge] in Georgia.", "Pankisi Gorge", 5),
        ("They came to [Palma] in Mozambique.", "Palma", 1),
    ],
)
def test_words_that_reporters_put_around_a_name(gazetteer: Gazetteer, text: str, name: str, prec: int) -> None:
    found = place(read(text, gazetteer)[0])
    assert (found.name, found.where_prec) == (name, prec)


def test_a_side_told_of_a_place_is_a_part_of_it(gazetteer: Gazetteer) -> None:
    town, side, country, corner, other = read(
        "Rebels hold [Mosul]'s [northern outskirts], [Yemen]'s [northwest] and, they say, the [countryside].", gazetteer
    )
    assert (place(side).id, place(side).where_prec) == (place(town).id, 2)
    assert (place(corner).id, place(corner).where_prec) == (place(country).id, 5)
    assert other.target is None


def test_the_full_stop_of_a_state_and_a_district_attorney(gazetteer: Gazetteer) -> None:
    assert [place(link).name for link in read("He lives in [Harrisburg], [Pa]. and works.", gazetteer)] == ["Harrisburg", "Pennsylvania"]
    assert beside("", " District Attorney").hint is Hint.NONE
    assert beside("", " district").hint is Hint.DISTRICT


def test_a_district_without_towns_is_where_the_village_is_that_it_is_named_for(gazetteer: Gazetteer) -> None:
    named = [gazetteer.at(m.row) for m in gazetteer.exact("Palma") if gazetteer.country_code(m.row) == "MZ"]
    assert len(named) == 2
    assert all(abs(p.lat + 10.77) < 0.01 for p in named)


def test_near_is_not_in(gazetteer: Gazetteer) -> None:
    for text, prec in (
        ("Troops fought near [Mosul] in Iraq.", 2),
        ("Troops fought in [Mosul] in Iraq.", 1),
        ("They fought 80 km south of [Mosul] in Iraq.", 5),
    ):
        link = read(text, gazetteer)[0]
        assert (place(link).id, place(link).where_prec) == ("geonames:99072", prec)


@pytest.mark.parametrize(
    ("mention", "name", "prec"),
    [
        ("northern Mali", "Mali", 5),
        ("Syrian", "Syria", 6),
        ("Turkish border", "Turkey", 5),
        ("Borno state", "Borno State", 4),
        ("Sahel", "Sahel", 5),
        ("Lake Chad basin", "Lake Chad basin", 5),
        ("Gulf of Aden", "Gulf of Aden", 7),
        ("Sambisa forest", "Sambisa Forest", 5),
        ("North Waziristan", "North Waziristan", 5),
        ("outskirts of Aleppo", "Aleppo", 2),
        ("Aleppo city", "Aleppo", 1),
        ("Iraqi capital", "Baghdad", 1),
        ("South Sudan", "South Sudan", 6),
    ],
)
def test_precision_follows_the_words(gazetteer: Gazetteer, mention: str, name: str, prec: int) -> None:
    found = place(read(f"Fighters attacked in [{mention}] at dawn.", gazetteer)[0])
    assert (fold(found.name), found.where_prec) == (fold(name), prec)


@pytest.mark.parametrize(
    "text",
    [
        "They fled to the village of [Xyqqobar] in Syria.",
        "The [checkpoint] was hit.",
        "They crossed the [border].",
        "Smoke rose over [Main Street].",
        "United States forces of the United States shelled [ISIL-held villages].",
        "Syria, Iran and Syria met; [Kurdish areas] of Syria were shelled.",
        "Syrian rebels left the [al-Jadida neighborhood].",
    ],
)
def test_honest_nil(gazetteer: Gazetteer, text: str) -> None:
    (link,) = read(text, gazetteer)
    assert (link.target, link.score) == (None, 0.0)


def test_text_without_capitals(gazetteer: Gazetteer) -> None:
    town, country, noun = read("guerrillas of the front attacked in [medellin], [colombia], and burned the [house].", gazetteer)
    assert (place(town).name, place(country).where_prec, noun.target) == ("Medellín", 6, None)


def test_lost_apostrophe(gazetteer: Gazetteer) -> None:
    assert place(read("The ceasefire covers [Syrias] north.", gazetteer)[0]).name == "Syria"


def test_direction_before_a_long_name(gazetteer: Gazetteer) -> None:
    part, town = read("They fled the [eastern Democratic Republic of Congo] for the [northern city of Kunduz] in Afghanistan.", gazetteer)
    assert (place(part).name, place(part).where_prec) == ("Democratic Republic of the Congo", 5)
    assert (place(town).name, place(town).where_prec) == ("Kunduz", 1)


def test_owner_before_the_name(gazetteer: Gazetteer) -> None:
    for before, country in (("the Lebanese city of ", "Lebanon"), ("Libya's coastal ", "Libya")):
        assert place(read(f"A bomb went off in {before}[Tripoli].", gazetteer)[0]).country == country


def test_common_noun_has_the_place_it_refers_to(gazetteer: Gazetteer) -> None:
    town, noun = read("They took [Mosul] in Iraq and burned the [city].", gazetteer, references={1: 0})
    assert place(noun) == place(town)


def test_references_in_a_circle_end(gazetteer: Gazetteer) -> None:
    assert [link.target for link in read("The [town] and the [village].", gazetteer, references={0: 1, 1: 0})] == [None, None]


def test_where_the_source_is_at_home_counts(gazetteer: Gazetteer) -> None:
    text = "Police in [Cambridge] arrested two men."
    britain = read(text, gazetteer, url="https://www.example.co.uk/news/1")[0]
    assert place(britain).country == "United Kingdom"


def test_the_home_of_a_source_tells_little_of_an_article_about_other_countries(gazetteer: Gazetteer) -> None:
    text = "Palestinian leaders met in the city of [Mecca]. [Saudi Arabia] heard from Palestinians of the [Gaza Strip] and the [West Bank]."
    assert place(read(text, gazetteer, source="US News Service")[0]).country == "Saudi Arabia"


def test_reasons_and_scores(gazetteer: Gazetteer) -> None:
    for link in read("Fighting spread from [Mosul] to [Tal Afar] in [Nineveh] and on to the [Syrian border].", gazetteer):
        scores = [candidate.score for candidate in link.candidates]
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= score <= 1 for score in scores)
        assert link.target is None or link.target == link.candidates[0].target
        assert all(candidate.reasons and all(reason.endswith(".") for reason in candidate.reasons) for candidate in link.candidates)


def test_reading_twice_gives_the_same(gazetteer: Gazetteer) -> None:
    text = "Boko Haram attacked [Maiduguri], [Baga] and [Bama] in [Borno state], and [Diffa] in [Niger]."
    assert read(text, gazetteer) == read(text, Gazetteer.open(OWN))


def test_strange_text_does_no_harm(gazetteer: Gazetteer) -> None:
    for text in ("[ ]", "[\ud800]", "[Ω]", "[’s]", "[" + "A" * 5000 + "]", "[of the]", "[The]", "[N.]", "[東京]", "[, ]"):
        assert len(read("x " + text + " y", gazetteer)) == 1


def test_no_place_mention_no_link(gazetteer: Gazetteer) -> None:
    annotations = Annotations((Span(0, 5),), (Mention(MentionType.GROUP, Span(0, 5), 0),))
    assert link_places(Document.of("Rebels"), annotations, gazetteer) == {}


# The recipe page


def test_recipe_for_a_region_is_true() -> None:
    """The example line of docs/add-a-region.md parses as a region, and the page names files and a command that are there."""
    page = (ROOT / "docs" / "add-a-region.md").read_text(encoding="utf-8")
    example = next(line.strip() for line in page.splitlines() if line.strip().startswith("forest\t"))
    header = [line for line in (ROOT / "scripts" / "regions.tsv").read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    kind, name, _, countries, lat, lon, radius = example.split("\t")
    assert any(kind in line for line in header)
    assert name
    assert re.fullmatch(r"[A-Z]{2}(,[A-Z]{2})*", countries)
    assert abs(float(lat)) <= 90
    assert abs(float(lon)) <= 180
    assert int(radius) > 0
    for named in re.findall(r"`((?:scripts|orbat|tests|docs)/[\w./]+)`", page):
        assert (ROOT / named).exists(), named


def test_regions_file_is_well_formed() -> None:
    codes = {
        line.split("\t")[0]
        for line in (ROOT / "scripts" / "regions.countries.tsv").read_text(encoding="utf-8").splitlines()
        if line[:1] != "#"
    }
    for number, line in enumerate((ROOT / "scripts" / "regions.tsv").read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = line.split("\t")
        if cells[0] in ("adjective", "alias"):
            assert len(cells) in (3, 4), number
            assert len(cells) == 3 or cells[3] in codes, number
        else:
            assert len(cells) == 7, number
            assert all(code in codes for code in cells[3].split(",") if code), number
            assert abs(float(cells[4])) <= 90, number
            assert abs(float(cells[5])) <= 180, number
            assert int(cells[6]) > 0 or cells[0] == "middle", number


@pytest.mark.skipif(not (ROOT.parent / "shared" / "bench" / "places").is_dir(), reason="the public test sets lie outside the project")
def test_scoring_command_prints_its_figures(tmp_path: Path) -> None:
    few = tmp_path / "few.jsonl"
    whole = (ROOT.parent / "shared" / "bench" / "places" / "geovirus.jsonl").read_text(encoding="utf-8").split("\n")
    few.write_text("\n".join(whole[:40]), encoding="utf-8")
    command = [sys.executable, "-m", "orbat.cli", "eval", "--places", str(few), "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    resolved, _ = json.JSONDecoder().raw_decode(done.stdout)
    assert resolved["figures"]["accuracy_161km"] > 0.70
    assert resolved["count"] > 200
