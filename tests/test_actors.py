"""The catalogue of actors and the links made from it."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from types import MappingProxyType

import pytest
from typer.testing import CliRunner

from orbat.cli import app
from orbat.errors import DataError, NotFoundError
from orbat.evaluate import read_jsonl
from orbat.evaluate.run import evaluate_actors
from orbat.link.actors import home_countries, link_actors
from orbat.link.catalogue import Catalogue
from orbat.link.cataloguefile import FIELDS, SHIPPED, check
from orbat.link.wholenames import whole_names
from orbat.names import fold
from orbat.types import Actor, Annotations, Argument, Document, Event, EventType, Link, Mention, MentionType, Role, Span

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load()


def called(catalogue: Catalogue, text: str, *mentions: tuple[str, str]) -> list[str | None]:
    """The ids that some mentions of one sentence are linked to, in the order of the text."""
    made, at = [], 0
    for words, kind in mentions:
        start = text.index(words, at)
        at = start + len(words)
        made.append(Mention(MentionType(kind), Span(start, at), 0))
    found = link_actors(Document.of(text), Annotations((Span(0, len(text)),), tuple(made)), catalogue)
    return [link.target.id if link.target else None for link in found.values()]


@pytest.mark.parametrize(
    ("words", "actor"),
    [
        ("ISIL-Somalia", "is-somalia"),
        ("ISIS Sahel", "is-sahel"),
        ("ISIL in the Greater Sahara", "is-sahel"),
        ("IS Nowhere", None),
        ("Oromo Liberation Army of Jaal Marroo", "ola-ethiopia"),
        ("Knights Templar of Some Body", "knights-templar"),
        ("Levant Front of Abu al-Nour", "levant-front"),
        ("Oromo Liberation Army of Western Ethiopia", None),
        ("UAE", "gov-ae"),  # a state, though it was taken for a group
        ("Nigerians", None),
    ],
)
def test_names_as_they_are_written_of_branches_leaders_and_states(catalogue: Catalogue, words: str, actor: str | None) -> None:
    assert called(catalogue, f"The men of {words} met.", (words, "GROUP")) == [actor]


@pytest.mark.parametrize("noun", ["federation", "brigades", "Two brigades"])
def test_a_common_noun_is_no_group_that_is_called_so_for_short(catalogue: Catalogue, noun: str) -> None:
    assert called(catalogue, f"In Peru {noun} met.", (noun, "GROUP")) == [None]


@pytest.mark.parametrize(
    ("text", "gang", "actor"),
    [
        ("The Taliban gang burned a market in Haiti.", "Taliban gang", None),
        ("A gang called Taliban burned a market in Haiti.", "Taliban", None),
        ("The Taliban burned a market, said Haiti.", "Taliban", "taliban"),
        ("The Taliban gang burned a market in Afghanistan.", "Taliban gang", "taliban"),
        ("The Taliban gang burned a market.", "Taliban gang", "taliban"),  # no country is named
    ],
)
def test_a_gang_of_another_country_is_not_the_group_it_is_called_after(
    catalogue: Catalogue, text: str, gang: str, actor: str | None
) -> None:
    assert called(catalogue, text, (gang, "GROUP")) == [actor]


@pytest.mark.parametrize(
    ("text", "second", "actor"),
    [
        ("The Qassam Brigades said that men of the Brigades had left.", "Brigades", "qassam-brigades"),
        ("The Qassam Brigades said so. Brigades left.", "Brigades", "aqsa-brigades"),  # its capital is that of any sentence
    ],
)
def test_the_brigades_are_those_named_before(catalogue: Catalogue, text: str, second: str, actor: str) -> None:
    start = text.rindex(second)
    spans = (Span(0, len(text)),) if ". " not in text else (Span(0, text.index(". ") + 1), Span(text.index(". ") + 2, len(text)))
    mentions = (
        Mention(MentionType.GROUP, Span(4, 4 + len("Qassam Brigades")), 0),
        Mention(MentionType.GROUP, Span(start, start + len(second)), len(spans) - 1),
    )
    found = link_actors(Document.of(text), Annotations(spans, mentions), catalogue)
    assert found[1].target is not None
    assert found[1].target.id == actor


@pytest.mark.parametrize(
    ("text", "mention", "whole"),
    [
        ("The army blamed the Group to Support Islam and Muslims for it.", "Group", "Group to Support Islam and Muslims"),
        ("The Group to support the poor was there.", "Group", "Group"),
        ("The al-Qaeda-linked Group to Support Islam and Muslims left.", "al-Qaeda-linked Group", "Group to Support Islam and Muslims"),
        ("Islamic State in the Greater Sahara men left.", "Islamic State", "Islamic State in the Greater Sahara"),
        ("Islamic State in Libya lost a town.", "Islamic State", "Islamic State"),
        ("Islamic State and Boko Haram fought.", "Islamic State", "Islamic State"),
        ("Lord's Resistance Army men left.", "Resistance Army", "Resistance Army"),  # a possessive is a mention of its own
    ],
)
def test_the_beginning_of_a_name_is_widened_to_the_whole_name(catalogue: Catalogue, text: str, mention: str, whole: str) -> None:
    start = text.index(mention)
    one = Mention(MentionType.GROUP, Span(start, start + len(mention)), 0)
    (found,) = whole_names(text, Annotations((Span(0, len(text)),), (one,)), catalogue).mentions
    assert found.span.of(text) == whole


def test_what_stood_inside_of_a_widened_name_is_gone_and_the_rest_keeps_its_parts(catalogue: Catalogue) -> None:
    text = "Mali blamed the Group to Support Islam and Muslims, which killed ten."
    at = {
        words: Span(text.index(words), text.index(words) + len(words)) for words in ("Mali", "Group", "Islam and Muslims", "which", "ten")
    }
    kinds = (MentionType.STATE, MentionType.GROUP, MentionType.PEOPLE, MentionType.GROUP, MentionType.PEOPLE)
    mentions = tuple(Mention(kind, span, 0) for kind, span in zip(kinds, at.values(), strict=True))
    support = Event(EventType.SUPPORT, Span(text.index("Support"), text.index("Support") + 7), 0, (Argument(Role.ACTOR, 1),))
    blame = Event(EventType.ACCUSE, Span(5, 11), 0, (Argument(Role.ACTOR, 0), Argument(Role.TARGET, 1), Argument(Role.TARGET, 2)))
    kill = Event(
        EventType.KILL, Span(text.index("killed"), text.index("killed") + 6), 0, (Argument(Role.ACTOR, 3), Argument(Role.TARGET, 4))
    )
    given = Annotations(
        (Span(0, len(text)),), mentions, (blame, support, kill), MappingProxyType({1: 0, 3: 1}), MappingProxyType({3: {1: 2.0}})
    )
    found = whole_names(text, given, catalogue)
    assert [m.span.of(text) for m in found.mentions] == ["Mali", "Group to Support Islam and Muslims", "which", "ten"]
    assert [(e.type, [a.mention for a in e.arguments]) for e in found.events] == [(EventType.ACCUSE, [0, 1]), (EventType.KILL, [2, 3])]
    assert (dict(found.references), dict(found.leanings)) == ({2: 1}, {2: {1: 2.0}})


@pytest.mark.parametrize(
    ("words", "kind"),
    [("MONUSCO", MentionType.ORG), ("FARC", MentionType.GROUP), ("ZZQX", MentionType.PERSON), ("Ali", MentionType.PERSON)],
)
def test_the_initials_of_a_body_are_no_person(catalogue: Catalogue, words: str, kind: MentionType) -> None:
    text = f"{words} informed the panel."
    found = whole_names(text, Annotations((Span(0, len(text)),), (Mention(MentionType.PERSON, Span(0, len(words)), 0),)), catalogue)
    assert found.mentions[0].type is kind


def test_a_place_in_a_widened_name_is_not_where_it_happened(catalogue: Catalogue) -> None:
    text = "They fought Islamic State in the Greater Sahara."
    at = {words: Span(text.index(words), text.index(words) + len(words)) for words in ("They", "Islamic State", "Greater Sahara")}
    kinds = (MentionType.GROUP, MentionType.GROUP, MentionType.PLACE)
    mentions = tuple(Mention(kind, span, 0) for kind, span in zip(kinds, at.values(), strict=True))
    roles = (Argument(Role.ACTOR, 0), Argument(Role.TARGET, 1), Argument(Role.PLACE, 2))
    fought = Event(EventType.CLASH, Span(5, 11), 0, roles)
    found = whole_names(text, Annotations((Span(0, len(text)),), mentions, (fought,)), catalogue)
    assert [m.span.of(text) for m in found.mentions] == ["They", "Islamic State in the Greater Sahara"]
    assert [(a.role, a.mention) for a in found.events[0].arguments] == [(Role.ACTOR, 0), (Role.TARGET, 1)]


def _marked(marked: str, year: int | None = None, references: dict[int, int] | None = None) -> tuple[Document, Annotations]:
    """The document and mentions of a text with "[mention|TYPE]" marks."""
    text, mentions, at = "", [], 0
    for mark in re.finditer(r"\[([^|\]]+)\|([A-Z]+)\]", marked):
        text += marked[at : mark.start()]
        mentions.append(Mention(MentionType(mark[2]), Span(len(text), len(text) + len(mark[1])), 0))
        text += mark[1]
        at = mark.end()
    text += marked[at:]
    document = Document.of(text, published=dt.date(year, 6, 1) if year else None)
    return document, Annotations((Span(0, len(text)),), tuple(mentions), (), MappingProxyType(references or {}))


def links(catalogue: Catalogue, marked: str, year: int | None = None, references: dict[int, int] | None = None) -> list[Link[Actor]]:
    """Links of "[mention|TYPE]" marks in a text, in order."""
    found = link_actors(*_marked(marked, year, references), catalogue)
    return [found[i] for i in sorted(found)]


def ids(catalogue: Catalogue, marked: str, year: int | None = None) -> list[str | None]:
    return [link.target.id if link.target else None for link in links(catalogue, marked, year)]


# -- the catalogue


def test_every_line_is_sound_and_there_are_enough(catalogue: Catalogue) -> None:
    assert check(SHIPPED) == len(catalogue)
    kinds = Counter(entry.kind for entry in catalogue)
    assert kinds["group"] + kinds["wing"] >= 900
    assert kinds["force"] + kinds["state"] + kinds["coalition"] >= 200
    assert kinds["person"] >= 100
    assert kinds["media"] >= 40


def test_most_groups_have_a_first_year(catalogue: Catalogue) -> None:
    groups = [entry for entry in catalogue if entry.kind in ("group", "wing", "coalition")]
    assert sum(entry.start is not None for entry in groups) >= 938
    assert all(entry.end >= entry.start for entry in catalogue if entry.start and entry.end)


def test_a_name_that_was_used_for_a_time_has_its_years_in_every_spelling(catalogue: Catalogue) -> None:
    def years(actor: str, text: str) -> tuple[int | None, int | None]:
        return next((name.start, name.end) for name in catalogue.entry(actor).names if name.text == text)

    assert years("al-nusra", "Jabhat al-Nusra") == years("al-nusra", "Jabhat al-Nusrah") == (2011, 2016)
    assert years("islamic-state", "al-Qa’ida in Iraq") == (2004, 2013)  # from the list of the United States
    assert years("comunes", "FARC party") == (2017, 2021)
    assert years("islamic-state", "Islamic State") == (None, None)
    assert sum(bool(name.start or name.end) for entry in catalogue if entry.kind in ("group", "wing") for name in entry.names) >= 225


def test_no_list_number_is_of_two_actors(catalogue: Catalogue) -> None:
    owners: dict[tuple[str, str], list[str]] = defaultdict(list)
    for entry in catalogue:
        for key, numbers in entry.ids:
            for number in numbers:
                owners[key, number].append(entry.id)
    assert {k: v for k, v in owners.items() if len(v) > 1} == {}


def test_shared_names_are_deliberate(catalogue: Catalogue) -> None:
    meant = {line for line in (ROOT / "scripts/data/shared_names.txt").read_text("utf-8").splitlines() if not line.startswith("#")}
    owners: dict[str, set[str]] = defaultdict(set)
    for line in SHIPPED.read_text("utf-8").splitlines():
        row = json.loads(line)
        for alias in (row["name"], *row.get("aliases", [])):
            owners[fold(alias if isinstance(alias, str) else alias["name"])].add(row["id"])
    assert {name for name, who in owners.items() if len(who) > 1} == meant


def test_renames_keep_the_id_and_mergers_make_a_new_one(catalogue: Catalogue) -> None:
    assert {m.entry.id for m in catalogue.by_name("Jabhat Fateh al-Sham")} == {"al-nusra"}
    assert any(r.type == "merged_into" and r.id == "hts" and r.start == 2017 for r in catalogue.entry("al-nusra").relations)
    assert any(r.type == "splinter_of" and r.id == "boko-haram" for r in catalogue.entry("is-west-africa").relations)
    name = next(n for n in catalogue.entry("aqim").names if n.text == "GSPC")
    assert (name.start, name.end) == (1998, 2007)


def test_acronyms_keep_their_capitals(catalogue: Catalogue) -> None:
    assert [m.entry.id for m in catalogue.by_acronym("IS")] == ["islamic-state"]
    assert catalogue.by_acronym("is") == ()
    assert catalogue.by_name("is") == ()
    assert [m.entry.id for m in catalogue.by_acronym("U.N.")] == ["un"]
    assert catalogue.countries_of("US") == catalogue.countries_of("U.S.") == ("US",)
    assert catalogue.countries_of("us") == ()


def test_spellings_and_slips(catalogue: Catalogue) -> None:
    assert catalogue.by_skeleton("Jabhat Nosra")[0].entry.id == "al-nusra"
    assert catalogue.by_fuzzy("Sinaloa Carrtel")[0].entry.id == "sinaloa-cartel"
    assert catalogue.by_fuzzy("Fatih") == ()


def test_unknown_id(catalogue: Catalogue) -> None:
    with pytest.raises(NotFoundError, match="no actor 'nobody'"):
        catalogue.entry("nobody")


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("{", "not a JSON object"),
        ('["a"]', "not a JSON object"),
        ('{"id": "x", "kind": "group"}', "'name' is missing"),
        ('{"id": "x", "name": "X", "kind": "army"}', "'army' is no kind"),
        ('{"id": "x", "name": "X", "kind": "group", "alias": []}', "'alias' is no field"),
        ('{"id": "x", "name": "X", "kind": "group", "from": 2010, "to": 2001}', "begins in 2010"),
        ('{"id": "x", "name": "X", "kind": "group", "from": "2010"}', "no year"),
        ('{"id": "x", "name": "X", "kind": "group", "countries": ["Iraq"]}', "ISO 3166"),
        ('{"id": "x", "name": "X", "kind": "group", "aliases": [7]}', "neither a name"),
        ('{"id": "x", "name": "X", "kind": "group", "relations": [{"type": "friend", "id": "hamas"}]}', "A relation has"),
        ('{"id": "x", "name": "X", "kind": "group", "relations": [{"type": "parent", "id": "nobody"}]}', "'nobody'"),
        ('{"id": "ok", "name": "Again", "kind": "group"}', "line 1 too"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, cause: str) -> None:
    file = tmp_path / "mine.jsonl"
    file.write_text('{"id": "ok", "name": "Fine", "kind": "group"}\n\n' + line + "\n", encoding="utf-8")
    with pytest.raises(DataError, match="Line 3 ") as caught:
        Catalogue.load(file)
    assert cause in str(caught.value)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        Catalogue.load(tmp_path / "none.jsonl")


# -- links


@pytest.mark.parametrize(
    ("marked", "year", "wanted"),
    [
        ("In Peshawar and South Waziristan, Pakistan, [the Taliban|GROUP] struck.", 2013, ["ttp"]),
        ("In Kandahar, Afghanistan, the [Taliban|GROUP] struck.", 2013, ["taliban"]),
        ("The [Taliban|GROUP] struck.", 2013, ["taliban"]),
        ("The [Free Syrian Army|GROUP] fought the [Syrian army|FORCE].", 2013, ["fsa", "mil-sy"]),
        ("[Islamic State in West Africa|GROUP] left [Islamic State|GROUP].", 2019, ["is-west-africa", "islamic-state"]),
        ("[JNIM|GROUP] held Kidal.", 2020, ["jnim"]),
        ("[ex-FARC|GROUP] men left the [FARC|GROUP].", 2019, ["farc-dissidents", "farc"]),
        ("[Jabhat al-Nusra|GROUP], now called [Jabhat Fateh al-Sham|GROUP], won.", 2016, ["al-nusra", "al-nusra"]),
        ("The [SDF|GROUP] took Raqqa.", 2017, ["sdf"]),
        ("[Isis|GROUP] lost Mosul.", 2017, ["islamic-state"]),
        ("[IS fighters|GROUP] met [Iraqi troops|FORCE].", 2016, ["islamic-state", "mil-iq"]),
        ("The [RSF|FORCE] and the [SAF|FORCE] fought in Khartoum.", 2023, ["rsf", "mil-sd"]),
        ("[RSF|ORG] counted reporters held in France.", 2023, ["rsf-press"]),
        ("The [Assad regime|STATE] and the [Trump administration|STATE] spoke.", 2018, ["gov-sy", "gov-us"]),
        ("[Baghdad|STATE] asked [Tehran|STATE].", 2018, ["gov-iq", "gov-ir"]),
        ("The rebels of the Lord's [Resistance Army|GROUP] fled.", 2009, ["lra"]),
        ("[Haftar's forces|FORCE] advanced.", 2019, ["lna-libya"]),
        ("In Syria the [Syrian National Army|FORCE] and the [Syrian army|FORCE] met.", 2024, ["sna", "mil-sy"]),
        ("Former Lord's [Resistance Army|GROUP] men fled.", 2009, ["lra"]),
        ("Three New People's [Army rebels|GROUP] were killed in Mindoro.", 2020, ["npa"]),
        ("[Al-Shabaab|GROUP] said through its radio that its [fighters|GROUP] had killed ten.", 2020, ["al-shabaab"] * 2),
        ("The [RDF|FORCE], which came in July 2021, said its [soldiers|FORCE] had left.", 2023, ["mil-rw", "mil-rw"]),
        ("[M23|GROUP] fled, and its [fighters|GROUP] left.", 2020, ["m23", "m23"]),
        ("[M23|GROUP] fled from the [ADF|GROUP], and its [fighters|GROUP] left.", 2020, ["m23", "adf", None]),
        ("[M23|GROUP] fled from a [militia|GROUP], and its [fighters|GROUP] left.", 2020, ["m23", None, None]),
        ("In Myanmar the [KIA|GROUP]'s spokesman told AFP that its [troops|FORCE] took it.", 2024, ["kia", "kia"]),
        ("In Myanmar [KIA|GROUP] spokesman Naw Bu said its [troops|FORCE] took it.", 2024, ["kia", "kia"]),
        (
            "[Al-Shabaab|GROUP]'s [military|FORCE] spokesman Abu Musab said its [fighters|GROUP] left.",
            2025,
            ["al-shabaab", None, "al-shabaab"],
        ),
        ("In Myanmar the [KIA|GROUP] is strong and its [troops|FORCE] took it.", 2024, ["kia", "kia"]),
        ("In Myanmar the [KIA|GROUP] is strong. [Troops|FORCE] took it.", 2024, ["kia", "mil-mm"]),
        ("The [outlawed Pakistani Taliban|GROUP] met in Afghanistan.", 2022, ["ttp"]),
        ("[Wagner fighters|GROUP] left Kidal in Mali. [Wagner|PERSON] admitted losses.", 2024, ["wagner", "wagner"]),
        ("[Wagner|PERSON] wrote operas in Bayreuth.", 2024, [None]),
        ("In Mali nobody knows why its [army|FORCE] did it.", 2022, ["mil-ml"]),
        ("Ukraine’s [Main Intelligence Directorate|FORCE] said so.", 2023, [None]),
        ("Russia’s [Main Intelligence Directorate|FORCE] said so.", 2023, ["gru"]),
        ("In Thailand two [rangers|FORCE] were shot.", 2023, [None]),
        ("In Karachi, Pakistan, two [rangers|FORCE] were shot.", 2023, ["rangers-pk"]),
        ("In Sudan three [resistance fighters|GROUP] fell.", 2023, [None]),
        ("In Bihar, India, the [outlawed CPI|GROUP] (Maoist) was blamed.", 2023, ["cpi-maoist"]),
        ("In Kano, Nigeria, the [state government|STATE] paid; the [government|STATE] did not.", 2023, [None, "gov-ng"]),
        ("In Mexico [Joaquín Guzmán Salazar|PERSON] was held.", 2023, [None]),
        ("In Mexico [Joaquín Guzman Loeira|PERSON] was held.", 2023, ["el-chapo"]),
        ("[M23|GROUP] said that two [fighters|GROUP] had left.", 2020, ["m23", None]),
        ("[Al-Shabaab|GROUP]'s [fighters|GROUP] left.", 2020, ["al-shabaab"] * 2),
        ("In Peshawar, Pakistan, the [army|FORCE] said its [commandos|FORCE] had won.", 2020, ["mil-pk", "mil-pk"]),
        ("In Pakistan the [Taliban|GROUP] in [Kabul|PLACE] spoke to the [Taliban|GROUP].", 2020, ["taliban", "ttp"]),
        ("[Kenya|STATE] urged [Somalia|STATE] to withdraw its [troops|FORCE] from Somalia.", 2020, ["gov-ke", "gov-so", None]),
        ("[Hamas|GROUP]'s [political bureau|ORG] met.", 2020, ["hamas"] * 2),
        ("[Hamas|GROUP]'s [rivals|GROUP] met.", 2020, ["hamas", None]),
        ("[Fighters|GROUP] of [M23|GROUP] left.", 2020, ["m23"] * 2),
        ("[Fighters|GROUP] from the [M23|GROUP] left.", 2020, ["m23"] * 2),
        ("[Fighters|GROUP] who fought [M23|GROUP] left.", 2020, [None, "m23"]),
    ],
)
def test_the_pairs_that_tools_confuse(catalogue: Catalogue, marked: str, year: int, wanted: list[str]) -> None:
    assert ids(catalogue, marked, year) == wanted


@pytest.mark.parametrize(
    "text", ["militants", "gunmen", "Rebels", "the group", "armed men", "Syrian rebels", "al-Qaida-linked militants", "is"]
)
def test_common_nouns_link_to_nobody_and_propose_nobody(catalogue: Catalogue, text: str) -> None:
    (link,) = links(catalogue, f"In Syria, [{text}|GROUP] attacked.", 2015)
    assert link.target is None
    assert link.candidates == ()


def test_forces_of_two_countries_are_no_one_actor(catalogue: Catalogue) -> None:
    assert ids(catalogue, "[U.S. and Iraqi forces|FORCE] came.", 2016) == [None]


def test_what_the_article_explains_wins(catalogue: Catalogue) -> None:
    assert ids(catalogue, "The [Party of Farmers and Kin|GROUP] ([PKK|GROUP]) met in Turkey. The [PKK|GROUP] sang.", 2010) == [None] * 3
    assert ids(catalogue, "[Islamic State in West Africa|GROUP] ([ISWA|GROUP]) fled.", 2018) == ["is-west-africa"] * 2
    assert ids(catalogue, "[Rifaat al-Assad|PERSON] left. [Assad|PERSON] was ill.", 2012) == [None, None]
    assert ids(catalogue, "[Bashar al-Assad|PERSON] spoke. [Assad|PERSON] was calm.", 2012) == ["bashar-al-assad"] * 2


def test_dates_count(catalogue: Catalogue) -> None:
    old, new = (links(catalogue, "The [US-led coalition|FORCE] struck in Iraq.", year)[0] for year in (2005, 2016))
    assert old.target is not None
    assert (old.target.id, new.target.id if new.target else None) == ("mnf-i", "gcad")


def test_a_bare_army_is_the_articles_country_only_where_there_is_one(catalogue: Catalogue) -> None:
    assert ids(catalogue, "The [army|FORCE] retook Gwoza in Borno, Nigeria.", 2015) == ["mil-ng"]
    assert ids(catalogue, "[Police forces|FORCE] closed the road to Gwoza in Borno, Nigeria.", 2015) == ["pol-ng"]
    assert ids(catalogue, "[Opposition forces|GROUP] and [forces|FORCE] met near Gwoza in Borno, Nigeria.", 2015) == [None, None]
    assert ids(catalogue, "The [army|FORCE] met officers of Kenya, Uganda and Rwanda.", 2015) == [None]


def test_pronouns_take_the_link_of_what_they_stand_for(catalogue: Catalogue) -> None:
    found = links(catalogue, "[Boko Haram|GROUP] fled. [It|GROUP] said that [they|GROUP] won.", 2014, {1: 0, 2: 1})
    assert [link.target.id if link.target else None for link in found] == ["boko-haram"] * 3
    assert found[1].candidates[0].reasons[0] == "It stands for 'Boko Haram'."


def test_pronouns_in_a_circle_end(catalogue: Catalogue) -> None:
    assert links(catalogue, "[It|GROUP] and [they|GROUP] met.", 2014, {0: 1, 1: 0}) == []


def test_every_candidate_says_why(catalogue: Catalogue) -> None:
    for link in links(catalogue, "In Pakistan the [Taliban|GROUP] and the [Pakistani army|FORCE] fought in Swat.", 2009):
        assert link.candidates == tuple(sorted(link.candidates, key=lambda c: -c.score))
        for candidate in link.candidates:
            assert 0 <= candidate.score <= 1
            assert candidate.reasons
            assert all(reason.endswith(".") for reason in candidate.reasons)
        assert sum(c.score for c in link.candidates) <= 1.0001


def test_text_without_capitals(catalogue: Catalogue) -> None:
    marked = "guerrillas of the [fmln|GROUP] attacked the [salvadoran army|FORCE] in san salvador, it is said."
    assert ids(catalogue, marked, 1989) == ["fmln", "mil-sv"]


def test_the_evaluation_file_and_its_floor(catalogue: Catalogue) -> None:
    rows = list(read_jsonl(ROOT / "evals/actors.jsonl"))
    assert len(rows) >= 400
    assert sum(row["gold"] is None for row in rows) >= 0.3 * len(rows)
    for row in rows:
        assert row["gold"] is None or row["gold"] in catalogue
        assert row["text"][row["start"] : row["end"]].strip() == row["text"][row["start"] : row["end"]] != ""
    got = evaluate_actors(ROOT / "evals/actors.jsonl", catalogue).figures
    assert got["accuracy"] >= 0.98
    assert got["nil_precision"] >= 0.95


def test_a_name_that_is_one_actors_own_and_short_for_another_means_the_first(catalogue: Catalogue) -> None:
    assert {match.entry.id for match in catalogue.by_name("Taliban")} == {"taliban", "ttp"}
    assert catalogue.ids_of("taliban") == catalogue.ids_of("the Taliban") == {"taliban"}
    assert catalogue.ids_of("Pakistani Taliban") == {"ttp"}


def test_linking_is_quick(catalogue: Catalogue) -> None:
    """An article of 400 words with 50 names and 50 common nouns; processor time, so that a busy machine does not matter."""
    part = "In Mosul [Islamic State|GROUP] and [Iraqi troops|FORCE] fought, [Reuters|MEDIA] said; [gunmen|GROUP] fled; [he|PERSON] spoke. "
    marked = part * 20 + "Syria and Turkey were quiet. " * 20
    links(catalogue, marked, 2016)
    start = time.process_time()
    for _ in range(10):
        links(catalogue, marked, 2016)
    assert (time.process_time() - start) / 10 < 0.02  # ten times the aim, so that only a real loss of speed fails


# -- the recipe page


def _page() -> str:
    return (ROOT / "docs/add-an-actor.md").read_text("utf-8")


def _commands(part: str) -> list[str]:
    """The commands of the page from a heading to the next of its rank."""
    section = re.split(r"^## ", _page(), flags=re.M)
    (text,) = [each for each in section if each.startswith(part)]
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", text, re.S | re.M)
    return [line.strip() for block in blocks for line in block.splitlines()]


def _run(command: str, folder: Path, root: Path = ROOT) -> str:
    """What a command of the page prints when a shell runs it in a folder that is the user's home; ``root`` holds the package."""
    bin = folder / "bin"
    if not bin.exists():
        bin.mkdir()
        for name, args in (("orbat", "-m orbat.cli"), ("python", "")):
            (bin / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {args} "$@"\n')
            (bin / name).chmod(0o755)
    home = {"XDG_DATA_HOME": str(folder / "data"), "PYTHONPATH": str(root), "PATH": f"{bin}:{os.environ['PATH']}"}
    done = subprocess.run(command, shell=True, cwd=folder, env={**os.environ, **home}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stderr}"
    return done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="the page's data folder is set by XDG_DATA_HOME on Linux alone")
def test_every_command_for_ones_own_actors_works_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    news = tmp_path / "news"
    news.mkdir()
    said = "Troops said that the {} killed 12 soldiers in Diffa on Tuesday.\n\nThe {} claimed the attack of {}."
    for day, name in enumerate(["Zarma Liberation Army"] * 2 + ["Sahel Freedom Front"] * 2 + ["Niger Farmers Union"] * 2):
        (news / f"{day}.txt").write_text(said.format(name, name, ("Monday", "Friday")[day % 2]))
    (tmp_path / "my-actors.jsonl").write_text(re.findall(r"```json\n(.*?)```", _page(), re.S)[0])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    printed: dict[str, str] = {}
    for command in (c for part in ("By command", "As a file", "Names that recur") for c in _commands(part)):
        if "|" in command:
            printed[command] = _run(command, tmp_path)
        else:  # in this process: the package and its model are loaded once
            program, *args = shlex.split(command)
            done = CliRunner().invoke(app, args)
            assert (program, done.exit_code) == ("orbat", 0), (command, done.stderr, done.exception)
            printed[command] = done.stdout
    assert len(printed) == 17
    assert "nobody of that name" in printed[_commands("By command")[0]]
    assert "Zakunan Tafki" in printed['orbat actors show "Lake Lions"']
    assert "2 actors, nothing is wrong" in printed["orbat actors check my-actors.jsonl"]
    assert json.loads(printed["orbat actors search iron --json"].splitlines()[0])["id"] == "sons-of-iron"
    unknown = printed["orbat actors unknown --kind group --min-articles 1 --json"].splitlines()
    assert {json.loads(line)["name"] for line in unknown} >= {"Zarma Liberation Army", "Sahel Freedom Front"}
    own = [json.loads(line) for line in (tmp_path / "data/orbat/actors.jsonl").read_text("utf-8").splitlines()]
    assert [row["id"] for row in own] == ["lions-of-the-lake", "boko-haram", "sons-of-iron", "zla"]
    assert own[-1]["aliases"] == ["Sahel Freedom Front"]
    assert "statements" in printed[_commands("Names that recur")[-1]]


def test_the_lines_of_the_page_are_read_as_it_says(tmp_path: Path) -> None:
    file = tmp_path / "my-actors.jsonl"
    file.write_text(re.findall(r"```json\n(.*?)```", _page(), re.S)[0], encoding="utf-8")
    catalogue = Catalogue.load(file)
    marked = "[Zakunan Tafki|GROUP] and the [Sambisa boys|GROUP] fought in Niger."
    assert ids(catalogue, marked, 2025) == ["lions-of-the-lake", "boko-haram"]
    assert ids(catalogue, "[Boko Haram|GROUP] and [LOTL|GROUP] fought in Niger.", 2025) == ["boko-haram", "lions-of-the-lake"]
    for row in re.findall(r"^\| `.*?\|", _page(), re.M):
        assert set(re.findall(r"`(\w+)`", row)) <= FIELDS


@pytest.mark.skipif(sys.platform == "win32", reason="the page's commands are those of a Unix shell")
def test_the_recipe_for_the_catalogue_works_as_written(tmp_path: Path) -> None:
    """In a copy of what the commands need; the page's test command is this file, which is run anyway."""
    shutil.copytree(ROOT / "orbat", tmp_path / "orbat", ignore=shutil.ignore_patterns("model", "gazetteer", "__pycache__"))
    for folder in ("model", "gazetteer"):
        (tmp_path / "orbat/data" / folder).symlink_to(ROOT / "orbat/data" / folder)
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    (tmp_path / "evals").symlink_to(ROOT / "evals")
    line = re.findall(r"```text\n\s*(.*?)\s*```", _page(), re.S)[0]
    built = tmp_path / "orbat/data/actors.jsonl"
    before = built.read_text("utf-8").splitlines()
    with (tmp_path / "scripts/data/groups.txt").open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    build, show, test, evaluate = _commands("In the catalogue")
    _run(build, tmp_path, tmp_path)
    after = built.read_text("utf-8").splitlines()
    (added,) = set(after) - set(before)
    assert set(before) <= set(after)
    assert json.loads(added)["relations"] == [{"type": "splinter_of", "id": "boko-haram", "from": 2024}]
    assert "Zakunan Tafki" in _run(show, tmp_path, tmp_path)
    assert test == f"python -m pytest {Path(__file__).relative_to(ROOT)}"
    assert "accuracy" in _run(evaluate, tmp_path, tmp_path)


# -- what the article says elsewhere


def test_a_capitalised_part_of_a_linked_name_means_it(catalogue: Catalogue) -> None:
    text = "The [Syrian Observatory for Human Rights|ORG] said so. The [Observatory|ORG] and the [Britain-based Observatory|ORG] left."
    assert ids(catalogue, text) == ["sohr"] * 3
    two = "The [Islamic State|GROUP], the [Taliban Movement|GROUP] and the [Fatah Movement|GROUP] met. The [Movement|GROUP] left."
    assert ids(catalogue, two)[-1] is None


def test_the_same_words_mean_the_same_whatever_type_they_were_given(catalogue: Catalogue) -> None:
    text = "[Abu Muhammad al-Julani|PERSON] founded it. [al-Julani|PERSON] spoke; then [al-Julani|GROUP] left."
    assert ids(catalogue, text) == ["abu-mohammad-al-julani"] * 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Armed groups at home in a country that the article names speak for it.
        ("[FARC|GROUP] rebels of Colombia left Venezuela and Cuba. [FARC|GROUP] fought the [army|FORCE].", "mil-co"),
        ("Rebels of Colombia left Venezuela and Cuba. They fought the [army|FORCE].", None),
        # A sentence that names another state's government leaves its "troops" open.
        ("Syria, Syria and Syria. [Turkey|STATE] agreed and its [troops|FORCE] came.", None),
        ("Syria, Syria and Syria. The [troops|FORCE] came.", "mil-sy"),
    ],
)
def test_bare_nouns_by_the_country_of_the_article(catalogue: Catalogue, text: str, expected: str | None) -> None:
    assert ids(catalogue, text)[-1] == expected


def test_the_home_countries_of_armed_groups(catalogue: Catalogue) -> None:
    found = link_actors(*_marked("[FARC|GROUP] fought the [Colombian army|FORCE]."), catalogue)
    homes = home_countries(found, catalogue)
    assert "CO" in homes
    assert sum(homes.values()) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("marked", "wanted"),
    [
        # whose the common noun is: the country before it, somebody else, or the country that the article is about
        ("Congo and DR Congo met. The Congolese accused Rwanda's [army|FORCE] of an attack in Congo.", ["mil-rw"]),
        ("Russia and Ukraine fight in Ukraine. They blamed Kiev's [forces|FORCE] and Ukraine's [government|STATE].", ["mil-ua", "gov-ua"]),
        ("In Haiti, a gang chief of Haiti said that the [police|FORCE] killed his [soldiers|FORCE].", ["pol-ht", None]),
        ("Mali, Mali. An [army|FORCE] that nobody could defeat came; the [army|FORCE] fled.", [None, "mil-ml"]),
        ("Mali, Mali. [soldiers|FORCE] of the caliphate fled; [soldiers|FORCE] of the 3rd Brigade did not.", [None, "mil-ml"]),
        ("Sudan, Sudan: [joint forces|FORCE] of the Darfur movements and [troops|FORCE] loyal to Sudan.", [None, "mil-sd"]),
        ("Sudan, Sudan: they accused the [army|FORCE] of arming them, the [police|FORCE] of the killing.", ["mil-sd", "pol-sd"]),
        # groups at home in a country that the article does not name, and one that it names in passing
        ("[LTTE|GROUP] men fled. [Tamil Tigers|GROUP] died, the [army|FORCE] said. The king is in Jordan.", ["ltte", "ltte", "mil-lk"]),
        # a name that two bear, of which the article calls one by another name too
        ("[Taliban|GROUP] came from Pakistan to Pakistan. The [Afghan Taliban|GROUP] met in Kabul, Afghanistan.", ["taliban", "taliban"]),
        ("In Pakistan, Pakistan, [Taliban|GROUP] came.", ["ttp"]),
        ("[Taliban|GROUP] left Kabul, Afghanistan. The [Pakistani Taliban|GROUP] of Pakistan did not.", ["taliban", "ttp"]),
        # the first words of a name that the article has told in full
        (
            "[Islamic Resistance in Iraq|GROUP] men left Iraq. [Islamic Resistance|GROUP] men stayed.",
            ["islamic-resistance-iraq", "islamic-resistance-iraq"],
        ),
        # words written small are no name
        ("He led the [southern front|GROUP] in Syria.", [None]),
        ("He led the [Southern Front|GROUP] in Syria.", ["southern-front"]),
        ("In Comoros the [presidential guard|GROUP] held him.", [None]),
        ("[Islamic State men|GROUP] fled from Iraq.", ["islamic-state"]),
        ("India banned the [CPI|GROUP] (Maoist) in India.", ["cpi-maoist"]),
        ("In DR Congo, [Zaïre|GROUP] (FPAC) burned huts.", ["zaire-fpac"]),
        ("The [INLA|GROUP] left the [Official IRA|GROUP] in Northern Ireland.", ["inla", "official-ira"]),
        # a nickname that many bear, where nothing tells that this one is meant
        ("In Israel, [Abu Ubaidah|PERSON] spoke.", [None]),
        ("In Somalia, [Abu Ubaidah|PERSON] of [al-Shabaab|GROUP] spoke.", ["ahmed-diriye", "al-shabaab"]),
        # a surname that two bear
        (
            "Mexico. [Ovidio Guzman|PERSON] fled; [Joaquin Guzman|PERSON] did not. [Ovidio Guzman|PERSON] hid. They took [Guzman|PERSON].",
            [None, "el-chapo", None, None],
        ),
        ("Mexico. [Ovidio Guzman|PERSON] is a son of [Joaquin Guzman|PERSON]. Mexico freed [Guzman|PERSON].", [None, "el-chapo", None]),
        ("Mexico. [Joaquin Guzman|PERSON] was held. Mexico freed [Guzman|PERSON].", ["el-chapo", "el-chapo"]),
        # the plural of a name
        ("In Nepal, [Communist Party of Nepal Maoists|GROUP] met.", ["cpn-maoist"]),
        # one common noun is no slip of the pen for another
        ("In Lebanon, a [Lebanese militia|GROUP] fought the [Lebanese military|FORCE].", [None, "mil-lb"]),
        # whose country stands before his name, and who only begins like another
        ("Nigeria: the [Nigerian Mohammed Yusuf|PERSON] founded [Boko Haram|GROUP].", ["mohammed-yusuf", "boko-haram"]),
        ("In Afghanistan, [Mohammed Omar|PERSON] met [Mohammed Marwa|PERSON].", ["mullah-omar", None]),
    ],
)  # fmt: skip
def test_who_is_meant_by_words_that_others_share(catalogue: Catalogue, marked: str, wanted: list[str | None]) -> None:
    assert ids(catalogue, marked) == wanted


@pytest.mark.parametrize(("opens", "wanted"), [("Militants", "cpi-maoist"), ("Then Militants", "ttp")])
def test_a_common_noun_that_opens_a_sentence_is_no_part_of_a_name(catalogue: Catalogue, opens: str, wanted: str) -> None:
    text = f"In Pakistan and India, Tehreek-e-Taliban Pakistan Militants fled. {opens} belonging to the CPI Maoist hid."
    at = text.rindex(opens)
    spans = [Span(text.index(w, from_), text.index(w, from_) + len(w)) for w, from_ in (
        ("Tehreek-e-Taliban Pakistan Militants", 0), ("Militants", at), ("CPI Maoist", at),
    )]  # fmt: skip
    mentions = tuple(Mention(MentionType.GROUP, span, int(span.start >= at)) for span in spans)
    found = link_actors(Document.of(text), Annotations((Span(0, at - 1), Span(at, len(text))), mentions, ()), catalogue)
    assert found[1].target is not None
    assert found[1].target.id == wanted
